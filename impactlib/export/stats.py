"""The statistics that a team publishes: a page, and the national table from which it is made.

Nothing else of the hour is in them: names are replaced as in a session that is shared, and only figures, their
definitions, the decisions written beforehand and what was decided because of a figure are read. The words of the reason
of a decision are a note: they are in them only where the team chose so.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from impactlib.domain import national
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.clock import day_of
from impactlib.domain.curve import curve
from impactlib.domain.file_names import folded
from impactlib.domain.matrices import newest, newest_of
from impactlib.domain.national import Row
from impactlib.domain.published import Publication, Published, publication, published
from impactlib.domain.session_file import SessionFile
from impactlib.export import shared
from impactlib.export.template import templates
from impactlib.views.render import environment

if TYPE_CHECKING:
    from jinja2 import Environment

NAMES = {"fr": "index.html", "en": "en.html"}
"""The pages of a site by their language; French comes first."""
WITHOUT, WITH_REASONS = "stats", "stats-with-reasons"
"""What a room calls these files: without the words of the reasons of decisions, and with them."""
_CALLED = {"fr": "Français", "en": "English"}


def of_session(
    file: SessionFile, views: Environment, today: date, administration: str = "", reasons: bool = False
) -> Publication:
    """What a session gives to publish, without the names of those who were there, as `publication` does."""
    return publication(shared(file, views).fold(), administration, today, reasons)


def site(rows: tuple[Row, ...], service: str, today: date) -> dict[str, bytes]:
    """The files of a site by their names: a page in each language, the table as CSV and as JSON.

    Raises
    ------
    TableError
        As `published` does.
    """
    page = published(rows, service)
    files = {form: national.file_name(folded(page.service) or "service", form) for form in ("csv", "json")}
    pages = {NAMES[lang]: html(page, lang, today, files).encode() for lang in LANGUAGES}
    if not page.told:
        return pages
    kept = [row for row in rows if row.nom_service_public_numerique == page.service]
    return {**pages, files["csv"]: national.write_csv(kept), files["json"]: national.write_json(kept)}


def html(
    page: Published,
    lang: str,
    today: date,
    files: Mapping[str, str],
    would: Publication | None = None,
    reasons: bool = False,
) -> str:
    """The page in one language; a figure is old on the day that the page was made, or today.

    `would` makes it a preview, which says what would be public and what would not: with `reasons` the words of the
    reasons of decisions would be.
    """
    other = next(name for name in LANGUAGES if name != lang)
    made = (
        templates(environment(lang), escape=True, filters=())
        .get_template("stats/page.html")
        .render(
            page=page,
            files=files,
            would=would,
            reasons=reasons,
            today=page.made_on or today,
            version=national.VERSION,
            indicators={told.indicator: newest_of(told.indicator) for told in page.told},
            concept_titles={concept.id: concept.title for concept in newest().concepts},
            curves={told.series.metric.id: curve(told.series) for told in page.told},
            other=None if would else {"href": NAMES[other], "lang": other, "name": _CALLED[other]},
            fonts=str,
        )
    )
    return made.strip() + "\n"


# The files that a room gives ------------------------------------------------------------------------


def preview(file: SessionFile, views: Environment, reasons: bool = False) -> bytes:
    """The page before it is published, with what would be public."""
    would, team, today = _today(file, views, reasons)
    name = WITH_REASONS if reasons else WITHOUT
    files = {form: f"{name}.{form}" for form in ("csv", "json", "zip")}
    files["other"] = f"{WITHOUT if reasons else WITH_REASONS}.html?print"
    return html(published(would.rows, team), str(views.globals["lang"]), today, files, would, reasons).encode()


def csv(file: SessionFile, views: Environment, reasons: bool = False) -> bytes:
    """The table as CSV."""
    return national.write_csv(_today(file, views, reasons)[0].rows)


def js(file: SessionFile, views: Environment, reasons: bool = False) -> bytes:
    """The table as JSON."""
    return national.write_json(_today(file, views, reasons)[0].rows)


def archive(file: SessionFile, views: Environment, reasons: bool = False) -> bytes:
    """The whole site in one archive."""
    would, team, today = _today(file, views, reasons)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in site(would.rows, team, today).items():
            made.writestr(name, part)
    return content.getvalue()


preview_with_reasons, csv_with_reasons, js_with_reasons, archive_with_reasons = (
    partial(make, reasons=True) for make in (preview, csv, js, archive)
)


def _today(file: SessionFile, views: Environment, reasons: bool) -> tuple[Publication, str, date]:
    session = file.fold()
    today = day_of(time.time(), session.zone)
    return of_session(file, views, today, reasons=reasons), session.team, today
