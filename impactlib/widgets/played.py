"""The replay as a widget, where a notebook is run by whoever owns it: JupyterLab, or Voilà's own pages.

As with panes, people's words are no trait: the page asks for the replay, and is sent it once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from impactlib.agenda import LANGUAGES
from impactlib.gestures import Refusal
from impactlib.portable import Portable, read
from impactlib.replay import build, frame, told
from impactlib.share import ASSETS, TEMPLATES, script


class NoSuchReplay(LookupError):
    """There is no session of that id to replay: says where one was looked for, and what to do."""


class Played(anywidget.AnyWidget):
    """An hour played again. Message in: ``{"ask": "replay"}``; message out: ``{"replay": ...}``."""

    _esm = script("replay.js")
    _css = (ASSETS / "impact.css").read_text(encoding="utf-8")
    frame = traitlets.Unicode().tag(sync=True)
    lang = traitlets.Unicode("fr").tag(sync=True)

    def __init__(self, session: str, folder: Path | None = None) -> None:
        file = found(session, folder or Path.cwd())
        # A notebook's kernel starts in its folder, and the kit's own folders are named after languages.
        lang = Path.cwd().name if Path.cwd().name in LANGUAGES else file.fold().lang
        super().__init__(frame=str(frame(lang)), lang=lang)
        self._replay = told(build(file, lang), lang)
        self.on_msg(self._heard)

    def _heard(self, _: Any, message: dict[str, Any], __: Any) -> None:
        if message.get("ask") == "replay":
            self.send({"replay": self._replay})


def found(session: str, folder: Path) -> Portable:
    """The session of that id, from the notebook of a folder that holds the most of it, or from the kit's two.

    Raises
    ------
    NoSuchReplay
        When no notebook there carries it.
    """
    carrying = [file for path in [*folder.glob("*.ipynb"), *_samples()] if (file := _carried(path, session))]
    if not carrying:
        raise NoSuchReplay(
            f"{session}: no notebook in {folder.name or folder} carries this session, so there is nothing to replay. "
            "Save this notebook next to the cell's kernel (in the folder where it runs), then run the cell again."
        )
    return max(carrying, key=lambda file: len(file.entries))


def _samples() -> list[Path]:
    return sorted((TEMPLATES / "sessions").glob("*.ipynb"))


def _carried(path: Path, session: str) -> Portable | None:
    try:
        file = read(path.read_bytes())
    except (OSError, Refusal):
        return None  # another notebook, or one that cannot be read: it is not the one
    return file if file.session == session else None
