"""The summary as one HTML file: no script, no other file, no request; fit to print and to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impactlib.domain.session import Session
from impactlib.export.template import fill

if TYPE_CHECKING:
    from jinja2 import Environment


def write(session: Session, views: Environment) -> bytes:
    """The file itself."""
    return html(session, views).encode()


def html(session: Session, views: Environment, template: str = "summary.html", **more: Any) -> str:
    """The summary, or another of ``templates/summary``, as a whole page; `views` says the language."""
    # The macros above the doctype leave blank lines.
    return fill(template, session, views, escape=True, image="svg", **more).strip() + "\n"
