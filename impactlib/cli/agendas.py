"""``impact agenda check``: an agenda outlined before the workshop, with what may not be meant."""

from __future__ import annotations

import argparse

from impactlib.cli.command import Commands, command
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.agenda_files import AgendaError, admit, doubts, load_text
from impactlib.domain.formats import rounded


def add(commands: Commands) -> None:
    agendas = commands.add_parser("agenda", help="look at an agenda before the workshop").add_subparsers(
        required=True, metavar="COMMAND"
    )
    look = command(agendas, "check", _check_agenda, "outline an agenda and say what may not be meant: 1 if anything is")
    look.add_argument("file", metavar="FILE", help="a .toml file (docs/agendas.md), or an agenda of the kit")
    look.add_argument("--lang", choices=LANGUAGES, default="fr")


def _check_agenda(args: argparse.Namespace) -> int:
    from impactlib.views.render import say, translation

    _ = translation(args.lang).gettext
    try:
        text, source = load_text(args.file)
        agenda, begins = admit(text, source), 0.0
    except AgendaError as error:
        raise AgendaError(error.where, say(error, args.lang)) from error
    widest = max(len(step.title[args.lang]) for step in agenda.steps)
    print(f"{agenda.title[args.lang]} ({agenda.name}): {rounded(agenda.seconds / 60, args.lang)} min")
    for step in agenda.steps:
        when = f"{rounded(begins, args.lang):>5}' {rounded(step.minutes, args.lang):>4} min"
        print(f"{when}  {step.title[args.lang]:{widest}}  {', '.join(step.shows)}")
        begins += step.minutes
    if agenda.needs:
        print(_("%(label)s: %(content)s") % {"label": _("What it needs"), "content": agenda.needs[args.lang]})
    found = doubts(text)
    for doubt in found:
        print(f"{source}: {doubt.where}: {say(doubt, args.lang)}")
    if not found:
        print(_("Nothing to mend."))
    return 1 if found else 0
