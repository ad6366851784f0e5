"""The replay as one HTML file: it plays in any browser, from the disk, with no server and no request.

The list of patches is the replay: it lies in the page as data that is not executed, and the one script
that is allowed to run, by its digest, is the one of the kit's own pages.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from impactlib.domain.session_file import SessionFile
from impactlib.paths import ASSETS, SCRIPTS
from impactlib.rooms.replay import build, frame, told

if TYPE_CHECKING:
    from jinja2 import Environment

_FONT = re.compile(r"url\(([a-z0-9-]+\.woff2)\)")


def write(file: SessionFile, views: Environment) -> bytes:
    """The file itself, in the language of the views."""
    lang = str(views.globals["lang"])
    replay = build(file, lang)
    code = (SCRIPTS / "replay.js").read_text(encoding="utf-8")
    style = _FONT.sub(_font, (ASSETS / "impact.css").read_text(encoding="utf-8"))
    page = views.get_template("replay_alone.html").render(
        team=replay.team,
        policy=_policy(code, style),
        style=Markup(style),
        frame=frame(lang),
        # Nothing in it can end the element that holds it.
        replay=Markup(json.dumps(told(replay, lang), ensure_ascii=False).replace("<", "\\u003c")),
        script=Markup(code),
    )
    return page.encode()


def _policy(code: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src '{_digest(code)}'; style-src '{_digest(style)}'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _font(name: re.Match[str]) -> str:
    content = base64.b64encode((ASSETS / name[1]).read_bytes()).decode()
    return f"url(data:font/woff2;base64,{content})"
