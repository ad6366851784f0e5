"""The kit's typeface inside a file, so that it looks the same far from the kit."""

from __future__ import annotations

import base64
import re
from functools import cache

from markupsafe import Markup

from impactlib.paths import ASSETS

_FONT = re.compile(r"url\(([a-z0-9-]+\.woff2)\)")


@cache
def style() -> str:
    """The kit's style sheet, with its typefaces in it."""
    return _FONT.sub(_embedded, (ASSETS / "impact.css").read_text(encoding="utf-8"))


@cache
def faces() -> Markup:
    """The rules of that sheet that declare the typefaces: some thirty kilobytes."""
    return Markup("\n").join(Markup(line) for line in style().splitlines() if line.startswith("@font-face"))


def _embedded(name: re.Match[str]) -> str:
    content = base64.b64encode((ASSETS / name[1]).read_bytes()).decode()
    return f"url(data:font/woff2;base64,{content})"
