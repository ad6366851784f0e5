"""The ``impact`` command: serve, hub, new, sessions, links, export, import, check, draft, agenda, replay, rehearse.

Each command takes ``--data DIR`` (by default ``./data``, or ``$IMPACT_DATA``).
"""

from __future__ import annotations

import argparse
import errno
import itertools
import json
import math
import os
import secrets
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from impactlib import export
from impactlib.agenda import DEFAULT, LANGUAGES, AgendaError, Role, doubts, load_text, parse
from impactlib.gestures import Asking, Refusal
from impactlib.journal import Journal, JournalError
from impactlib.portable import Portable
from impactlib.spreadsheet import Problem, Sheet, SheetError
from impactlib.text import NAME_LIMIT, clean_line

Commands = Any  # what add_subparsers returns has no public name

BASE = "http://127.0.0.1:8866/"
JOURNAL, NOTEBOOK = ".journal", ".ipynb"
FASTEST = 3600.0
_SAID: Mapping[type[OSError], str] = {
    FileNotFoundError: "there is no such file. Check its name and its folder.",
    IsADirectoryError: "this is a folder: give the name of a file in it.",
    NotADirectoryError: "one of its folders is a file. Check the path.",
    PermissionError: "this account may not do that. Check who owns it.",
}
"""What a person can do about the errors of files."""


def main(argv: list[str] | None = None) -> int:
    """Run a command; an error that a person can mend is one line on standard error, and exit 2."""
    args = _parser().parse_args(argv)
    try:
        code: int | None = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has had enough: nothing more to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except OSError as error:
        said = _SAID.get(type(error), error.strerror or str(error))
        print(f"impact: {error.filename or ''}{': ' if error.filename else ''}{said}", file=sys.stderr)
        return 2
    except (AgendaError, Refusal, JournalError, SheetError, export.ExportError) as error:
        print(f"impact: {error}", file=sys.stderr)
        return 2
    return code or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="impact", description="The Atelier impact kit.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = _command(commands, "serve", _serve, "serve the workshops of a data folder")
    serve.add_argument("--port", type=_port, default=8866)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--base-url", default="/")
    serve.add_argument("--lang", choices=LANGUAGES, default="fr")
    serve.add_argument("--no-browser", action="store_true", help="print the operator's address, open nothing")
    serve.add_argument("--notebooks", type=Path, default=None, help="serve these notebooks instead of the kit's")

    hub = _command(commands, "hub", _hub, "serve under a JupyterHub (Binder): see binder/start")
    hub.add_argument("arguments", nargs="*", metavar="-- ARGUMENT", help="the hub's command line")

    new = _command(commands, "new", _new, "open a workshop and print its links")
    new.add_argument("--team", required=True)
    new.add_argument("--agenda", default=DEFAULT, help="an agenda of the kit, or a .toml file")
    new.add_argument("--lang", choices=LANGUAGES, default="fr")
    new.add_argument("--url", default=BASE, help=f"where the server is (default {BASE})")
    new.add_argument("--json", action="store_true")

    sessions = _command(commands, "sessions", _sessions, "list the workshops")
    sessions.add_argument("--json", action="store_true")

    links = _command(commands, "links", _links, "show a workshop's links, or renew one")
    links.add_argument("session")
    links.add_argument(
        "--new", choices=[role.value for role in Role], metavar="ROLE", help="make that role's link worthless"
    )
    links.add_argument("--url", default=BASE)
    links.add_argument("--json", action="store_true")

    leave = _command(commands, "export", _export, "write a workshop's summary or its whole state to a file")
    leave.add_argument("session", metavar="ID|FILE", help="a session of the data folder, a .journal or a notebook")
    leave.add_argument("--kind", choices=export.KINDS, help="by default what the file's name says")
    leave.add_argument("--format", choices=export.FORMATS, help="by default the file's extension")
    leave.add_argument("--lang", choices=LANGUAGES, help="by default the session's")
    leave.add_argument("-o", "--output", metavar="PATH", required=True, help="the file, or - for standard output")

    leave.add_argument("--share", action="store_true", help="reduced: no names, nothing withdrawn, no unshown scores")
    leave.add_argument("--shown", action="store_true", help="whole, but for scores that were not shown")
    leave.add_argument("--without", action="append", default=[], metavar="KIND|ID", help="with --share: notes left out")

    carry = _command(commands, "import", _import, "go on with the session of a session notebook, or merge it")
    carry.add_argument("file", type=Path)
    carry.add_argument("--into", default="", metavar="ID", help="merge it into this session")
    carry.add_argument("--url", default=BASE)
    carry.add_argument("--json", action="store_true")

    check = _command(commands, "check", _check, "say what is weak in hypotheses of impact: 1 if anything is")
    check.add_argument("file", type=Path, help="a .csv of hypotheses (docs/hypotheses.md), or a session notebook")
    check.add_argument("--lang", choices=LANGUAGES, default="fr")
    check.add_argument("--json", action="store_true")

    draft = _command(commands, "draft", _draft, "make a session notebook of the hypotheses in a .csv")
    draft.add_argument("file", type=Path, help="a .csv of hypotheses (docs/hypotheses.md)")
    draft.add_argument("--team", default="", help="by default the file's name")
    draft.add_argument("--lang", choices=LANGUAGES, default="fr")
    draft.add_argument("-o", "--output", metavar="PATH", required=True, help="a .ipynb, or - for standard output")

    agendas = commands.add_parser("agenda", help="look at an agenda before the workshop").add_subparsers(
        required=True, metavar="COMMAND"
    )
    look = _command(
        agendas, "check", _check_agenda, "outline an agenda and say what may not be meant: 1 if anything is"
    )
    look.add_argument("file", metavar="FILE", help="a .toml file (docs/agendas.md), or an agenda of the kit")
    look.add_argument("--lang", choices=LANGUAGES, default="fr")

    replay = _command(commands, "replay", _replay, "list what was done in a workshop, or print its state at a moment")
    replay.add_argument("session", metavar="ID|FILE", help="a session of the data folder, a .journal or a .ipynb")
    replay.add_argument("--at", type=_moment, metavar="HH:MM:SS", help="stop there; before the hour: --at=-00:05:00")
    replay.add_argument("--json", action="store_true", help="with --at, the state then, as session.json says it")

    rehearse = _command(commands, "rehearse", _rehearse, "play an invented workshop, by as many processes as people")
    rehearse.add_argument("--participants", type=_participants, default=12, metavar="N", help="4 or more (default 12)")
    rehearse.add_argument("--speed", type=_speed, default=60.0, help="minutes of the workshop per minute (default 60)")
    rehearse.add_argument("--team", default="", help="the team's name, instead of the invented one")
    rehearse.add_argument("--agenda", default=DEFAULT, help="an agenda of the kit, or a .toml file")
    rehearse.add_argument("--lang", choices=LANGUAGES, default="fr")
    rehearse.add_argument("--url", default=BASE, help=f"where the server is (default {BASE})")
    rehearse.add_argument("--json", action="store_true")
    return parser


def _command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int | None], help: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    command.add_argument("--data", type=Path, default=Path(os.environ.get("IMPACT_DATA", "data")))
    command.set_defaults(run=run)
    return command


def _port(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 5 and 1 <= int(raw) <= 65535):
        raise argparse.ArgumentTypeError(f"{raw}: give a port from 1 to 65535, such as 8866")
    return int(raw)


def _serve(args: argparse.Namespace) -> None:
    from impactlib.server import hub
    from impactlib.server.app import serve
    from impactlib.share import NOTEBOOKS

    try:
        serve(
            args.data,
            port=args.port,
            host=args.host,
            base_url=args.base_url,
            lang=args.lang,
            browser=not args.no_browser,
            notebooks=args.notebooks or NOTEBOOKS,
            # Out of the environment as it is read: no kernel inherits it.
            token=os.environ.pop(hub.TOKEN, ""),
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        said = f"port {args.port} is taken by another program. Stop that one, or give another port with --port."
        raise OSError(error.errno, said) from error


def _hub(args: argparse.Namespace) -> int:
    from impactlib.server import hub

    try:
        hub.start(args.arguments, args.data)
    except hub.HubError as error:
        print(f"impact: {error}", file=sys.stderr)
    return 2  # start returns only when it refuses


def _new(args: argparse.Namespace) -> None:
    from impactlib import people
    from impactlib.workshop import new_session

    workshop = new_session(args.data, args.team, agenda=args.agenda, lang=args.lang)
    journal = workshop.journal
    _print_links(args, journal.session, people.links(args.data, journal, args.url))


def _links(args: argparse.Namespace) -> None:
    from impactlib import people
    from impactlib.workshop import open_workshop

    journal = open_workshop(args.data, args.session).journal
    if args.new:
        journal.renew(args.new)
    _print_links(args, journal.session, people.links(args.data, journal, args.url))


def _print_links(args: argparse.Namespace, session: str, links: dict[str, str]) -> None:
    if args.json:
        print(json.dumps({"session": session, "links": links}))
        return
    print(session)
    for role, url in links.items():
        print(f"  {role:12} {url}")


def _sessions(args: argparse.Namespace) -> None:
    from impactlib.workshop import list_sessions, open_workshop

    rows = []
    for id in list_sessions(args.data):
        try:
            session = open_workshop(args.data, id).session
        except JournalError as error:
            print(f"impact: {error}", file=sys.stderr)
            continue
        when = datetime.fromtimestamp(session.clock.scheduled or session.opened_at).astimezone()
        agenda = session.agenda.name if session.agenda else ""
        rows.append({"session": id, "team": session.team, "date": when.isoformat(timespec="minutes"), "agenda": agenda})
    rows.sort(key=lambda row: row["date"], reverse=True)
    if args.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print("  ".join(row.values()))


def _participants(raw: str) -> int:
    from impactlib.rehearsal.script import FEWEST, MOST

    if not raw.isascii() or not raw.isdigit() or not FEWEST <= int(raw) <= MOST:
        raise argparse.ArgumentTypeError(f"{raw}: give a whole number from {FEWEST} (one for each role) to {MOST}")
    return int(raw)


def _speed(raw: str) -> float:
    try:
        speed = float(raw)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= FASTEST:
        raise argparse.ArgumentTypeError(f"{raw}: give a number above 0, and {FASTEST:g} at most (an hour in a second)")
    return speed


def _rehearse(args: argparse.Namespace) -> int:
    from impactlib import people
    from impactlib.rehearsal.stage import rehearse
    from impactlib.workshop import Workshop

    def announce(workshop: Workshop) -> None:
        links = people.links(args.data, workshop.journal, args.url)
        print(f"Watch it as its facilitator: {links[Role.FACILITATOR]}", file=sys.stderr, flush=True)

    try:
        report = rehearse(
            args.data,
            participants=args.participants,
            speed=args.speed,
            lang=args.lang,
            agenda=args.agenda,
            team_name=args.team,
            announce=announce,
        )
    except KeyboardInterrupt:
        print("impact: the rehearsal was stopped; what was written stays in its journal.", file=sys.stderr)
        return 130
    for id, why in report.refused.items():
        print(f"impact: {id} was refused: {why}", file=sys.stderr)
    for name, how in report.crashed.items():
        print(f"impact: the process of {name} {how}; what it was granted stays in the journal.", file=sys.stderr)
    _print_report(args, report.session, len(report.asked), len(report.acknowledged), report.seconds)
    return 1 if report.crashed else 0


def _moment(raw: str) -> float:
    before, parts = raw.startswith("-"), raw.removeprefix("-").split(":")
    whole = len(parts) in (2, 3) and all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts)
    if not whole or any(int(part) > 59 for part in parts[1:]):
        raise argparse.ArgumentTypeError(f"{raw}: give a time of the hour as HH:MM:SS or MM:SS, such as 00:24:10")
    seconds = 0.0
    for part in parts:
        seconds = 60 * seconds + int(part)
    return -seconds if before else seconds


def _replay(args: argparse.Namespace) -> None:
    from impactlib.timeline import state_at, timeline

    file = _read(args.data, args.session)
    lines = [line for line in timeline(file) if args.at is None or line.at <= args.at]
    if args.json and args.at is not None:
        from impactlib.export.session_json import session_json

        print(session_json(state_at(file, args.at)), end="")
    elif args.json:
        print(json.dumps([asdict(line) for line in lines], ensure_ascii=False))
    else:
        for line in lines:
            said = ": ".join(filter(None, (line.what, clean_line(line.text))))
            print(f"{_time_of(line.at)}  {line.step:16} {clean_line(line.who):12} {said}".rstrip())


def _time_of(seconds: float) -> str:
    # Rounded up: what is said at a time is in the state at that time.
    whole = math.ceil(seconds)
    return f"{'-' if whole < 0 else ''}{abs(whole) // 3600:02}:{abs(whole) // 60 % 60:02}:{abs(whole) % 60:02}"


def _print_report(args: argparse.Namespace, session: str, gestures: int, acknowledged: int, seconds: float) -> None:
    if args.json:
        row = {"session": session, "gestures": gestures, "acknowledged": acknowledged, "seconds": seconds}
        print(json.dumps(row))
    else:
        print(f"{session}: {gestures} gestures asked, {acknowledged} acknowledged, in {seconds:g} s")


def _export(args: argparse.Namespace) -> None:
    from impactlib import sharing
    from impactlib.views.render import environment

    kind, form = export.choose(args.output, args.kind, args.format)
    file = _read(args.data, args.session)
    views = environment(args.lang or file.fold().lang)
    if args.share:
        file = export.shared(file, views, args.without)
    elif args.shown:
        file = sharing.shown(file)
    elif args.without:
        raise export.ExportError("--without goes with --share: a session to go on with is whole. Nothing was written.")
    export.save(args.output, export.render(file, kind, form, views))


def _import(args: argparse.Namespace) -> None:
    from impactlib import people, portable
    from impactlib.workshop import import_session

    workshop, added = import_session(args.data, portable.read(args.file.read_bytes()), args.into)
    with closing(workshop.journal) as journal:
        print(f"{added} entries were new.", file=sys.stderr)
        _print_links(args, journal.session, people.links(args.data, journal, args.url))


def _read(data: Path, name: str) -> Portable:
    """The session of that id, of the journal or of the session notebook at that path."""
    from impactlib import portable
    from impactlib.workshop import Workshop, journal_path

    path = Path(name)
    form = path.suffix.lower()
    if form == NOTEBOOK:
        return portable.read(path.read_bytes())
    if form != JOURNAL and (path.suffix or path.name != name):
        raise export.ExportError(
            f"{name}: neither a session's id nor a {JOURNAL} or {NOTEBOOK} file. Nothing was written. "
            "`impact sessions` lists the ids."
        )
    try:
        with closing(Journal(path if form == JOURNAL else journal_path(data, name))) as journal:
            return Workshop(journal).portable()
    except sqlite3.DatabaseError as error:
        raise JournalError(f"{name}: not a journal that can be read ({error}). Nothing was written.") from error


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
            print(f"{number}. {_in_short(hypothesis or unnamed, 100)}")
            for each in findings:
                print(f"   - {each['why']} {each['mend']} [{each['code']}]")
    return 1 if found else 0


def _check_agenda(args: argparse.Namespace) -> int:
    from impactlib.views.render import say, translation

    _ = translation(args.lang).gettext
    text, source = load_text(args.file)
    agenda, begins = parse(text, source), 0.0
    widest = max(len(step.title[args.lang]) for step in agenda.steps)
    print(f"{agenda.title[args.lang]} ({agenda.name}): {agenda.seconds / 60:g} min")
    for step in agenda.steps:
        print(f"{begins:>5g}' {step.minutes:>4g} min  {step.title[args.lang]:{widest}}  {', '.join(step.shows)}")
        begins += step.minutes
    found = doubts(text)
    for doubt in found:
        print(f"{source}: {doubt.where}: {say(doubt, args.lang)}")
    if not found:
        print(_("Nothing to mend."))
    return 1 if found else 0


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
        "column": _in_short(problem.column, 60),
        "why": _(problem.message),
        "value": _in_short(problem.value, 60),
    }
    if problem.row == 0:
        return _("headings, column “%(column)s”: %(why)s") % facts
    return _("row %(row)s, column “%(column)s”: %(why)s (%(value)s)") % facts


def _in_short(text: str, longest: int) -> str:
    line = clean_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


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


if __name__ == "__main__":
    sys.exit(main())
