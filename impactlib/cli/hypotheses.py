"""``impact check`` and ``impact draft``: a team's hypotheses read from its file, outside any workshop.

What could not be read of a file is said on standard error, and the rest is used.
"""

from __future__ import annotations

import argparse
import itertools
import json
import secrets
import sys
import tempfile
from contextlib import closing
from operator import itemgetter
from pathlib import Path
from typing import Any

from impactlib import export
from impactlib.agenda import LANGUAGES, Role
from impactlib.cli.command import Commands, command
from impactlib.cli.files import NOTEBOOK
from impactlib.gestures import Asking, Refusal
from impactlib.spreadsheet import Problem, Sheet, SheetError
from impactlib.text import NAME_LIMIT, in_short


def add(commands: Commands) -> None:
    check = command(commands, "check", _check, "say what is weak in hypotheses of impact: 1 if anything is")
    check.add_argument("file", type=Path, help="a .csv of hypotheses (docs/hypotheses.md), or a session notebook")
    check.add_argument("--lang", choices=LANGUAGES, default="fr")
    check.add_argument("--json", action="store_true")

    draft = command(commands, "draft", _draft, "make a session notebook of the hypotheses in a .csv")
    draft.add_argument("file", type=Path, help="a .csv of hypotheses (docs/hypotheses.md)")
    draft.add_argument("--team", default="", help="by default the file's name")
    draft.add_argument("--lang", choices=LANGUAGES, default="fr")
    draft.add_argument("-o", "--output", metavar="PATH", required=True, help="a .ipynb, or - for standard output")


def _check(args: argparse.Namespace) -> int:
    from impactlib.check import check
    from impactlib.views.render import translation

    _ = translation(args.lang).gettext
    found: list[dict[str, Any]] = [
        {
            "row": number,
            "hypothesis": row.statement or row.metric,
            "code": each.code,
            "why": _(each.why),
            "mend": _(each.mend),
        }
        for number, row in _hypotheses(args).rows
        for each in check(row)
    ]
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
    elif not found:
        print(_("Nothing to mend."))
    else:
        unnamed = _("(without a statement)")
        for (number, hypothesis), findings in itertools.groupby(found, key=itemgetter("row", "hypothesis")):
            print(f"{number}. {in_short(hypothesis or unnamed, 100)}")
            for each in findings:
                print(f"   - {each['why']} {each['mend']} [{each['code']}]")
    return 1 if found else 0


def _draft(args: argparse.Namespace) -> None:
    from impactlib.views.render import environment, translation
    from impactlib.workshop import new_session

    kind, form = export.choose(args.output, "session", NOTEBOOK.removeprefix("."))
    _, rows = translation(args.lang).gettext, _hypotheses(args).rows
    if not rows:
        raise SheetError(f"{args.file}: " + _("No hypothesis was found in this file."))
    with tempfile.TemporaryDirectory() as data:
        workshop = new_session(Path(data), args.team or args.file.stem[:80], lang=args.lang)
        with closing(workshop.journal):
            team = Asking(secrets.token_hex(8), Role.CLIENT)
            workshop.ask(team, {"id": secrets.token_hex(8), "do": "join", "name": workshop.session.team[:NAME_LIMIT]})
            for _number, row in rows:
                workshop.ask(team, {"id": secrets.token_hex(8), "do": "draft", **vars(row)})
            export.save(args.output, export.render(workshop.portable(), kind, form, environment(args.lang)))


def _hypotheses(args: argparse.Namespace) -> Sheet:
    """The hypotheses of a CSV file or of a session notebook; what could not be read of it is on standard error."""
    from impactlib import portable
    from impactlib.hypotheses import drafted
    from impactlib.spreadsheet import read_hypotheses
    from impactlib.views.render import say

    content = args.file.read_bytes()
    try:
        if args.file.suffix.lower() == NOTEBOOK:
            session = portable.read(content).fold()
            return Sheet(tuple((number, each.row) for number, each in enumerate(drafted(session), 1)), ())
        sheet = read_hypotheses(content)
    except (Refusal, SheetError) as error:
        raise SheetError(f"{args.file}: {say(error, args.lang)}") from error
    for problem in sheet.problems:
        print(_unread(problem, args.lang), file=sys.stderr)
    return sheet


def _unread(problem: Problem, lang: str) -> str:
    from impactlib.views.render import translation

    _ = translation(lang).gettext
    facts = {
        "row": problem.row,
        "column": in_short(problem.column, 60),
        "why": _(problem.message),
        "value": in_short(problem.value, 60),
    }
    if problem.row == 0:
        return _("headings, column “%(column)s”: %(why)s") % facts
    return _("row %(row)s, column “%(column)s”: %(why)s (%(value)s)") % facts
