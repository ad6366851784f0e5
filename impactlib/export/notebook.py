"""The session notebook: a good document on any viewer, and the session itself in its metadata.

Its cells are the summary's Markdown and one cell of code that replays the hour where the kit is
installed. They hold no HTML of people's words and no state of a widget; nothing is read back from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from impactlib.domain.session_file import SessionFile, to_metadata
from impactlib.export.markdown import markdown

if TYPE_CHECKING:
    from jinja2 import Environment

_PICTURE = re.compile(r"^\[([\w-]+)\]: data:image/png;base64,(\S+)$", re.M)
_USE = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\[([\w-]+)\]")
_PART = re.compile(r"^(?=## )", re.M)

_REPLAY = 'from impactlib.widgets import replay\n\nreplay("{session}")'


def write(file: SessionFile, views: Environment) -> bytes:
    """The file itself, in the language of the views."""
    notebook = {
        "cells": cells(file, views),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "impact": to_metadata(file),
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(notebook, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def cells(file: SessionFile, views: Environment) -> list[dict[str, Any]]:
    """Its cells: the summary, and a replay."""
    says: Any = views.get_template("carried.html").module
    summary = markdown(file.fold(), views)
    pictures = dict(_PICTURE.findall(summary))
    parts = [part.strip() for part in _PART.split(_PICTURE.sub("", summary))]
    if not file.shared:  # the summary of a shared one says itself what it is
        parts.insert(1, says.preface().strip())
    made = [_prose(part, pictures) for part in (*parts, says.replay().strip())]
    made.append({"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []})
    made[-1]["source"] = _REPLAY.format(session=file.session).splitlines(keepends=True)
    return [{**cell, "id": f"impact-{number:02}"} for number, cell in enumerate(made, 1)]


def _prose(text: str, pictures: Mapping[str, str]) -> dict[str, Any]:
    """A cell of prose, with the pictures that it shows attached to it."""
    shown = _USE.sub(r"![\1](attachment:\2.png)", text)
    cell: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "source": shown.splitlines(keepends=True)}
    if used := [name for _, name in _USE.findall(text)]:
        cell["attachments"] = {f"{name}.png": {"image/png": pictures[name]} for name in used}
    return cell
