"""What a team publishes of its figures, as rows of the national table, and what a page tells from these rows. Pure.

The page is made from the rows alone, so that a file and its page never differ. What the schema has no column for, such
as a formula or the quality of the data, is written in `commentaires`, one line each under a name of `_LINES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property

from msgspec import structs

from impactlib.domain import impact_matrix, kinds, matrices
from impactlib.domain.cost import IN_A_YEAR
from impactlib.domain.hypotheses import CONCEPTS, LONGEST, OF_METRIC, kept_day
from impactlib.domain.matrices import Indicator, indicator_named, newest, newest_of
from impactlib.domain.national import FREQUENCIES, IMPACT, USAGE, Row, TableError
from impactlib.domain.readings import Figure, Series, every_series, first_day, period_named, proven, said_on
from impactlib.domain.recommendations import north_star
from impactlib.domain.review import compared, is_stopped, last_verdict
from impactlib.domain.session import Note, Session
from impactlib.domain.text import clean_line, in_short, plain

UNKNOWN = "non renseignée"
"""Stands in the table where the schema asks for words and nobody gave any."""
COUNT = "unité"
"""The schema's unit of what is counted."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "usage": ("usable", "used"),
    "impact": ("useful", "impactful"),
    "efficiency": ("efficient",),
    "unplaced": (),
}
"""The concepts of the matrix, in the three groups by which a product is evaluated; the last is of metrics of which the
team says none."""
_LINES: Mapping[str, str] = {
    "made_on": "Page du",
    "what": "Service",
    "waiting": "Mesures sans chiffre",
    "stopped": "Mesures arrêtées",
    "concept": "Concept",
    "indicator": "Indicateur de la matrice",
    "stands_for": "Tient lieu de",
    "north_star": "Mesure phare",
    "aarri": "Étape AARRI",
    "numerator": "Numérateur",
    "denominator": "Dénominateur",
    "population": "Population",
    "period": "Période",
    "direction": "Sens",
    "collection": "Collecte",
    "limits": "Limites",
    "target": "Cible sans date",
    "milestones": "Paliers",
    "threshold": "Seuil",
    "decide_on": "Décision prévue le",
    "if_missed": "Si le seuil est manqué",
    "quality": "Qualité",
    "decided_on": "Décidé le",
    "course": "Décision",
    "reason": "Raison",
}
"""The lines of `commentaires`, by what they say of a metric or, for those of `_OF_THE_PAGE` and `_OF_A_FIGURE`, of
the whole page or of one figure."""
_OF_THE_PAGE = ("made_on", "what", "waiting", "stopped")
_OF_A_FIGURE = ("quality", "decided_on", "course", "reason")
_OF_A_METRIC = (*OF_METRIC, *kinds.names(kinds.DECISION), "north_star", "aarri", "milestones")
"""The lines that say what a metric says of itself."""
_START = "Valeur de départ"
_BETWEEN = " | "
"""Stands between the names of several metrics."""
_UNSAID = "unsaid"
"""The concept of a metric of which the team says none: a table of another kit says nothing."""
_WORDS: Mapping[str, Mapping[str, str]] = {
    "concept": dict(zip(CONCEPTS, ("utilisable", "utilisé", "utile", "impactant", "efficient"), strict=True))
    | {_UNSAID: "non renseigné"},
    "north_star": {"yes": "oui"},
    "aarri": {
        "acquisition": "acquisition",
        "activation": "activation",
        "retention": "rétention",
        "recommendation": "recommandation",
        "impact": "impact",
    },
    "direction": {"more": "plus", "less": "moins"},
    "if_missed": {"continue": "continuer", "pivot": "pivoter", "stop": "arrêter"},
    "course": {"continue": "continuer", "pivot": "pivoter", "stop": "arrêter"},
    "quality": {quality: f"{quality} %" for quality in kinds.detail("quality").choices},
}
"""The words of the table for the kit's codes."""
_STOPPED = re.compile(r"(.+) \((\d{4}-\d\d-\d\d)\)\Z")
"""A metric that was stopped, and the day (ISO) of that."""
_LINE = re.compile(r"([^:\n]+?)[ \u00a0\u202f]*:[ \u00a0\u202f]*(.+)\Z")
_BY_NAME = {plain(name): detail for detail, name in _LINES.items()}
_Decided = Mapping[str, Mapping[str, str]]
"""What was decided because of each figure, by its note: what `_LINES` names of a decision."""
_OLD = timedelta(days=183)
"""A figure whose rhythm is not known is old after that: the time from one investment committee to the next."""


@dataclass(frozen=True)
class Decided:
    """What was decided because of a figure, and why: `course` is a verdict's, or words of the file."""

    on: date | None
    course: str
    reason: str


@dataclass(frozen=True)
class Known:
    """A row with what is known of its figure; `source` and `quality` are "" where nobody said, `decided` is None where
    nothing was decided because of it."""

    row: Row
    quality: str
    source: str
    baseline: bool
    decided: Decided | None = None

    @property
    def of_a_month(self) -> bool:
        """Whether it is of a whole month, which has a name."""
        first, last = self.row.date_debut, self.row.date
        return first is not None and first == last.replace(day=1) and (last + timedelta(days=1)).day == 1


@dataclass(frozen=True)
class Told:
    """A metric as it is published: its figures in order of date, and all its targets.

    Parameters
    ----------
    group
        One of `GROUPS`, or that of the schema's own type where a table says nothing of a concept.
    rows
        Its rows in the table, targets included.
    remarks
        What a file says of it in words that are none of the kit's lines.
    """

    series: Series
    group: str
    concept: str
    indicator: str
    stands_for: str
    frequency: str
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]

    @cached_property
    def table(self) -> list[Known]:
        """Its figures and targets in order of date."""
        return sorted(map(_known, self.rows), key=lambda known: known.row.date)

    @property
    def flow(self) -> bool:
        """Whether a figure is of a period that has a beginning, and no name."""
        return any(known.row.date_debut and not known.of_a_month for known in self.table)

    @cached_property
    def alike(self) -> bool:
        """Whether all figures are of one quality, which is said once."""
        return len({known.quality for known in self.table if not known.row.est_cible}) == 1

    @cached_property
    def told(self) -> bool:
        """Whether a figure is told of more than its value."""
        of_all = self.series.metric.details.get("source", "")
        table, alike = self.table, self.alike
        return any(
            one.row.est_cible or one.baseline or one.source not in ("", of_all) or (one.quality and not alike)
            for one in table
        )

    @property
    def quality(self) -> str:
        """How right the data are at the latest figure, "" when nobody said."""
        return next((known.quality for known in reversed(self.table) if not known.row.est_cible), "")

    @property
    def other_qualities(self) -> list[str]:
        """What was said of the data at earlier figures, where that differs from the latest; "" where nobody said."""
        said = dict.fromkeys(known.quality for known in self.table if not known.row.est_cible)
        return [quality for quality in said if quality != self.quality]

    def quality_of(self, figure: Figure) -> str:
        """How right the data are at a figure, "" when nobody said."""
        return self.series.said_of(figure, "quality")

    def met(self, known: Known) -> bool | None:
        """Whether the threshold was met by the figure in view of which something was decided once its day had come;
        None where that cannot be read for sure, or was decided before."""
        day = kept_day(self.series.metric.details.get("decide_on", ""))
        on = known.decided.on if known.decided else None
        if not (day and on and day <= on):
            return None
        figures = tuple(one for one in self.series.readings if one.on and one.on <= known.row.date)
        return compared(replace(self.series, readings=figures))

    def absent(self, today: date) -> tuple[date, ...]:
        """The last days of the periods of its rhythm until today that have no figure, as `Series.absent` has them."""
        latest = self.series.latest
        return self.series.absent(today) if latest and latest.over == _period(self.frequency) else ()

    def old(self, today: date) -> bool:
        """Whether its latest figure is older than two of its periods."""
        latest, over = self.series.latest, _period(self.frequency)
        if latest is None or latest.on is None:
            return False
        return today - latest.on > (2 * timedelta(days=float(365 / IN_A_YEAR[over])) if over in IN_A_YEAR else _OLD)


@dataclass(frozen=True)
class Published:
    """A page of statistics: `what` says what the service is, "" where nobody did; `made_on` is None where the file does
    not say when it was made; `waiting` are the names of the metrics that the team keeps, and that have no dated figure;
    `stopped` those of the metrics that it stopped before they had one, each with the day of that.
    """

    service: str
    what: str
    administration: str
    made_on: date | None
    told: tuple[Told, ...]
    waiting: tuple[str, ...] = ()
    stopped: tuple[tuple[str, date], ...] = ()

    @property
    def proof(self) -> str:
        """What the metrics of impact show, one of `PROOFS` of `impactlib.domain.readings`."""
        return proven([told.series for told in self.told if told.group == "impact"])

    @property
    def figures(self) -> list[Figure]:
        """All its figures, in order of date: targets are none."""
        return sorted((one for told in self.told for one in told.series.figures), key=lambda one: one.rank)

    @property
    def span(self) -> tuple[date, date] | None:
        """The first day and the last one that its figures are of; None where it has none."""
        figures = self.figures
        first = [first_day(one.on, one.over) or one.on for one in figures if one.on]
        last = [one.on for one in figures if one.on]
        return (min(first), max(last)) if first else None

    @property
    def groups(self) -> dict[str, list[Told]]:
        """The metrics by group, each in the order of the matrix after the North Star; only groups that have some."""
        by_group = {group: [told for told in self.told if told.group == group] for group in GROUPS}
        return {group: found for group, found in by_group.items() if found}

    @property
    def missing(self) -> list[Indicator]:
        """The indicators that the newest matrix asks for and that no metric fulfils."""
        given = {told.indicator for told in self.told}
        return [one for one in newest().indicators if one.mandatory and one.id not in given]


# From a session to rows ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Publication:
    """What a session gives to publish; `left_out` are the metrics that have no dated figure, of which `waiting` are
    named without one; `reasons` says of how many decisions the words of the reason are known: they are in the rows only
    where somebody asked for them."""

    rows: tuple[Row, ...]
    left_out: tuple[Note, ...]
    reasons: int = 0
    waiting: tuple[Note, ...] = ()

    @property
    def figures(self) -> int:
        """How many figures there are: a target is none."""
        return sum(not row.est_cible for row in self.rows)


def publication(session: Session, administration: str, today: date, reasons: bool = False) -> Publication:
    """The figures, until today, of the metrics that a team keeps or follows; of all when it keeps and follows none.

    `administration` is what the service belongs to; "" for the one that the team wrote beside its product. A decision
    is published with its figure and its day; with `reasons` the words of its reason are too.
    """
    belongs = (note.details.get("administration", "") for note in reversed(session.notes_of("product")))
    administration = administration or next(filter(None, map(clean_line, belongs)), UNKNOWN)
    every = every_series(session, until=today)
    chosen = [series for series in every if series.metric.id in session.kept or series.readings] or every
    rows: list[Row] = []
    left_out = []
    given = 0
    names: set[str] = set()
    for series in chosen:
        name = _unlike(clean_line(series.metric.text) or UNKNOWN, names)
        decided = _decided(session, series, today)
        given += sum("reason" in said for said in decided.values())
        of_metric = list(_rows(session, series, name, administration, decided if reasons else _unreasoned(decided)))
        if of_metric:
            rows += of_metric
        else:
            left_out.append(series.metric)
    waiting = [note for note in left_out if rows and note.id in session.kept and not is_stopped(session, note)]
    if rows:
        products = [clean_line(note.text) for note in session.notes_of("product")]
        said = {"made_on": today.isoformat(), "what": in_short(products[-1], LONGEST) if products else ""}
        named = (in_short(clean_line(note.text), LONGEST).replace("|", "/") for note in waiting)
        said["waiting"] = _BETWEEN.join(filter(None, named))
        said["stopped"] = _BETWEEN.join(_stopped(session, left_out, today))
        lines = [line for name in _OF_THE_PAGE for line in _line(name, said[name])]
        rows[0] = replace(rows[0], commentaires="\n".join(filter(None, [*lines, rows[0].commentaires])))
    return Publication(tuple(rows), tuple(left_out), given, tuple(waiting))


def _stopped(session: Session, metrics: Sequence[Note], today: date) -> Iterator[str]:
    """The metrics, of some, that a verdict stopped until today, each with the day of that; the verdict's words stay."""
    for metric in metrics:
        verdict = last_verdict(session, metric) if is_stopped(session, metric) else None
        on = said_on(verdict, session.zone) if verdict else None
        name = in_short(clean_line(metric.text), LONGEST).replace("|", "/")
        if name and on is not None and on <= today:
            yield f"{name} ({on.isoformat()})"


def _unlike(name: str, names: set[str]) -> str:
    """The name, or the name with a number when another metric is called so."""
    number, given = 1, name
    while given in names:
        number += 1
        given = f"{name} ({number})"
    names.add(given)
    return given


def _rows(session: Session, series: Series, name: str, administration: str, decided: _Decided) -> Iterator[Row]:
    said = series.metric.details
    figures = series.known
    if not figures:
        return
    concept = matrices.concept_of(said.get("indicator", "")) or impact_matrix.concept_of(session, series.metric)
    over = next((one.over for one in reversed(figures) if one.over), "") or period_named(said.get("period", ""))
    lines = _definition(session, series, concept)
    shared = Row(
        administration_rattachement=administration,
        nom_service_public_numerique=clean_line(session.team) or UNKNOWN,
        indicateur=name,
        valeur=figures[0].value,
        unite_mesure=clean_line(series.unit) or COUNT,
        est_cible=False,
        type_indicateur=IMPACT if concept in GROUPS["impact"] else USAGE,
        frequence_monitoring=FREQUENCIES[over],
        date=figures[0].on or date.min,
        est_periode=False,
        date_debut=None,
        est_automatise=False,
        source_collecte=clean_line(said.get("source", "")) or UNKNOWN,
    )
    for number, figure in enumerate(figures):
        told = [line for one in decided.get(figure.note.id, {}).items() for line in _line(*one)]
        yield _row(series, figure, shared, [*(lines if number == 0 else []), *told])
    if (target := _target_day(series)) and series.target is not None:
        yield replace(
            shared,
            valeur=series.target,
            est_cible=True,
            date=target,
            est_periode=bool(over),
            date_debut=first_day(target, over),
        )


def _row(series: Series, figure: Figure, shared: Row, lines: list[str]) -> Row:
    said = figure.note.details
    quality = said.get("quality", "") or series.metric.details.get("quality", "")
    told = [*lines, *([_START] if figure.baseline else []), *_line("quality", quality)]
    assert figure.on is not None
    return replace(
        shared,
        valeur=figure.value,
        date=figure.on,
        est_periode=bool(figure.over),
        date_debut=first_day(figure.on, figure.over),
        source_collecte=clean_line(said.get("source", "")) or shared.source_collecte,
        commentaires="\n".join(told),
    )


def _decided(session: Session, series: Series, today: date) -> _Decided:
    """What was decided because of each figure: the last one known on the day of a verdict."""
    found: dict[str, dict[str, str]] = {}
    for verdict in session.notes_of("verdict", about=series.metric.id):
        on = said_on(verdict, session.zone)
        known = [one for one in series.known if one.on and one.on <= on and (one.given or on) <= on]
        if known and on <= today:
            said = {"decided_on": on.isoformat(), "course": verdict.details.get("course", "")}
            reason = in_short(clean_line(verdict.text), LONGEST)
            found[known[-1].note.id] = said | ({"reason": reason} if reason else {})
    return found


def _unreasoned(decided: _Decided) -> _Decided:
    return {id: {name: value for name, value in said.items() if name != "reason"} for id, said in decided.items()}


def _definition(session: Session, series: Series, concept: str) -> list[str]:
    metric = series.metric
    hypothesis = session.notes.get(metric.about)
    said = {**metric.details, "concept": concept or _UNSAID}
    if hypothesis and not hypothesis.withdrawn:
        said["stands_for"] = hypothesis.details.get("stands_for", "")
    words = said.pop("target", "") if series.target is None else ""
    if _target_day(series) is not None:
        said.pop("target", None)
    said["milestones"] = said.get("milestones", "") or words
    star = north_star(session)
    said["north_star"] = "yes" if star and star.id == metric.id else ""
    return [
        line
        for name in _LINES
        if name not in (*_OF_THE_PAGE, *_OF_A_FIGURE)
        for line in _line(name, said.get(name, ""))
    ]


def _line(name: str, value: str) -> list[str]:
    if name == "indicator":
        found = newest_of(value)
        value = found.title["fr"] if found else value
    value = clean_line(_WORDS.get(name, {}).get(value, value))
    return [f"{_LINES[name]} : {value}"] if value else []


def _target_day(series: Series) -> date | None:
    try:
        return date.fromisoformat(series.metric.details.get("target_date", ""))
    except ValueError:
        return None


# From rows to a page -------------------------------------------------------------------------------


def published(rows: Sequence[Row], service: str = "") -> Published:
    """What a page tells of the rows of one service.

    Raises
    ------
    TableError
        When the rows are of several services and none of them is named, or of none of that name.
    """
    names = list(dict.fromkeys(row.nom_service_public_numerique for row in rows))
    chosen = [name for name in names if plain(name) == plain(service)] if service else names
    if rows and len(chosen) != 1:
        raise TableError("Name the service whose page is to be made, one of: %(known)s.", known=", ".join(names))
    mine = [row for row in rows if row.nom_service_public_numerique in chosen]
    by_metric: dict[tuple[str, str, str], list[Row]] = {}
    for row in mine:
        by_metric.setdefault((row.indicateur, row.unite_mesure, row.type_indicateur), []).append(row)
    of_page = {name: value for row in reversed(mine) for name, value in _said(row)[0].items() if name in _OF_THE_PAGE}
    made = _day(of_page.get("made_on", ""))
    told = [_told(number, found, made) for number, found in enumerate(by_metric.values(), 1)]
    administrations = dict.fromkeys(row.administration_rattachement for row in mine)
    return Published(
        chosen[0] if chosen else service,
        of_page.get("what", ""),
        ", ".join(name for name in administrations if name != UNKNOWN),
        made,
        tuple(sorted(told, key=_place)),
        tuple(filter(None, of_page.get("waiting", "").split(_BETWEEN))),
        tuple(_named_stopped(of_page.get("stopped", ""))),
    )


def _named_stopped(said: str) -> Iterator[tuple[str, date]]:
    for found in map(_STOPPED.match, said.split(_BETWEEN)):
        if found and (on := _day(found[2])):
            yield found[1], on


def _place(told: Told) -> tuple[bool, int, int]:
    ids = [indicator.id for indicator in newest().indicators]
    concept = CONCEPTS.index(told.concept) if told.concept in CONCEPTS else len(CONCEPTS)
    star = told.series.metric.details.get("north_star") == "yes"
    return not star, concept, ids.index(told.indicator) if told.indicator in ids else len(ids)


def _told(number: int, rows: list[Row], made: date | None) -> Told:
    said: dict[str, str] = {}
    remarks: list[str] = []
    for row in rows:
        lines, others = _said(row)
        said = {**lines, **said}
        remarks += others
    first = rows[0]
    targets = [row for row in rows if row.est_cible]
    details = {name: value for name, value in said.items() if name in _OF_A_METRIC}
    details |= {"unit": "" if first.unite_mesure in (UNKNOWN, COUNT) else first.unite_mesure}
    details |= {"source": "" if first.source_collecte == UNKNOWN else first.source_collecte}
    if targets:
        last = max(targets, key=lambda row: row.date)
        details |= {"target": f"{last.valeur:f}", "target_date": last.date.isoformat()}
    metric = Note(f"metric-{number}", "metric", first.indicateur, "", "", 0.0, number, details=details)
    figures = [_figure(metric, at, row) for at, row in enumerate(rows) if not row.est_cible]
    baseline = next((figure for figure in figures if figure.baseline), None)
    readings = sorted((figure for figure in figures if figure is not baseline), key=lambda figure: figure.rank)
    concept = said.get("concept", "")
    placed = next((group for group, concepts in GROUPS.items() if concept in concepts), first.type_indicateur)
    group = "unplaced" if concept == _UNSAID else placed
    return Told(
        Series(metric, baseline, tuple(readings), made),
        group,
        concept,
        said.get("indicator", ""),
        said.get("stands_for", ""),
        first.frequence_monitoring,
        tuple(rows),
        tuple(dict.fromkeys(remarks)),
    )


def _figure(metric: Note, number: int, row: Row) -> Figure:
    known, over = _known(row), _period(row.frequence_monitoring) if row.est_periode else ""
    details = {"quality": known.quality, "source": known.source}
    if known.baseline:
        note = structs.replace(metric, details={**metric.details, **details})
    else:
        id = f"{metric.id}-{number}"
        note = Note(id, "reading", "", "", "", float(number), number, metric.id, details=details)
    return Figure(note, row.valeur, row.date, over, known.baseline)


def _known(row: Row) -> Known:
    said, _ = _said(row)
    started = any(clean_line(line) == _START for line in row.commentaires.split("\n"))
    source = "" if row.source_collecte == UNKNOWN else row.source_collecte
    told = {name: said.get(name, "") for name in ("course", "reason")}
    decided = Decided(_day(said.get("decided_on", "")), **told) if any(told.values()) else None
    return Known(row, said.get("quality", ""), source, started, decided)


def _said(row: Row) -> tuple[dict[str, str], list[str]]:
    """What the lines of `commentaires` say, by detail, and those that are none of the kit's."""
    said: dict[str, str] = {}
    others: list[str] = []
    for line in filter(None, map(clean_line, row.commentaires.split("\n"))):
        found = _LINE.match(line)
        name = _BY_NAME.get(plain(found[1])) if found else None
        if found and name:
            said.setdefault(name, _code(name, found[2]))
        elif line != _START:
            others.append(line)
    return said, others


def _code(name: str, value: str) -> str:
    """The kit's code for words of the table; a value that is none is kept as words."""
    if name == "indicator":
        found = indicator_named(value)
        return found.id if found else value
    return _codes(name).get(plain(value), value)


@cache
def _codes(name: str) -> dict[str, str]:
    return {plain(word): code for code, word in _WORDS.get(name, {}).items()}


def _period(frequency: str) -> str:
    found = {word: period for period, word in FREQUENCIES.items()}.get(frequency, "")
    return found if found in IN_A_YEAR else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
