"""Opening a session in a notebook, with the notebook's first line, which says whether anything keeps it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactlib import export
from impactlib.domain import session_file
from impactlib.domain.agenda import Role
from impactlib.domain.readings import metric_named
from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import SessionFile
from impactlib.gestures import Asking
from impactlib.rooms.layout import LAYOUT
from impactlib.rooms.live import Live
from impactlib.storage.kept_file import KeptStore
from impactlib.storage.session_store import SessionStore, create_session
from impactlib.views.parts import Eye
from impactlib.views.render import environment, say
from impactlib.widgets.language import here

if TYPE_CHECKING:
    from pandas import DataFrame

FOUND = "session.ipynb"
"""The session notebook that is opened when it lies beside the notebook."""
_TRIAL = {"fr": "Service d’essai", "en": "Trial service"}
_YOU = {"fr": "Vous", "en": "You"}
_SIGNED = "Notebook"
"""The name of who writes in a kept session: it can be changed in the page."""


class NotOpened(Exception):
    """A file that cannot be opened as a session: says why. A notebook shows these words alone."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Opened(Live):
    """A session as a notebook's cells hold it."""

    def frames(self) -> dict[str, DataFrame]:
        """The session as pandas frames, by name: see ``docs/frames.md``."""
        return export.to_frames(self.to_file())

    def reading(self, metric: str, when: str, figure: float | str, **more: str) -> None:
        """Give a figure of a metric, which leaves its baseline and its target as they are.

        Parameters
        ----------
        metric
            Its name, its number from 1, or its id.
        when
            A day such as ``2026-10-31``, or the period that the figure is of: ``2026-10``, ``2026-T3``, ``2026``.
        figure
            In the unit of the metric.
        more
            What else is known: `over` (a period), `quality`, `source`, `text` (a word on it).

        Raises
        ------
        NotOpened
            When it cannot be read; nothing is then written.
        """
        try:
            about = metric_named(self.session, metric).id
        except Refusal as refusal:
            raise NotOpened(str(refusal)) from None
        said = {"about": about, "as_of": when, "figure": str(figure), "text": "", **more}
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        answer = self.ask({"id": f"reading-{digest[:32]}", "do": "write", "kind": "reading", **said})
        if "refused" in answer:
            raise NotOpened(str(answer["refused"]))


def read(path: str | Path) -> dict[str, DataFrame]:
    """The session of a session notebook as pandas frames, by name: see ``docs/frames.md``.

    Raises
    ------
    NotOpened
        When the file cannot be read, or is no session notebook.
    """
    return export.to_frames(file_at(path))


def file_at(path: str | Path) -> session_file.SessionFile:
    """The session of a session notebook. Raises NotOpened."""
    try:
        return session_file.read(Path(path).read_bytes())
    except Refusal as refusal:
        raise NotOpened(f"{path}: {refusal}") from None
    except OSError as error:
        raise NotOpened(f"{path}: {error.strerror or error}") from None


def open_session(file: str = "", *, team: str = "") -> Opened:
    """The session of a notebook, in which you facilitate. Its first line says where it is kept.

    Parameters
    ----------
    file
        A session notebook, such as ``"colis.ipynb"``, in the notebook's folder: it is made if it is not there, and
        holds each gesture as soon as it is made. Without a name, ``session.ipynb`` if there is one; else a rehearsal,
        which nothing keeps unless you ask for it.
    team
        The team's name in a new file; without one, the name of the file.

    Raises
    ------
    NotOpened
        When the file is there and is no session notebook, or cannot be read or written.
    """
    laid_out = os.environ.get(LAYOUT)
    if laid_out:
        return Opened(None, Eye(Role.OBSERVER, laid_out))
    lang = here()
    path = Path(file or FOUND)
    live = _kept(path, team, lang) if file or path.is_file() else _rehearsal(lang)
    _show_first_line(live)
    return live


def compose(file: SessionFile) -> list[dict[str, Any]]:
    """The cells of a session's notebook, in the session's language."""
    return export.cells(file, environment(file.fold().lang))


def _kept(path: Path, team: str, lang: str) -> Opened:
    def made(folder: Path) -> SessionStore:
        named = team or path.stem.replace("-", " ").replace("_", " ").capitalize()
        return _entered(create_session(folder, named, lang=lang), _SIGNED)

    try:
        store = KeptStore.open(path, compose, made)
        live = _facilitated(store, here(store.session.lang), _SIGNED)
    except Refusal as refusal:
        raise NotOpened(f"{path.name}: {say(refusal, lang)}") from None
    except OSError as error:
        raise NotOpened(f"{path.name}: {error.strerror or error}") from None
    return live


def _rehearsal(lang: str) -> Opened:
    folder = Path(tempfile.mkdtemp(prefix="impact-"))
    live = _facilitated(_entered(create_session(folder, _TRIAL[lang], lang=lang), _YOU[lang]), lang, _YOU[lang])
    weakref.finalize(live, shutil.rmtree, folder, ignore_errors=True)
    return live


def _me(store: SessionStore) -> str:
    """Whoever opens a session's file in a notebook, now or later, is the same person."""
    return f"notebook-{store.session.id}"


def _entered(store: SessionStore, name: str) -> SessionStore:
    """A new session with you in it."""
    me = _me(store)
    store.ask(Asking(me, Role.FACILITATOR), {"id": f"join-{me}", "do": "join", "name": name})
    return store


def _facilitated(store: SessionStore, lang: str, name: str) -> Opened:
    """A session as you see it. Whoever only reads a file leaves it as it is: you come in with your first gesture."""
    me = _me(store)
    store.journal.mark(me, 1)
    return Opened(store, Eye(Role.FACILITATOR, lang), me=me, name=name)


def _show_first_line(live: Live) -> None:
    """In a kernel only: a plain script shows nothing."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and getattr(shell, "kernel", None) is not None:
        from IPython.display import display

        from impactlib.widgets.first_line import FirstLine

        display(FirstLine(live, compose, FOUND))  # type: ignore[no-untyped-call]
