"""Where the templates and the notebooks are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _root() -> Path:
    inside = _PACKAGE / "_share"
    return inside if inside.is_dir() else _PACKAGE.parent


TEMPLATES = _root() / "templates"
NOTEBOOKS = _root() / "notebooks"
ASSETS = _PACKAGE / "assets"
SCRIPTS = ASSETS / "built"
"""The scripts as they are loaded, one file each: `make scripts` makes them from those in `ASSETS`."""
LOCALE = _PACKAGE / "locale"
