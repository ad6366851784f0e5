"""The replay as a widget, where a notebook is run by whoever owns it: JupyterLab, or Voilà's own pages.

As with panes, people's words are no trait: the page asks for a replay, and is sent it once.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import SessionFile, read
from impactlib.paths import ASSETS, SCRIPTS
from impactlib.rooms import samples
from impactlib.rooms.replay import build, chooser, frame, told
from impactlib.views.catalogue import words_json
from impactlib.views.render import say
from impactlib.widgets.language import here


class NoSuchReplay(LookupError):
    """There is no session of that id to replay: says where one was looked for, and what to do."""


class Played(anywidget.AnyWidget):
    """An hour played again, that of `file`, or one that the page chooses.

    Messages in: ``{"ask": "replay"}``, ``{"ask": "tidy"}`` (a sample), or ``{"ask": "file"}`` with the bytes of a
    session notebook beside it; messages out: ``{"replay": ...}``, ``{"refused": words}``.
    """

    _esm = (SCRIPTS / "replay.js").read_text(encoding="utf-8")
    _css = (ASSETS / "impact.css").read_text(encoding="utf-8")
    frame = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    lang = traitlets.Unicode("fr").tag(sync=True)

    def __init__(self, file: SessionFile | None) -> None:
        lang = here(file.fold().lang if file else LANGUAGES[0])
        choice = "" if file else chooser(lang, samples.choices(lang))
        super().__init__(frame=f"{choice}{frame(lang)}", words=words_json(lang, "replay"), lang=lang)
        self._file = file
        self.on_msg(self._heard)

    def _heard(self, _: Any, message: dict[str, Any], buffers: list[Any]) -> None:
        asked = message.get("ask")
        try:
            if asked == "replay" and self._file:
                self._play(self._file)
            elif asked in samples.ABOUT:
                self._play(samples.sample(asked))
            elif asked == "file" and buffers:
                self._play(read(bytes(buffers[0])))
        except Refusal as refusal:
            self.send({"refused": say(refusal, self.lang)})

    def _play(self, file: SessionFile) -> None:
        self.send({"replay": told(build(file, self.lang), self.lang)})


def found(session: str, folder: Path) -> SessionFile:
    """The session of that id: a sample, or that of the notebook in a folder that holds the most of it.

    Raises
    ------
    NoSuchReplay
        When no notebook there carries it.
    """
    if session in samples.ABOUT:
        return samples.sample(session)
    carrying = [file for file in carried(folder).values() if file.session == session]
    if not carrying:
        raise NoSuchReplay(
            f"{session}: no notebook in the folder {folder.name!r} carries this session: there is nothing to replay. "
            "Put the session notebook in the folder where this cell runs, then run the cell again."
        )
    return max(carrying, key=lambda file: len(file.entries))


def carried(folder: Path) -> dict[str, SessionFile]:
    """The sessions that the notebooks of a folder carry, by the names of their files."""
    found: dict[str, SessionFile] = {}
    for path in sorted(folder.glob("*.ipynb")):
        # Another notebook, or one that cannot be read, is left out.
        with contextlib.suppress(OSError, Refusal):
            found[path.name] = read(path.read_bytes())
    return found
