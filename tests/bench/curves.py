"""How long the figures of ten metrics over sixty months take: drawn at once for a page, and as pictures for a file.

``curves_page_ms``
    The pane *readings*, whole: ten curves with their tables, and the form.
``curves_summary_ms``
    The section of the summary that tells them.
``curves_pictures_ms``
    The ten pictures of a document.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from impactlib.domain.agenda import Role
from impactlib.domain.curve import curve, marks
from impactlib.domain.events import DetailSet, Entry, NoteWritten
from impactlib.domain.fold import history
from impactlib.domain.readings import every_series
from impactlib.domain.session import Session
from impactlib.export.over_time import data_uri
from impactlib.views import Eye
from impactlib.views.readings import PANE
from impactlib.views.summary import _section
from tests.bench.rows import Row, row

METRICS, MONTHS, TIMES = 10, 60, 20


def curves() -> list[Row]:
    """Ten metrics, each with a figure a month for five years."""
    eye = Eye(Role.CLIENT, "fr")
    return [
        _measured("curves_page_ms", lambda session: PANE.fragments(session, eye)),
        _measured("curves_summary_ms", lambda session: _section(session, eye, "figures")),
        _measured("curves_pictures_ms", _pictures),
    ]


def followed() -> Session:
    """A session of metrics that are followed."""
    happened: list[NoteWritten | DetailSet] = []
    for metric in range(METRICS):
        id = f"metric-{metric}"
        said = {"unit": "jours", "period": "par mois", "baseline": "21", "baseline_date": "2020-12-31", "target": "10"}
        happened.append(NoteWritten(id, "metric", f"Délai médian {metric}"))
        happened += [DetailSet(id, name, value) for name, value in said.items()]
        for month in range(MONTHS):
            reading = f"reading-{metric}-{month}"
            on = f"{2021 + month // 12}-{1 + month % 12:02}-28"
            details = {"figure": f"{21 - month % 12}.5", "as_of": on, "over": "month", "source": "Registre"}
            happened.append(NoteWritten(reading, "reading", "", id))
            happened += [DetailSet(reading, name, value) for name, value in details.items()]
    entries = [Entry("s", at, f"e{at}", float(at), "p", "", event) for at, event in enumerate(happened)]
    return history(entries, Session(id="s"))


def _pictures(session: Session) -> None:
    for series in every_series(session):
        drawn = curve(series, marks(session, series))
        assert drawn
        data_uri(drawn, lang="fr")


def _measured(name: str, work: Callable[[Session], object]) -> Row:
    session = followed()
    work(session)  # templates are compiled once
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work(session)
        seconds.append(1000 * (time.perf_counter() - began))
    return row(name, "ms", seconds)
