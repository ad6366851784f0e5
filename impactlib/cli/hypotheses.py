"""``impact check`` and ``impact draft``: a team's hypotheses read from its file, outside any workshop.

What was decided of the file, and the cells that cannot be read, are listed on standard error; the rest is used.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
from contextlib import closing
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactlib import export
from impactlib.cli.command import Commands, command
from impactlib.cli.files import NOTEBOOK, refuse_to_lose
from impactlib.cli.shelf import OWN, own_shelf, pointed
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.sheets.grid import Problem, Sheet
from impactlib.domain.shelf import Shelf
from impactlib.domain.text import NAME_LIMIT, clean_line, in_short
from impactlib.gestures import Asking

if TYPE_CHECKING:
    from impactlib.rooms.bringing import Brought
    from impactlib.storage.session_store import SessionStore

SHEET = "the sheet to read in a workbook (default: the one whose headings are known best)"


def add(commands: Commands) -> None:
    check = command(commands, "check", _check, "say what is weak in hypotheses of impact: 1 if anything is")
    check.add_argument(
        "file",
        type=Path,
        help="hypotheses or an impact matrix (.xlsx, .ods, .csv, .md: docs/hypotheses.md), or a session notebook",
    )
    check.add_argument("--sheet", metavar="NAME", default="", help=SHEET)
    check.add_argument("--lang", choices=LANGUAGES, default="fr")
    check.add_argument("--shelf", type=Path, metavar="FILE", help=OWN)
    check.add_argument("--json", action="store_true")

    draft = command(commands, "draft", _draft, "make a session notebook of a team's hypotheses, or correct one")
    draft.add_argument(
        "file", type=Path, help="hypotheses or an impact matrix (.xlsx, .ods, .csv, .md: docs/hypotheses.md)"
    )
    draft.add_argument("--sheet", metavar="NAME", default="", help=SHEET)
    draft.add_argument("--team", default="", help="by default the file's name")
    draft.add_argument("--lang", choices=LANGUAGES, default="fr")
    draft.add_argument("-o", "--output", metavar="PATH", default="", help="a new .ipynb, or - for standard output")
    draft.add_argument(
        "--into", metavar="ID|FILE", default="", help="bring this workshop or session notebook up to date with the file"
    )
    draft.add_argument(
        "--overwrite", action="store_true", help="with --into: what somebody changed there gives way to the file"
    )


def _check(args: argparse.Namespace) -> int:
    from impactlib.domain.check import check
    from impactlib.views.render import translation

    _, shelf = translation(args.lang).gettext, own_shelf(args, args.shelf)
    found: list[dict[str, Any]] = [
        {
            "row": number,
            "hypothesis": row.statement or row.metric,
            "code": each.code,
            "why": _(each.why),
            "mend": _(each.mend),
            "see": _seen(shelf, each.code, args.lang),
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
        print(_("To read:"))
        for see in dict.fromkeys(each["see"] for each in found if each["see"]):
            print(f"   - {see}")
    return 1 if found else 0


def _seen(shelf: Shelf, code: str, lang: str) -> str:
    """What the shelf has on a finding, in a line."""
    item = shelf.for_finding(code)
    return pointed(item, lang) if item else ""


def _draft(args: argparse.Namespace) -> None:
    from impactlib.storage.session_store import create_session
    from impactlib.views.render import environment, translation

    if bool(args.into) == bool(args.output):
        raise export.ExportError("draft: give -o for a new session notebook, or --into for one that is there.")
    if args.into:
        return _bring_into(args)
    kind, form = export.choose(args.output, "session", NOTEBOOK.removeprefix("."))
    _, sheet = translation(args.lang).gettext, _hypotheses(args)
    if not (sheet.rows or sheet.sources):
        raise SheetError(f"{args.file}: " + _("No hypothesis was found in this file."))
    with tempfile.TemporaryDirectory() as data:
        store = create_session(Path(data), args.team or args.file.stem[:80], lang=args.lang)
        with closing(store.journal):
            _bring(store, sheet, args)
            file = store.to_file()
            refuse_to_lose(args.output, file)
            export.save(args.output, export.render(file, kind, form, environment(args.lang)))


def _bring_into(args: argparse.Namespace) -> None:
    """Bring a workshop or a session notebook up to date with a team's file; what was done is on standard error."""
    from impactlib.rooms.bringing import gone, said
    from impactlib.rooms.changes import unsettled, updated
    from impactlib.storage.kept_file import KeptStore
    from impactlib.storage.session_store import open_store
    from impactlib.views.render import environment

    sheet, path = _hypotheses(args), Path(args.into)
    kept = path.suffix.lower() == NOTEBOOK
    views = environment(args.lang)
    opened = KeptStore.open(path, lambda file: export.cells(file, views)) if kept else None
    store = opened or open_store(args.data, args.into)
    with closing(store.journal):
        brought = _bring(store, sheet, args)
        if opened:
            opened.draw()
    for problem in brought.left:
        print(_unread(problem, args.lang), file=sys.stderr)
    told = (updated(brought, sheet.columns, args.lang), unsettled(brought, sheet.columns, args.lang))
    for sentence in (*gone(brought, args.lang), *itertools.chain(*told)):
        print(sentence, file=sys.stderr)
    print(said(sheet, brought, args.lang))


def _bring(store: SessionStore, sheet: Sheet, args: argparse.Namespace) -> Brought:
    """Write what a session lacks of a table, and what the table corrects."""
    from impactlib.domain.sheets.again import origin
    from impactlib.rooms.bringing import Bringing

    me = f"draft-{store.session.id}"  # whoever brings a file from a shell, now or later, is the same person
    team = Asking(me, Role.CLIENT)
    with store.together():
        if me not in store.session.people:
            store.ask(team, {"id": f"join-{me}", "do": "join", "name": store.session.team[:NAME_LIMIT]})
        bringing = Bringing(store.session, sheet, origin(args.file.name, sheet.chosen), me)
        for placed in bringing.placed:
            bringing.take(store, placed, lambda gesture: store.ask(team, gesture))
        if args.overwrite:
            bringing.brought.overwrite(lambda gesture: store.ask(team, gesture))
    return bringing.brought


def _hypotheses(args: argparse.Namespace) -> Sheet:
    """The hypotheses of a team's file or of a session notebook; what could not be read of it is on standard error."""
    from impactlib.domain import session_file
    from impactlib.domain.hypotheses import drafted
    from impactlib.views.render import say
    from impactlib.workbooks import read_file

    content = args.file.read_bytes()
    try:
        if args.file.suffix.lower() == NOTEBOOK:
            session = session_file.read(content).fold()
            return Sheet(tuple((number, each.row) for number, each in enumerate(drafted(session), 1)), ())
        sheet = read_file(content, args.sheet)
    except (Refusal, SheetError) as error:
        raise SheetError(f"{args.file}: {say(error, args.lang)}") from error
    for decided in sheet.decided:
        print(say(decided, args.lang), file=sys.stderr)
    for problem in sheet.problems:
        print(_unread(problem, args.lang), file=sys.stderr)
    return sheet


def _unread(problem: Problem, lang: str) -> str:
    from impactlib.views.render import say, translation

    facts = {
        "row": problem.row,
        "column": in_short(problem.column, 60),
        "why": say(problem, lang),
        "value": in_short(problem.value, 60),
    }
    _ = translation(lang).gettext
    if clean_line(problem.value) == problem.column:
        return _("row %(row)s, column “%(column)s”: %(why)s") % facts
    return _("row %(row)s, column “%(column)s”: %(why)s (%(value)s)") % facts
