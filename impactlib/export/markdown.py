"""The summary as Markdown: plain to read as it is, and the same once it is rendered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impactlib.domain import text
from impactlib.domain.session import Session
from impactlib.export.template import fill

if TYPE_CHECKING:
    from jinja2 import Environment

_BLANK_LINES = re.compile(r"\n{3,}")


def write(session: Session, views: Environment) -> bytes:
    """The file itself."""
    return markdown(session, views).encode()


def markdown(session: Session, views: Environment, template: str = "summary.md") -> str:
    """The summary, or another of ``templates/summary``, as CommonMark with tables; `views` says the language.

    The pictures stand at the end of the file as references, so that their thousands of characters
    disturb nobody who reads the text; they are PNG, since many renderers refuse SVG there.
    """
    # Autoescape is HTML's: here people's words go through `markdown`, which makes them show as typed; what the page's
    # templates share with this one calls that filter `inline`.
    filters = {"markdown": text.markdown, "inline": text.markdown}
    made = fill(template, session, views, escape=False, image="png", filters=filters)
    return _BLANK_LINES.sub("\n\n", made).strip() + "\n"
