"""``impact check`` and ``impact draft``: a team's hypotheses read from its file, outside any workshop.

What was decided of the file, and the cells that cannot be read, are listed on standard error; the rest is used.
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
from impactlib.cli.command import Commands, command
from impactlib.cli.files import NOTEBOOK
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.refusal import Refusal
from impactlib.domain.sheets.grid import Problem, Sheet, SheetError
from impactlib.domain.text import NAME_LIMIT, in_short
from impactlib.gestures import Asking
from impactlib.gestures.drafting import drafts

SHEET = "the sheet to read in a workbook (default: the one whose headings are known best)"


def add(commands: Commands) -> None:
    check = command(commands, "check", _check, "say what is weak in hypotheses of impact: 1 if anything is")
    check.add_argument(
        "file", type=Path, help="hypotheses (.xlsx, .ods, .csv: docs/hypotheses.md), or a session notebook"
    )
    check.add_argument("--sheet", metavar="NAME", default="", help=SHEET)
    check.add_argument("--lang", choices=LANGUAGES, default="fr")
    check.add_argument("--json", action="store_true")

    draft = command(commands, "draft", _draft, "make a session notebook of a team's hypotheses")
    draft.add_argument("file", type=Path, help="hypotheses (.xlsx, .ods, .csv: docs/hypotheses.md)")
    draft.add_argument("--sheet", metavar="NAME", default="", help=SHEET)
    draft.add_argument("--team", default="", help="by default the file's name")
    draft.add_argument("--lang", choices=LANGUAGES, default="fr")
    draft.add_argument("-o", "--output", metavar="PATH", required=True, help="a .ipynb, or - for standard output")


def _check(args: argparse.Namespace) -> int:
    from impactlib.domain.check import check
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
    from impactlib.storage.session_store import create_session
    from impactlib.views.render import environment, translation

    kind, form = export.choose(args.output, "session", NOTEBOOK.removeprefix("."))
    _, hypotheses = translation(args.lang).gettext, _hypotheses(args).hypotheses
    if not hypotheses:
        raise SheetError(f"{args.file}: " + _("No hypothesis was found in this file."))
    with tempfile.TemporaryDirectory() as data:
        store = create_session(Path(data), args.team or args.file.stem[:80], lang=args.lang)
        with closing(store.journal):
            team = Asking(secrets.token_hex(8), Role.CLIENT)
            store.ask(team, {"id": secrets.token_hex(8), "do": "join", "name": store.session.team[:NAME_LIMIT]})
            for hypothesis in hypotheses:
                for gesture in drafts(hypothesis, lambda _said: secrets.token_hex(8)):
                    store.ask(team, gesture)
            export.save(args.output, export.render(store.to_file(), kind, form, environment(args.lang)))


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
    return translation(lang).gettext("row %(row)s, column “%(column)s”: %(why)s (%(value)s)") % facts
