"""The statistics that a team publishes: a page, and the national table from which it is made.

Nothing of the hour is in them: names are replaced as in a session that is shared, and only figures, their definitions
and the decisions written beforehand are read.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from impactlib.domain import impact_matrix, national
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.curve import curve
from impactlib.domain.file_names import folded
from impactlib.domain.published import Publication, Published, publication, published
from impactlib.domain.session_file import SessionFile
from impactlib.export import shared
from impactlib.export.template import templates
from impactlib.views.render import environment

if TYPE_CHECKING:
    from jinja2 import Environment

NAMES = {"fr": "index.html", "en": "en.html"}
"""The pages of a site by their language; French comes first."""
_CALLED = {"fr": "Français", "en": "English"}


def of_session(file: SessionFile, views: Environment, today: date, administration: str = "") -> Publication:
    """What a session gives to publish, without the names of those who were there."""
    return publication(shared(file, views).fold(), administration, today)


def site(rows: tuple[national.Row, ...], service: str, today: date) -> dict[str, bytes]:
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


def html(page: Published, lang: str, today: date, files: dict[str, str]) -> str:
    """The page in one language; staleness is judged on the day that it was made, or today."""
    other = next(name for name in LANGUAGES if name != lang)
    made = (
        templates(environment(lang), escape=True, filters=())
        .get_template("stats/page.html")
        .render(
            page=page,
            files=files,
            today=page.made_on or today,
            version=national.VERSION,
            indicators={told.indicator: impact_matrix.indicators().get(told.indicator) for told in page.told},
            curves={told.series.metric.id: curve(told.series) for told in page.told},
            other={"href": NAMES[other], "lang": other, "name": _CALLED[other]},
            fonts=str,
        )
    )
    return made.strip() + "\n"
