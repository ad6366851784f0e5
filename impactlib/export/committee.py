"""The sheet of an investment committee, under the headings of the community's template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactlib.domain.session import Session
from impactlib.export import html as pages

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = "committee.html"


def html(session: Session, views: Environment) -> bytes:
    """The sheet as one page that prints."""
    return pages.html(session, views, TEMPLATE).encode()


def odt(session: Session, views: Environment) -> bytes:
    """The sheet for LibreOffice."""
    from impactlib.export import odt

    return odt.write(session, views, TEMPLATE)


def docx(session: Session, views: Environment) -> bytes:
    """The sheet for Word."""
    from impactlib.export import docx

    return docx.write(session, views, TEMPLATE)
