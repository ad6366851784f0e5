"""What each row of a table is: its title, its headings, a row of data, or something else that no hypothesis is made of.

Teams' tables have titles, sections, totals, headings repeated on each page, notes, and other tables below: each is
told, and none becomes a hypothesis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from impactlib.domain import days, figures, matrices
from impactlib.domain.hypotheses import DATES, NUMBERS, OF_METRIC
from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets import headings
from impactlib.domain.sheets.cutting import ABOVE, SEPARATORS
from impactlib.domain.sheets.grid import COLUMNS, DASHES, Cell, Decided, Grid, Problem, Row, text_of
from impactlib.domain.sheets.headings import BY_NUMBERS, Heading
from impactlib.domain.text import N_, Unreadable, clean_line, plain

_NO_HEADING = N_(
    "No column of this file is known: its first line must hold headings such as Hypothesis, Metric, Target."
)
_NAMELESS = N_(
    "No column of this file says what a row is: one must be headed Hypothesis or Metric (or Indicator). "
    "Nothing was read."
)
_QUOTED = N_(
    "Each line of this file stands whole within quotation marks, so that its cells cannot be told apart: "
    "save the table as CSV again."
)
_UNCUT = N_("Each row of this sheet stands whole in its first cell: split it into columns, then save again.")
_TURNED = N_(
    "The headings of this table are in its first column: put them in its first line (copy, then paste transposed). "
    "Nothing was read."
)
_UNKNOWN = N_("No such field is known: this column was not read (cells that it fills: %(filled)s).")
_TWICE = N_("Another column before it has the same meaning: this one was not read (cells that it fills: %(filled)s).")
_CHANGES = N_(
    "These are changes, and a change is not a value: this column was not read (cells that it fills: %(filled)s)."
)
_FULFILS = N_("“%(column)s” holds indicators of the impact matrix: each metric is tied to its own.")
_NAMES = N_("“%(column)s” holds indicators of the impact matrix: each gives its name to a metric, which is tied to it.")
_ALSO_TITLES = N_(
    "“%(column)s” holds the names of metrics. Some are also indicators of the impact matrix, to be chosen there if "
    "they are meant: %(names)s."
)
_ACROSS = N_(
    "The figures of each metric stand across columns, by date: the latest that was measured is its baseline, the "
    "others are readings."
)
_ACROSS_AFTER = N_("The figures of each metric stand across columns, by date: they are readings beside its baseline.")

_SECTION = N_("This row is the heading of a section: it was not read.")
_TOTAL = N_("This row is a total: it was not read.")
_AGAIN = N_("This row repeats the headings: it was not read.")
_NOTE = N_("This row is a note about the table: it was not read.")
_SECOND = N_("Another table begins here: it was not read, nor what is below. Bring it in a file of its own.")

_TOTALS = re.compile(
    r"(?:grand |sous[- ]?)?(?:total|totaux|somme|moyenne|ensemble|sum|average|mean|subtotal|sub-total)"
    r"(?: (?:general|generale|partiel|partielle|cumule|\d+))?[ :.]*\Z"
)
_OF_A_TOTAL = re.compile(
    r"(?:(?:grand|overall) |sous[- ]?)?(?:total|totaux|somme|moyenne|sum|average|mean|subtotal|sub-total)\b"
)
"""How a total begins that says of what it is."""
_NUMBERED = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})*[.)] (?:\S+ ?){1,4}\Z")
"""A few words under a number: the name of a section, where a statement follows."""
_SECTIONS = re.compile(
    r"(?:(?:axe|partie|volet|chapitre|section|theme|thematique|objectif|priorite|bloc|lot|phase|chantier|enjeu|famille|part"
    r"|chapter|theme|goal|objective|priority|pillar|area|stream|workstream|composante|component|niveau)s? "
    r"(?:(?:strategique|operationnel|general|specifique|n[°o]?) ?)*(?:\d+|[a-z]|[ivx]+)\b"
    r"|[ivx]+[.)] )"
)
_NOTES = re.compile(
    r"(?:sources?|notes?|nb|n\.b\.?|legende|lecture|champ|remarques?|attention|source of|reading|legend|key|mis a jour"
    r"|derniere mise a jour|updated|last updated)\b ?(?:\(?\d*\)? ?)?[:.]|[*†‡]|\(\d\) |\d\) "
)
_OTHERS = re.compile(
    r"(?:nom|prenom|role|fonction|courriel|email|e-mail|telephone|tel|contact|contributeur|participant|membre|equipe|date"
    r"|version|auteur|action|tache|statut|etat|commentaire|remarque|terme|definition|signification|sigle|risque|gravite"
    r"|probabilite|parade|question|reponse|poste|cout|lien|url|fichier|budget|montant|annee|mois|priorite|qui|quand|quoi"
    r"|service|structure|name|first name|last name|phone|function|team|member|author|task|status|comment|term|meaning"
    r"|who|when|what|owner|risk|likelihood|severity|mitigation|answer|cost|link|file|amount|year|month|priority|acronym)s?"
)
"""How the columns of other tables are headed."""
_NOTHING = DASHES | {"non connu", "non connue", "not known", "inconnu", "inconnue", "unknown"}
"""What stands in a cell of a column that is not read, and says nothing that could be lost; a reason may follow."""
_UNCUT_AT = 3
"""Rows in which headings that were not cut are looked for: a sentence may name two fields."""
_NAMING = ("statement", "metric")
_SHORT = 60
"""Characters of a cell that may be a heading or the name of a section."""


@dataclass(frozen=True)
class Column:
    """A column that is read: its place, its field, and what its heading says."""

    place: int
    field: str
    heading: Heading

    @property
    def name(self) -> str:
        """Its heading, on one line."""
        return clean_line(self.heading.written)


@dataclass(frozen=True)
class Table:
    """What was found in a grid: the columns that are read, the rows of data, and what was told of all the rest.

    `sets` are the columns of each metric of a row, those that all of them share included: one set in most tables.
    `ours` is a table that the kit wrote; `parted` are the numbers of the rows that a blank row, a section or a total
    parts from the one above.
    """

    lang: str
    columns: tuple[Column, ...]
    sets: tuple[tuple[Column, ...], ...]
    written: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    decided: tuple[Decided, ...]
    ours: bool
    parted: frozenset[int]

    @property
    def fills_a_matrix(self) -> bool:
        """Whether a column says which indicator of the impact matrix a row is of."""
        return any(column.field == "indicator" for column in self.columns)

    @property
    def width(self) -> int:
        """How many cells the line of headings has."""
        return len(self.written)

    @property
    def lists_figures(self) -> bool:
        """Whether each row is one figure of an indicator, and not all that is said of it."""
        return {headings.TARGET_OR_NOT, "metric", "baseline"} <= {column.field for column in self.columns}

    def shared(self, column: Column) -> bool:
        """Whether a column is of all the metrics of its row."""
        return all(column in columns for columns in self.sets)

    def heading(self, field: str) -> str:
        """The heading of a field, "" where no column is of it."""
        return next((column.name for column in self.columns if column.field == field), "")

    def cell(self, row: Row, field: str) -> Cell:
        """What a row holds in the column of a field, "" where there is none."""
        place = next((column.place for column in self.columns if column.field == field), len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    def name_of(self, place: int) -> str:
        """The heading of a column, or its number from 1 where it has none."""
        return (self.written[place] if place < len(self.written) else "") or str(place + 1)


def table_of(grid: Grid) -> Table:
    """Look at a whole grid, and say what each of its rows and columns is.

    Raises
    ------
    SheetError
        When no column is known, or none says what a row is.
    """
    head = _headings_of(grid.rows, _headings_at(grid.rows, bool(grid.separator)))
    below = grid.rows[head.last + 1 :]
    written = tuple(clean_line(heading.written) for heading in head.found)
    if len(written) > COLUMNS:
        raise SheetError(N_("This file has more than 200 columns: it was not read."))
    found, titled = _with_indicators(head.found, below)
    found = _by_what_they_hold(_with_flags(found, below), below)
    found = headings.across(found, [at for at in range(len(found)) if _are_figures(_texts_of(at, below))])
    number = grid.rows[head.last].number
    columns, sets, unread = _columns(found)
    if not {"statement", "metric", "indicator"}.intersection(column.field for column in columns):
        raise SheetError(_NAMELESS)
    ours = _is_ours(written)
    if _turned(grid.rows, len(columns)):
        raise SheetError(_TURNED)
    rows, left, parted = _rows(below, grid.rows[head.first : head.last + 1], columns, written)
    problems = [
        Problem(number, written[place], why, found[place].written, {"filled": filled})
        for place, why in unread
        for filled in (len(_filled(place, rows)),)
        if filled or why != _CHANGES
    ]
    listed = headings.TARGET_OR_NOT in {column.field for column in columns}
    named = [column for column in columns if not (listed and column.field in headings.OF_A_FIGURE)]
    decided = [*_above(grid.rows, head), *_side_by_side(sets), *_taken_as(named), *titled, *_across(columns)]
    lang = headings.language(found)
    return Table(lang, tuple(columns), sets, written, tuple(rows), (*problems, *left), tuple(decided), ours, parted)


@dataclass(frozen=True)
class _Head:
    """The headings, and the indices of the first and the last row that they stand on."""

    first: int
    last: int
    found: list[Heading]

    @property
    def known(self) -> int:
        """How many different columns are known."""
        return len({(one.field, one.ordinal, one.years) for one in self.found if one.field})


def _headings_of(rows: Sequence[Row], at: int) -> _Head:
    """The headings of a table, from the row that has most: alone, or with those of groups above or of columns below."""
    texts = [text_of(cell) for cell in rows[at].cells]
    heads = [_Head(at, at, headings.in_their_table([headings.read(text) for text in texts]))]
    for first in (at - 1, at):
        if not 0 <= first < len(rows) - 1:
            continue
        above, below = rows[first], rows[first + 1]
        if below.number == above.number + 1 and _are_groups(above, below, first == at):
            heads.append(_Head(first, first + 1, headings.in_their_table(_under(above, below))))
    return max(heads, key=lambda head: (head.known, head.first == head.last))


def _are_groups(above: Row, below: Row, below_is_less: bool) -> bool:
    """Whether a row may hold the headings of groups of columns, which the row below it heads one by one."""
    texts = [text_of(row.cells[place]) for row in (above, below) for place in row.filled]
    if above.across or any(len(text) > _SHORT or _is_day(text) for text in texts):
        return False
    if any(_is_figure(text_of(above.cells[place])) for place in above.filled):
        return False
    own = [text_of(below.cells[place]) for place in below.filled]
    if len(own) < 2 or (below_is_less and not _heads_columns(above, below)):
        return False
    return len(above.filled) > 1 or above.filled[0] > 0


def _heads_columns(above: Row, below: Row) -> bool:
    """Whether a row under the headings holds headings too: it names no hypothesis and no metric, and no figure."""
    own = [text_of(below.cells[place]) for place in below.filled]
    names = [place for place in above.filled if headings.read(text_of(above.cells[place])).field in _NAMING]
    heads = sum(map(headings.is_under, own))
    bare = not any(map(_is_figure, own)) and not set(names) & set(below.filled)
    return heads == len(own) or (heads > 1 and bare)


def _under(above: Row, below: Row) -> list[Heading]:
    """The heading of each column: that of its group stands over its first column, those beside it are blank."""
    width = max(len(above.cells), len(below.cells))
    group, found = "", []
    for place in range(width):
        top, own = (text_of(row.cells[place]) if place < len(row.cells) else "" for row in (above, below))
        group = top if top.strip() else group
        found.append(headings.under(group, own) if own.strip() else headings.read(top))
    return found


def _whole(rows: Sequence[Row], separated: bool) -> str:
    """What to say of a table each of whose rows stands whole in one cell, separators included; "" of another."""
    first = [text_of(row.cells[0]) for row in rows[:_UNCUT_AT] if row.filled == [0]]
    if not any(headings.known(text.split(separator)) > 1 for text in first for separator in SEPARATORS):
        return ""
    return _QUOTED if separated else _UNCUT


def _headings_at(rows: Sequence[Row], separated: bool) -> int:
    """The index of the headings, which are the row with most known ones of the first that are filled."""
    found = [(headings.known(row.cells), -place) for place, row in enumerate(rows[:ABOVE])]
    most, place = max(found, default=(0, 0))
    if most < 2 and (whole := _whole(rows, separated)):
        raise SheetError(whole)
    if not most:
        raise SheetError(_NO_HEADING)
    return -place


def _turned(rows: Sequence[Row], known: int) -> bool:
    """Whether the headings stand under each other rather than beside each other."""
    first = [row.cells[0] for row in rows[:ABOVE] if row.cells]
    return headings.known(first) > max(1, known)


def _by_what_they_hold(found: list[Heading], rows: Sequence[Row]) -> list[Heading]:
    """A column of texts that holds nothing but numbers is one of numbers, where no other column is it already."""
    taken = {one.field for one in found}
    result = list(found)
    for place, one in enumerate(found):
        other = BY_NUMBERS.get(one.field)
        alone = one.field not in ("metric", "statement") or [two.field for two in found].count(one.field) > 1
        if other and other not in taken and alone and _holds_numbers(place, rows):
            result[place] = Heading(one.written, other, one.lang, unit=one.unit, years=one.years)
            taken.add(other)
    return result


def _with_flags(found: list[Heading], rows: Sequence[Row]) -> list[Heading]:
    """A column « Cible » that holds yes and no says of the figure beside it whether it is one."""
    for place, one in enumerate(found):
        if one.field != "target":
            continue
        cells = _texts_of(place, rows)
        if cells and all(headings.is_target(text) is not None and not _is_figure(text) for text in cells):
            return headings.of_figures(found, place)
    return found


def _texts_of(place: int, rows: Sequence[Row]) -> list[str]:
    return [text for row in rows if place < len(row.cells) and (text := text_of(row.cells[place])).strip()]


def _holds_numbers(place: int, rows: Sequence[Row]) -> bool:
    cells = _texts_of(place, rows)
    return bool(cells) and all(map(_is_figure, cells))


def _are_figures(cells: Sequence[str]) -> bool:
    """Whether most cells of a column are figures: some may say that there is none."""
    return bool(cells) and 2 * sum(map(_is_figure, cells)) >= len(cells)


@lru_cache(4096)  # tables say the same figure many times
def _is_figure(text: str) -> bool:
    try:
        figures.cut(text)
    except Unreadable:
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        days.cut(text)
    except Unreadable:
        return False
    return True


def _with_indicators(found: list[Heading], rows: Sequence[Row]) -> tuple[list[Heading], list[Decided]]:
    """A column of names is one of the matrix's indicators where most of what it holds are their titles."""
    if any(one.field == "indicator" for one in found):
        column = next(clean_line(one.written) for one in found if one.field == "indicator")
        own = any(one.field == "metric" for one in found)
        return found, [] if own else [Decided(_NAMES, {"column": column})]
    held = {at: _names_in(at, rows) for at, one in enumerate(found) if one.field == "metric"}
    of = {at: [text for text in texts if matrices.indicator_named(text)] for at, texts in held.items()}
    at = max(of, key=lambda at: len(of[at]), default=-1)
    if at < 0 or not of[at]:
        return found, []
    column = clean_line(found[at].written)
    if 2 * len(of[at]) < len(held[at]):
        return found, [Decided(_ALSO_TITLES, {"column": column, "names": ", ".join(dict.fromkeys(of[at]))})]
    read = [one if one.field else headings.read(one.written) for one in found]
    read[at] = Heading(found[at].written, "indicator", found[at].lang)
    read = headings.in_their_table(read)
    own = any(one.field == "metric" for one in read)
    return read, [Decided(_FULFILS if own else _NAMES, {"column": column})]


def _names_in(place: int, rows: Sequence[Row]) -> list[str]:
    """What a column of names holds, but for concepts, which head sections of a matrix."""
    of_data = [row for row in rows if not _is_concept(row)]
    return [text for text in _texts_of(place, of_data) if not matrices.concept_named(text)]


def _is_concept(row: Row) -> bool:
    """Whether a row is the heading of a concept of the matrix, alone or over the columns."""
    texts = {text_of(row.cells[place]) for place in row.filled}
    return len(texts) == 1 and bool(matrices.concept_named(texts.pop()))


def _across(columns: Sequence[Column]) -> list[Decided]:
    fields = [column.field for column in columns]
    if headings.FIGURE not in fields:
        return []
    return [Decided(_ACROSS_AFTER if "baseline" in fields else _ACROSS)]


def _columns(
    found: Sequence[Heading],
) -> tuple[list[Column], tuple[tuple[Column, ...], ...], list[tuple[int, str]]]:
    """The columns that are read, those of each metric that stands in one row, and why others are not read, by place."""
    metrics = _beside(found)
    columns: list[Column] = []
    sets: list[list[Column]] = [[] for _ in metrics or (0,)]
    unread = []
    for place, heading in enumerate(found):
        name = clean_line(heading.written)
        if not heading.field:
            if name and not heading.passed_over:
                unread.append((place, _CHANGES if headings.is_change(heading.written) else _UNKNOWN))
            continue
        column = Column(place, heading.field, heading)
        places = _of_which(place, found, metrics)
        if any(_same(other, column) for at in places for other in sets[at]):
            unread.append((place, _TWICE))
            continue
        columns.append(column)
        for at in places:
            sets[at].append(column)
    return columns, tuple(map(tuple, sets)), unread


def _same(one: Column, other: Column) -> bool:
    """Whether two columns say the same of one metric; figures of two dates do not."""
    if one.field in headings.DATED and other.field == one.field:
        return one.heading.day == other.heading.day
    return one.field == other.field


def _filled(place: int, rows: Sequence[Row]) -> list[Row]:
    said = ((row, plain(text_of(row.cells[place]))) for row in rows if place in row.filled)
    return [row for row, words in said if words.partition(":")[0].strip() not in _NOTHING]


def _beside(found: Sequence[Heading]) -> list[int]:
    """The places of the names of several metrics side by side: « Mesure 1 » and « Mesure 2 », or one heading again."""
    places = [place for place, one in enumerate(found) if one.field == "metric"]
    ordinals = [found[place].ordinal for place in places]
    alike = {plain(clean_line(found[place].written)) for place in places}
    told_apart = all(ordinals) and len(set(ordinals)) == len(ordinals)
    return places if len(places) > 1 and (told_apart or len(alike) == 1) else []


def _of_which(place: int, found: Sequence[Heading], metrics: Sequence[int]) -> list[int]:
    """Of which metrics side by side a column is: by its number, by its turn, or by where it stands; else of all."""
    one, every = found[place], list(range(len(metrics) or 1))
    if not metrics or one.field not in ("metric", *OF_METRIC):
        return every
    if place in metrics:
        return [metrics.index(place)]
    ordinals = [found[at].ordinal for at in metrics]
    if one.ordinal in ordinals and one.ordinal:
        return [ordinals.index(one.ordinal)]
    alike = [at for at, other in enumerate(found) if other.field == one.field]
    if len(alike) == 1:
        return every
    if len(alike) == len(metrics):
        return [alike.index(place)]
    return [max(0, sum(at < place for at in metrics) - 1)]


def _side_by_side(sets: Sequence[Sequence[Column]]) -> list[Decided]:
    if len(sets) < 2:
        return []
    names = ", ".join(column.name for columns in sets for column in columns if column.field == "metric")
    return [Decided(N_("Each row holds several metrics of its hypothesis, side by side: %(names)s."), {"names": names})]


def _is_ours(written: Sequence[str]) -> bool:
    """Whether the table is one that the kit wrote: it has all its headings, in their order."""
    return any(
        tuple(written[: len(names)]) == names
        for names in (tuple(clean_line(name) for name in table.values()) for table in headings.HEADINGS.values())
    )


def _above(rows: Sequence[Row], head: _Head) -> list[Decided]:
    first, last = rows[head.first].number, rows[head.last].number
    said = []
    if head.first:
        message = N_("The headings are in row %(row)s: what stands above them was not read.")
        said.append(Decided(message, {"row": first}))
    if last > first:
        message = N_("The headings stand on two rows, %(first)s and %(last)s: those above are of groups of columns.")
        said.append(Decided(message, {"first": first, "last": last}))
    return said


def _taken_as(columns: Sequence[Column]) -> list[Decided]:
    """The columns whose headings are none of the names that are known as they stand."""
    said = []
    for column in columns:
        field = headings.DATED.get(column.field, column.field)
        facts = {"column": column.name, "field": headings.Field(field)}
        if column.field == "indicator":
            continue
        if column.heading.day and field in NUMBERS:
            message = N_("“%(column)s” is read as %(field)s, on %(day)s.")
            said.append(Decided(message, {**facts, "day": column.heading.day}))
        elif column.heading.years and column.field in NUMBERS:
            message = N_("“%(column)s” is read as %(field)s; a year is not a day: %(years)s was not kept as a date.")
            said.append(Decided(message, {**facts, "years": column.heading.years}))
        elif not (headings.is_named(column.name, column.field) or column.heading.ordinal):
            said.append(Decided(N_("“%(column)s” is read as %(field)s."), facts))
    return said


def _rows(
    below: Sequence[Row], heads: Sequence[Row], columns: Sequence[Column], written: Sequence[str]
) -> tuple[list[Row], list[Problem], frozenset[int]]:
    rows: list[Row] = []
    left: list[Problem] = []
    parted: set[int] = set()

    def tell(row: Row, why: str) -> None:
        place = row.filled[0]
        name = (written[place] if place < len(written) else "") or str(place + 1)
        left.append(Problem(row.number, name, why, text_of(row.cells[place])))

    before, apart = heads[-1].number, False
    fills = any(column.field == "indicator" for column in columns)
    for row, following in zip(below, (*below[1:], None), strict=False):
        apart, before = apart or row.number > before + 1, row.number
        if fills and _is_concept(row):
            apart = True
        elif any(_repeats(row, head) for head in heads):
            tell(row, _AGAIN)
        elif _begins_another(row, columns, apart and bool(rows)):
            tell(row, _SECOND)
            break
        elif (why := _aside(row, columns)) and not _states_for(row, following, columns):
            tell(row, why)
            apart = True
        else:
            rows.append(row)
            if apart:
                parted.add(row.number)
            apart = False
    return rows, left, frozenset(parted)


def _repeats(row: Row, head: Row) -> bool:
    """Whether all that a row says is what the headings say in its columns."""
    if not row.filled or len(row.filled) > len(head.filled):
        return False
    for place in row.filled:
        theirs = head.cells[place] if place < len(head.cells) else ""
        if plain(text_of(row.cells[place])) != plain(text_of(theirs)):
            return False
    return len(row.filled) > 1 or len(head.filled) == 1


def _begins_another(row: Row, columns: Sequence[Column], apart: bool) -> bool:
    """Whether a row is the headings of another table: it names fields, or below a blank row it fits no column."""
    texts = [clean_line(text_of(row.cells[place])) for place in row.filled]
    if len(texts) < 2 or any(len(text) > _SHORT or _is_figure(text) or _is_day(text) for text in texts):
        return False
    if headings.known(texts) >= 2 and headings.known(texts) * 2 >= len(texts):
        return True
    if not apart:
        return False
    named = sum(bool(_OTHERS.fullmatch(plain(text))) for text in texts)
    measured = {column.place for column in columns if column.field in (*headings.MEASURED, *DATES)}
    beyond = max(column.place for column in columns)
    astray = any(place in measured or place > beyond for place in row.filled)
    return bool(named) and (astray or named * 2 >= len(texts))


def _first_places(columns: Sequence[Column]) -> dict[str, int]:
    return {column.field: column.place for column in reversed(columns)}


def _states_for(row: Row, following: Row | None, columns: Sequence[Column]) -> bool:
    """Whether a row that holds a statement alone stands above metrics of that statement."""
    places = _first_places(columns)
    said, named = places.get("statement"), places.get("metric")
    if said is None or named is None or following is None or row.filled != [said]:
        return False
    return said not in following.filled and named in following.filled


def _sums_up(row: Row, bare: str, columns: Sequence[Column]) -> bool:
    """Whether a row has a total where statements stand, and no metric: "Total of the year", then figures."""
    places = _first_places(columns)
    stated = row.filled[0] == places.get("statement") and "metric" in places
    return stated and places["metric"] not in row.filled and bool(_OF_A_TOTAL.match(bare))


def _aside(row: Row, columns: Sequence[Column]) -> str:
    """Why a row is no row of data, or ""."""
    filled = row.filled
    first = text_of(row.cells[filled[0]])
    bare = plain(first)
    rest = [text_of(row.cells[place]) for place in filled[1:]]
    if (_TOTALS.match(bare) or (rest and _sums_up(row, bare, columns))) and all(map(_is_figure, rest)):
        return _TOTAL
    if rest:
        return ""
    if _NOTES.match(bare):
        return _NOTE
    if len(columns) < 2:
        return ""
    if len(first) > 2 * _SHORT:
        return ""
    alone = (
        row.across
        or _SECTIONS.match(bare)
        or _NUMBERED.match(bare)
        or (first.isupper() and len(first) > 2)
        or bare.endswith(":")
    )
    return _SECTION if alone else ""
