"""Files to leave with: a session written in one format or another, one module per format.

Nothing here runs in a kernel or in the server: matplotlib is slow to load and heavy to keep, so the
command line does this work in a process that ends. The content of a file comes from
``impactlib.domain.summary.Outline`` (what people read) and from the fold itself (``session.json``).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from impactlib.domain import file_names
from impactlib.domain.mentions import Choice
from impactlib.domain.redaction import redact
from impactlib.domain.session import Session
from impactlib.domain.session_file import SessionFile
from impactlib.storage.whole_file import replace_file
from impactlib.views.wording import called

if TYPE_CHECKING:
    from jinja2 import Environment
    from pandas import DataFrame

    from impactlib.export.tables import Sheet

STDOUT = "-"

CONTENT_OF = {
    "ipynb": "session",
    "json": "session",
    "md": "summary",
    "html": "summary",
    "odt": "summary",
    "docx": "summary",
    "pdf": "summary",
    "png": "picture",
    "csv": "metrics",
    "xlsx": "metrics",
    "ods": "metrics",
    "ics": "followup",
    "zip": "stats",
}
"""The kind that a file's extension means, when neither its name nor the person says one."""

FILES = {
    ("session", "json"): "session_json:write",
    ("summary", "md"): "markdown:write",
    ("summary", "html"): "html:write",
    ("summary", "odt"): "odt:write",
    ("summary", "docx"): "docx:write",
    ("summary", "pdf"): "pdf:write",
    ("picture", "png"): "picture:write",
    ("followup", "ics"): "followup:write",
    ("calendar", "ics"): "followup:subscribed",
    ("matrix", "md"): "matrix:md",
    ("matrix", "html"): "matrix:html",
    ("matrix", "odt"): "matrix:odt",
    ("matrix", "docx"): "matrix:docx",
}
"""The writer of each kind in each format: a module of this package and its function, which takes a session and
the views' templates and gives the file. A module is loaded on demand: session.json needs no matplotlib."""

TABLES = {
    "metrics": "metrics:sheets",
    "readings": "readings:figures",
    "review": "review:table",
    "forecasts": "forecasts:forecasts",
    "inventory": "inventory:inventory",
    "matrix": "matrix:table",
}
"""The tables of each kind that spreadsheets open: a function that takes a session and the views' templates, and gives a
table or several, of which a workbook holds all and CSV the first."""
SPREADSHEETS = ("csv", "xlsx", "ods")

CARRIERS = {
    ("session", "ipynb"): "notebook:write",
    ("replay", "html"): "replay_html:write",
    ("names", "json"): "names:write",
    ("stats", "html"): "stats:preview",
    ("stats", "csv"): "stats:csv",
    ("stats", "json"): "stats:js",
    ("stats", "zip"): "stats:archive",
    ("stats-with-reasons", "html"): "stats:preview_with_reasons",
    ("stats-with-reasons", "csv"): "stats:csv_with_reasons",
    ("stats-with-reasons", "json"): "stats:js_with_reasons",
    ("stats-with-reasons", "zip"): "stats:archive_with_reasons",
}
"""The writers that take the session with its entries (`SessionFile`), to carry or to replay them."""

HISTORIES = {
    ("committee", "html"): "committee:html",
    ("committee", "odt"): "committee:odt",
    ("committee", "docx"): "committee:docx",
    **{("product", form): f"product:{form}" for form in ("html", "odt", "docx", "json", "csv", "xlsx", "ods")},
}
"""The writers that take the sessions of a product, the latest first."""

_EVERY = [*FILES, *((kind, form) for kind in TABLES for form in SPREADSHEETS), *CARRIERS, *HISTORIES]
CONTENTS = tuple(dict.fromkeys(kind for kind, _ in _EVERY))
FORMATS = tuple(dict.fromkeys(form for _, form in _EVERY))


class ExportError(Exception):
    """A file that was not written: says why, that nothing was written, and what to do."""


def choose(output: str, kind: str | None = None, form: str | None = None) -> tuple[str, str]:
    """The kind and the format to write, from the file's name and from what was asked.

    Parameters
    ----------
    output
        A path, or ``-`` for standard output, or "" for the kit's own name, which say nothing of kind or format.
    kind, form
        What was asked in so many words; None leaves it to the file's name.

    Raises
    ------
    ExportError
        When no format can be told, when name and request disagree, or when this version cannot write it.

    Examples
    --------
    >>> choose("colis/summary.html")
    ('summary', 'html')
    >>> choose("mardi.json"), choose("committee.ipynb")
    (('session', 'json'), ('session', 'ipynb'))
    """
    path = Path() if output in ("", STDOUT) else Path(output)
    suffix = path.suffix.removeprefix(".").lower()
    form = _form(output or "the file", suffix, form)
    named = file_names.kind_of(path.stem)
    # Nothing but a session is a notebook: whatever "comite.ipynb" says, it is a name.
    kind = kind or (named if named in CONTENTS and form != "ipynb" else CONTENT_OF[form])
    if (kind, form) not in _EVERY:
        raise ExportError(
            f"{output}: this version does not write {kind} as .{form}. Nothing was written. It writes {_writable()}."
        )
    return kind, form


def _form(output: str, suffix: str, asked: str | None) -> str:
    if asked and suffix in CONTENT_OF and suffix != asked:
        raise ExportError(
            f"{output}: the name says .{suffix} and --format says {asked}. Nothing was written. Change one of them."
        )
    form = asked or suffix
    if form not in CONTENT_OF:
        said = f".{suffix} is no format of the kit" if suffix else "nothing says in which format"
        raise ExportError(f"{output}: {said}. Nothing was written. Name a file such as summary.html, or add --format.")
    return form


def _writable() -> str:
    forms: dict[str, list[str]] = {}
    for kind, form in _EVERY:
        forms.setdefault(kind, []).append(f".{form}")
    return "; ".join(f"{kind} as {' or '.join(names)}" for kind, names in forms.items())


def render(file: SessionFile, kind: str, form: str, views: Environment, earlier: Sequence[SessionFile] = ()) -> bytes:
    """The whole content of a file; what is text in it is UTF-8.

    Parameters
    ----------
    kind, form
        As `choose` gives them.
    views
        The views' templates in the language to write in; the session's state has none.
    earlier
        The sessions of the product before this one, the latest first: a committee is told of them too.

    Raises
    ------
    ExportError
        When the session has nothing yet that such a file could hold.
    """
    if (kind, form) in CARRIERS:
        carry: Callable[[SessionFile, Environment], bytes] = resolve_name(f"{__name__}.{CARRIERS[kind, form]}")
        return carry(file, views)
    if (kind, form) in HISTORIES:
        tell: Callable[[Sequence[Session], Environment], bytes] = resolve_name(f"{__name__}.{HISTORIES[kind, form]}")
        return tell([one.fold() for one in (file, *earlier)], views)
    if kind in TABLES and form in SPREADSHEETS:
        return _spreadsheet(file.fold(), kind, form, views)
    write: Callable[[Session, Environment], bytes] = resolve_name(f"{__name__}.{FILES[kind, form]}")
    return write(file.fold(), views)


def _spreadsheet(session: Session, kind: str, form: str, views: Environment) -> bytes:
    make: Callable[[Session, Environment], Sheet | tuple[Sheet, ...]] = resolve_name(f"{__name__}.{TABLES[kind]}")
    save: Callable[..., bytes] = resolve_name(f"{__name__}.sheet:{form}")
    made = make(session, views)
    return save(views, *(made if isinstance(made, tuple) else (made,)))


def cells(file: SessionFile, views: Environment) -> list[dict[str, Any]]:
    """The cells of a session notebook: what people read of it."""
    write: Callable[[SessionFile, Environment], list[dict[str, Any]]] = resolve_name(f"{__name__}.notebook:cells")
    return write(file, views)


def to_frames(file: SessionFile) -> dict[str, DataFrame]:
    """A session as pandas frames, by name: see ``docs/frames.md``."""
    make: Callable[[SessionFile], dict[str, DataFrame]] = resolve_name(f"{__name__}.frames:frames")
    return make(file)


def choice(content: bytes) -> Choice:
    """What somebody decided of the names of a session, in a file of names. Raises ExportError."""
    read: Callable[[bytes], Choice] = resolve_name(f"{__name__}.names:read")
    return read(content)


def shared(
    file: SessionFile, views: Environment, without: Sequence[str] = (), names: Choice | None = None
) -> SessionFile:
    """A session reduced, with labels in the language of the views.

    `without` are the kinds or ids of notes to leave out besides, `names` what was decided of the names in them.

    Raises
    ------
    ExportError
        When `without` names nothing of this session.
    """
    try:
        return redact(file, called(views), without, names)
    except ValueError as error:
        raise ExportError(f"{error}. Nothing was written.") from error


def save(output: str, content: bytes) -> None:
    """Write a whole file, or leave what was there as it was.

    Raises
    ------
    ExportError
        When the place cannot be written to.
    """
    if output == STDOUT:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    # A link keeps pointing where it did: what it points to is replaced.
    path = Path(output).resolve()
    if path.exists() and not path.is_file():
        raise ExportError(f"{output}: not a file that can be replaced. Nothing was written. Give a file's name.")
    try:
        replace_file(path, content)
    except OSError as error:
        raise ExportError(
            f"{output}: could not be written ({error.strerror or error}). What was there is unchanged. "
            "Check that the folder exists and that you may write in it."
        ) from error
