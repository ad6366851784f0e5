"""The language of a notebook: that of its folder, where its kernel starts and which the kit names after a language."""

from __future__ import annotations

from pathlib import Path

from impactlib.domain.agenda import LANGUAGES


def here(otherwise: str = LANGUAGES[0]) -> str:
    """The language of this folder; `otherwise` in a folder that is named after none."""
    folder = Path.cwd().name
    return folder if folder in LANGUAGES else otherwise
