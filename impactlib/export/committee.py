"""The sheet of an investment committee, under the headings of the community's template."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from impactlib.domain.clock import day_of
from impactlib.domain.committee import Committee
from impactlib.domain.session import Session
from impactlib.export import html as pages

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = "committee.html"


def html(sessions: Sequence[Session], views: Environment) -> bytes:
    """The sheet as one page that prints; `sessions` are those of the product, the latest first."""
    return pages.html(sessions[0], views, TEMPLATE, committee=_of(sessions)).encode()


def odt(sessions: Sequence[Session], views: Environment) -> bytes:
    """The sheet for LibreOffice."""
    from impactlib.export import odt

    return odt.write(sessions[0], views, TEMPLATE, committee=_of(sessions))


def docx(sessions: Sequence[Session], views: Environment) -> bytes:
    """The sheet for Word."""
    from impactlib.export import docx

    return docx.write(sessions[0], views, TEMPLATE, committee=_of(sessions))


def _of(sessions: Sequence[Session]) -> Committee:
    return Committee(sessions[0], tuple(sessions[1:]), day_of(time.time(), sessions[0].zone))
