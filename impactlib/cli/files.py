"""``impact export`` and ``impact import``: a session written to a file, and gone on with from one.

A session is named by its id in the data folder, or by the path of its journal or of its notebook.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from impactlib import export
from impactlib.cli.command import BASE, Commands, command, print_links
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.mentions import Choice
from impactlib.domain.session_file import SessionFile
from impactlib.storage.faults import TROUBLE
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.journal import JournalError
from impactlib.storage.stores import Data, store_of

JOURNAL, NOTEBOOK = ".journal", ".ipynb"
LOOK = (
    "Names were replaced where they stand as names. `impact export {session} --kind names -o names.json` lists them, "
    "and what may be a name and was left: change the file, and give it with --names."
)


def add(commands: Commands) -> None:
    leave = command(commands, "export", _export, "write a workshop's summary or its whole state to a file")
    leave.add_argument("session", metavar="ID|FILE", help="a session of the data folder, a .journal or a notebook")
    leave.add_argument("--kind", choices=export.CONTENTS, help="by default what the file's name says")
    leave.add_argument("--format", choices=export.FORMATS, help="by default the file's extension")
    leave.add_argument("--lang", choices=LANGUAGES, help="by default the session's")
    leave.add_argument("-o", "--output", metavar="PATH", default="", help="the file, or - for standard output")
    leave.add_argument("--share", action="store_true", help="reduced: no names, nothing withdrawn, no unshown scores")
    leave.add_argument("--shown", action="store_true", help="whole, but for scores that were not shown")
    leave.add_argument("--names", metavar="FILE", help="with --share: a file of --kind names, changed")
    leave.add_argument("--without", action="append", default=[], metavar="KIND|ID", help="with --share: notes left out")

    carry = command(commands, "import", _import, "go on with the session of a session notebook, or merge it")
    carry.add_argument("file", type=Path)
    carry.add_argument("--into", default="", metavar="ID", help="merge it into this session")
    carry.add_argument("--again", action="store_true", help="even where this workshop was erased here")
    carry.add_argument("--anyway", action="store_true", help="even where it was changed outside this server")
    carry.add_argument("--url", default=BASE)
    carry.add_argument("--json", action="store_true")


def _export(args: argparse.Namespace) -> None:
    from impactlib.domain import file_names, redaction
    from impactlib.views.render import environment

    kind, form = export.choose(args.output, args.kind, args.format)
    file = _signing(args.data, read(args.data, args.session))
    session = file.fold()
    lang = args.lang or session.lang
    views = environment(lang)
    what = "shared" if args.share and kind == "session" else kind
    output = args.output or file_names.file_name(session, what, form, lang)
    if args.share:
        file = export.shared(file, views, args.without, _names(args.names))
        if not args.names:
            print(LOOK.format(session=args.session), file=sys.stderr)
    elif args.shown:
        file = redaction.shown(file)
    elif args.without or args.names:
        raise export.ExportError(
            "--without and --names go with --share: a session to go on with is whole. Nothing was written."
        )
    refuse_to_lose(output, file)
    earlier = [] if args.share else [*before(args.data, file)]
    export.save(output, export.render(file, kind, form, views, earlier))
    if not args.output:
        print(output)


def _signing(data: Data, file: SessionFile) -> SessionFile:
    """A session that is to be signed, if it is of the data folder; one of a file is written as it is."""
    from impactlib.storage.carried import signing

    return signing(data, file) if file.born and store_of(data).has(file.session) else file


def refuse_to_lose(output: str, file: SessionFile) -> None:
    """Refuse to write a session notebook over one that holds what it does not: people may have gone on in that one.

    Raises
    ------
    ExportError
        Saying how to bring the one into the other.
    """
    from impactlib.domain.refusal import Refusal
    from impactlib.domain.session_file import read as read_notebook

    path = Path(output)
    if path.suffix.lower() != NOTEBOOK or not path.is_file():
        return
    try:
        there = read_notebook(path.read_bytes())
    except (Refusal, OSError):
        return
    here = {(entry.origin, entry.id) for entry in file.entries}
    if not there.shared and any((entry.origin, entry.id) not in here for entry in there.entries):
        raise export.ExportError(
            f"{output}: this session notebook holds what would be lost. Nothing was written. Give another name, or "
            "bring a spreadsheet into it with `impact draft SPREADSHEET --into`."
        )


def before(data: Data, file: SessionFile) -> Iterator[SessionFile]:
    """The sessions of the store that a session goes on from, the latest first; one that cannot be read is the
    last that is looked for."""
    known = {file.fold().id}
    while (follows := file.fold().follows) is not None and follows.session not in known:
        known.add(follows.session)
        try:
            file = read(data, follows.session)
        except (export.ExportError, JournalError, OSError, *TROUBLE):
            return
        yield file


def _names(path: str | None) -> Choice | None:
    if path is None:
        return None
    try:
        return export.choice(sys.stdin.buffer.read() if path == export.STDOUT else Path(path).read_bytes())
    except OSError as error:
        raise export.ExportError(f"{path}: {error.strerror or error}. Nothing was written.") from error


def _import(args: argparse.Namespace) -> None:
    from impactlib.domain import session_file
    from impactlib.storage import keys
    from impactlib.storage.carried import take_in

    file = session_file.read(args.file.read_bytes())
    store, taken = take_in(args.data, file, args.into, again=args.again, anyway=args.anyway)
    with closing(store.journal) as journal:
        print(f"{taken.added} entries were new. {taken.told}".strip(), file=sys.stderr)
        for text in taken.texts:
            print(f"Both had a text for one note: “{text.stands}” stands, after “{text.gave_way}”.", file=sys.stderr)
        print_links(args, journal.session, keys.links(args.data, journal, args.url))


def read(data: Data, name: str) -> SessionFile:
    """The session of that id, of the journal or of the session notebook at that path."""
    from impactlib.domain import session_file
    from impactlib.storage.session_store import SessionStore

    path = Path(name)
    form = path.suffix.lower()
    if form == NOTEBOOK:
        return session_file.read(path.read_bytes())
    if form != JOURNAL and (path.suffix or path.name != name):
        raise export.ExportError(
            f"{name}: neither a session's id nor a {JOURNAL} or {NOTEBOOK} file. Nothing was written. "
            "`impact sessions` lists the ids."
        )
    with closing(FileJournal(path) if form == JOURNAL else store_of(data).open(name)) as journal:
        return SessionStore(journal).to_file()
