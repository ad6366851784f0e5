"""The kit's style sheet for a notebook, which has no address beside which fonts could be found."""

from __future__ import annotations

import base64
import re
from functools import cache

from impactlib.paths import ASSETS

_FONT = re.compile(r"url\(([\w-]+\.woff2)\)")


@cache
def style_sheet() -> str:
    """The style sheet with its fonts in it."""

    def inside(found: re.Match[str]) -> str:
        font = base64.b64encode((ASSETS / found[1]).read_bytes()).decode()
        return f"url(data:font/woff2;base64,{font})"

    return _FONT.sub(inside, (ASSETS / "impact.css").read_text(encoding="utf-8"))
