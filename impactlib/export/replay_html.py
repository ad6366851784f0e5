"""The replay as one HTML file: it plays in any browser, from the disk, with no server and no request.

The list of patches is the replay: it lies in the page as data that is not executed, and the one script
that is allowed to run, by its digest, is the one of the kit's own pages.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from markupsafe import Markup

from impactlib.domain.session_file import SessionFile
from impactlib.export import fonts
from impactlib.paths import SCRIPTS
from impactlib.rooms.replay import build, frame, told
from impactlib.views.catalogue import words_element

if TYPE_CHECKING:
    from jinja2 import Environment


def write(file: SessionFile, views: Environment) -> bytes:
    """The file itself, in the language of the views."""
    lang = str(views.globals["lang"])
    replay = build(file, lang)
    code, style = (SCRIPTS / "replay.js").read_text(encoding="utf-8"), fonts.style()
    page = views.get_template("replay_alone.html").render(
        team=replay.team,
        policy=_policy(code, style),
        style=Markup(style),
        frame=frame(lang),
        words=words_element(lang, "replay"),
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
