"""Looking at a session: choices that redraw a picture and the table beside it. `notebooks/*/analyse.ipynb` shows them::

    hour = analysis.choose()
    analysis.minutes(hour)

Everything is ipywidgets, so that it works in JupyterLab and in Voilà's own pages, and stands in boxes and tabs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import (
    HTML,
    Dropdown,
    FileUpload,
    FloatSlider,
    IntRangeSlider,
    IntSlider,
    Layout,
    ToggleButtons,
    VBox,
)
from markupsafe import Markup

from impactlib import export
from impactlib.domain import clock, formats, kinds
from impactlib.domain.agenda import Role
from impactlib.domain.first_three import WEIGHTS, Basis, VoteChanged, turns
from impactlib.domain.names import named
from impactlib.domain.redaction import agreed
from impactlib.domain.refusal import Refusal
from impactlib.domain.scoring import TOP, Formula, Method
from impactlib.domain.session import Note, Session, last_scores
from impactlib.domain.session_file import SessionFile, read
from impactlib.domain.standing import qualities, ranking, votes_cast
from impactlib.domain.timeline import STARTED, start_of, state_at, timeline
from impactlib.export import hour, picture
from impactlib.export.frames import COLUMNS
from impactlib.rooms import samples
from impactlib.views import draw
from impactlib.views.metrics import FORMULAS
from impactlib.views.parts import Eye
from impactlib.views.render import environment, say, translation
from impactlib.widgets.choices import control, row_of, with_words
from impactlib.widgets.language import here
from impactlib.widgets.opening import file_at
from impactlib.widgets.played import carried
from impactlib.widgets.style import style_sheet

if TYPE_CHECKING:
    from pandas import DataFrame

AROUND = 15
"""Minutes before the hour, and after it, that can be looked at."""
_ROWS = 20
"""Rows of a frame that are shown."""


class Choice(VBox):
    """Which session is looked at: an invented hour, a session notebook of this folder, or one that is brought.

    `file` is the session, to read or to observe.
    """

    file = traitlets.Instance(SessionFile)

    def __init__(self, file: str = "") -> None:
        self.lang = lang = here()
        first = {Path(file).name: file_at(file)} if file else {}
        self._known: dict[str, SessionFile] = {**first, **_samples(lang), **carried(Path.cwd())}
        gettext = translation(lang).gettext
        self._which = control(Dropdown, gettext("Session"), options=list(self._known))
        own = gettext("Your session notebook")
        self._own = FileUpload(accept=".ipynb", description=own, layout=Layout(width="auto"))
        self._said = HTML()
        self.file = self._known[self._which.value]
        style = HTML(f"<style>{style_sheet()}</style>", layout=Layout(height="0", margin="0"))
        super().__init__([style, row_of(self._which, self._own), self._said])
        self._which.observe(self._chosen, "value")
        self._own.observe(self._brought, "value")
        self._tell()

    @property
    def session(self) -> Session:
        """The session as it was left."""
        file: SessionFile = self.file
        return file.fold()

    def frames(self) -> dict[str, DataFrame]:
        """The session as pandas frames, by name: see ``docs/frames.md``."""
        return export.to_frames(agreed(self.file))

    def _chosen(self, _: Any) -> None:
        self.file = self._known[self._which.value]
        self._tell()

    def _brought(self, _: Any) -> None:
        try:
            for brought in self._own.value:
                self._known[brought["name"]] = read(bytes(brought["content"]))
                self._which.options = list(self._known)
                self._which.value = brought["name"]
        except Refusal as refusal:
            self._said.value = str(Markup('<p role="alert">{}</p>').format(say(refusal, self.lang)))

    def _tell(self) -> None:
        session = self.session
        on = formats.day(clock.day_of(session.held_at, session.zone), self.lang)
        self._said.value = str(_drawn(self.lang, "team", session=session, on=on))

    def _repr_mimebundle_(self, **named: Any) -> dict[str, Any]:
        return with_words(super()._repr_mimebundle_(**named), self._said.value, self.session.team)


class View(VBox):
    """Controls above what they draw: `html`, a picture with the table that says the same."""

    title = ""

    def __init__(self, choice: Choice, *controls: Any) -> None:
        self.choice, self._controls, self._page = choice, controls, HTML()
        self._still = False
        super().__init__([row_of(*controls), self._page])
        for one in controls:
            one.observe(self._draw, "value")
        choice.observe(self._begin, "file")
        self._begin()

    @property
    def html(self) -> str:
        """What is drawn now."""
        return str(self._page.value)

    def fit(self) -> None:
        """Set the controls to a session that was chosen."""

    def drawn(self) -> Markup:
        """What the controls ask for."""
        raise NotImplementedError

    def words(self, text: str) -> str:
        """A sentence in the notebook's language."""
        return translation(self.choice.lang).gettext(text)

    def _begin(self, _: Any = None) -> None:
        with self._held():
            self.fit()
        self._draw()

    def _draw(self, _: Any = None) -> None:
        if not self._still:
            self._page.value = str(self.drawn())

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        self._still = True
        yield
        self._still = False

    def _repr_mimebundle_(self, **named: Any) -> dict[str, Any]:
        return with_words(super()._repr_mimebundle_(**named), self.html, type(self).__name__)


class Voices(View):
    """Who said what, when."""

    def __init__(self, choice: Choice) -> None:
        gettext = translation(choice.lang).gettext
        self._span = control(IntRangeSlider, gettext("Minutes"), continuous_update=False)
        self._who = control(Dropdown, gettext("Who"), options=[("", "")])
        super().__init__(choice, self._span, self._who)

    def fit(self) -> None:
        said = _said(self.choice.file)
        at, end = [minute for minute, _ in said], ceil(_lasted(self.choice.file) / 60)
        # What was prepared weeks before, or completed after, would leave the hour a line: it is only counted.
        self._span.max, self._span.min = min(max([end, *at]), end + AROUND), max(min([0, *at]), -AROUND)
        self._span.value = (self._span.min, self._span.max)
        names = {role: _role(role, self.choice.lang) for role in _roles(self.choice.session, said)}
        self._who.options = [(self.words("everybody"), ""), *((name, role) for role, name in names.items())]
        self._who.value = ""

    def drawn(self) -> Markup:
        lang, session = self.choice.lang, self.choice.session
        if session.clock.started is None:
            return _drawn(lang, "not_begun")
        first, last = self._span.value
        people = named(session)
        notes: list[dict[str, Any]] = [
            {"note": note, "minute": minute, "speaker": people[note.speaker], "says": kinds.row(note.kind).says}
            for minute, note in _said(self.choice.file)
            if first <= minute <= last and self._who.value in ("", people[note.speaker].role)
        ]
        roles = [role for role in Role if any(one["speaker"].role == role for one in notes)]
        starts = {step: minute for minute, step in reversed(_entered(self.choice.file))}
        drawn = hour.voices(
            tuple((one["minute"], one["speaker"].role) for one in notes),
            tuple(sorted(starts.values())),
            (first, last),
            roles=tuple((role, _role(role, lang)) for role in roles),
            axis=self.words("Minutes since the hour began"),
        )
        further = sum(not self._span.min <= minute <= self._span.max for minute, _ in _said(self.choice.file))
        return _drawn(lang, "voices", picture=picture.address(drawn, "png"), notes=notes, further=further)


class Minutes(View):
    """Where the hour's minutes went, up to a minute of it."""

    def __init__(self, choice: Choice) -> None:
        gettext = translation(choice.lang).gettext
        self._until = control(IntSlider, gettext("Up to the minute"), continuous_update=False)
        super().__init__(choice, self._until)

    def fit(self) -> None:
        self._until.max = max(ceil(_lasted(self.choice.file) / 60), 1)
        self._until.value = self._until.max

    def drawn(self) -> Markup:
        file, lang, until = self.choice.file, self.choice.lang, self._until.value
        if self.choice.session.clock.started is None:
            return _drawn(lang, "not_begun")
        seconds = min(until * 60.0, _lasted(file))
        session = state_at(file, seconds)
        took = clock.took(session.clock, start_of(file) + seconds)
        entered = _entered(file)
        notes = [
            next((step for at, step in reversed(entered) if at <= minute), "")
            for minute, _ in _said(file)
            if minute <= until
        ]
        steps: list[dict[str, Any]] = [
            {
                "title": step.title[lang],
                "planned": step.minutes,
                "taken": round(took.get(step.id, 0.0) / 60, 1),
                "notes": notes.count(step.id),
            }
            for step in session.steps
            if not step.hidden or step.id in took
        ]
        drawn = hour.minutes(
            tuple((one["planned"], one["taken"]) for one in steps),
            planned=self.words("planned"),
            taken=self.words("taken"),
            axis=self.words("Minutes"),
        )
        return _drawn(
            lang,
            "minutes",
            picture=picture.address(drawn, "png"),
            steps=steps,
            planned=sum(one["planned"] for one in steps),
            taken=round(sum(took.values()) / 60, 1),
            after=until,
        )


class Order(View):
    """The order of the metrics, by formula, quality of data and round. `basis` is what it is made from."""

    basis = traitlets.Instance(Basis, allow_none=True)

    def __init__(self, choice: Choice) -> None:
        gettext = translation(choice.lang).gettext
        views: Any = environment(choice.lang).get_template("metrics.html").module
        formulas = [(str(views.method(formula)), formula.method.value) for formula in FORMULAS]
        counts = [(gettext("shown beside"), False), (gettext("counted"), True)]
        weights = {"min": WEIGHTS[0], "max": WEIGHTS[-1], "step": 0.1, "value": 2.0, "continuous_update": False}
        self._formula = control(Dropdown, gettext("Formula"), options=formulas)
        self._weight = control(FloatSlider, gettext("Weight of value"), readout_format=".1f", **weights)
        self._weighed = control(ToggleButtons, gettext("Quality of data"), options=counts)
        self._round = control(Dropdown, gettext("Scores"), options=[("", 0)])
        super().__init__(choice, self._formula, self._weight, self._weighed, self._round)

    def fit(self) -> None:
        shown = sum(round.shown for round in self.choice.session.rounds)
        label = self.words("as they were after round %(number)s")
        self._round.options = [(label % {"number": n}, n) for n in range(1, shown + 1)] or [("–", 0)]
        self._round.value = shown
        self._round.layout.display = None if shown > 1 else "none"

    def drawn(self) -> Markup:
        lang, session = self.choice.lang, self.choice.session
        self._weight.layout.display = None if self._formula.value == Method.WEIGHTED_SUM else "none"
        self.basis = self._basis(session)
        rows = self.basis.rows
        if not self.basis.places:
            return _drawn(lang, "nothing_scored")
        views: Any = environment(lang).get_template("metrics.html").module
        address = picture.data_uri(rows, value=str(views.value_axis()), ease=str(views.ease_axis()), form="png")
        usual = {row.metric: row.place for row in ranking(session)}
        formula = self.basis.formula
        return _drawn(lang, "order", picture=address, rows=rows, usual=usual, notes=session.notes, formula=formula)

    def _basis(self, session: Session) -> Basis:
        formula = Formula(Method(self._formula.value))
        if formula.method is Method.WEIGHTED_SUM:
            formula = replace(formula, value_weight=round(self._weight.value, 1))
        scores = last_scores([round for round in session.rounds if round.shown][: self._round.value])
        return Basis(votes_cast(session, scores), formula, qualities(session), self._weighed.value)


class FirstThree(View):
    """What single change would make the first three others, with what `order` is set to."""

    def __init__(self, order: Order) -> None:
        self._order = order
        super().__init__(order.choice)
        order.observe(self._draw, "basis")

    def drawn(self) -> Markup:
        basis, lang = self._order.basis, self.choice.lang
        if basis is None or not basis.places:
            return _drawn(lang, "nothing_scored")
        found = turns(basis, FORMULAS)
        votes = [turn for turn in found if isinstance(turn.change, VoteChanged)]
        return _drawn(
            lang,
            "first_three",
            first=[row for row in basis.rows if row.place and row.place <= TOP],
            votes=votes,
            others=[turn for turn in found if turn not in votes],
            notes=self.choice.session.notes,
        )


class Frames(View):
    """The session's pandas frames, one at a time."""

    def __init__(self, choice: Choice) -> None:
        self._name = control(Dropdown, translation(choice.lang).gettext("Frame"), options=list(COLUMNS), value="steps")
        super().__init__(choice, self._name)

    def drawn(self) -> Markup:
        frame = self.choice.frames()[self._name.value]
        table = frame.drop(columns=["session", "team"]).head(_ROWS).to_html(index=False, border=0, na_rep="–")
        return _drawn(self.choice.lang, "frame", table=table, rows=len(frame), shown=_ROWS)


def choose(file: str = "") -> Choice:
    """Which session to look at; the views below take it.

    Parameters
    ----------
    file
        A session notebook that is looked at first, such as ``"colis.ipynb"``; without one, an invented hour is.

    Raises
    ------
    NotOpened
        When the file cannot be read, or is no session notebook.
    """
    return Choice(file)


voices, minutes, order, first_three, frames = Voices, Minutes, Order, FirstThree, Frames


def _drawn(lang: str, macro: str, **values: Any) -> Markup:
    return draw(Eye(Role.OBSERVER, lang), "analysis", macro, **values)


def _samples(lang: str) -> dict[str, SessionFile]:
    return {each["team"]: samples.sample(each["name"]) for each in samples.choices(lang)}


def _role(role: Role, lang: str) -> str:
    views: Any = environment(lang).get_template("note.html").module
    return str(views.role_name(role.value))


def _said(file: SessionFile) -> list[tuple[int, Note]]:
    """What somebody known said and stands, with its minute since the hour began, in the order of time."""
    session, start = agreed(file).fold(), start_of(file)
    notes = [note for note in session.notes.values() if not note.withdrawn and note.speaker in session.people]
    return [(int((note.at - start) // 60), note) for note in sorted(notes, key=lambda note: note.at)]


def _roles(session: Session, said: list[tuple[int, Note]]) -> list[Role]:
    spoke = {session.people[note.speaker].role for _, note in said}
    return [role for role in Role if role in spoke]


def _lasted(file: SessionFile) -> float:
    """Seconds from the beginning of the hour to its end, or to what was done last in one that has not ended."""
    ended = file.fold().clock.ended
    return (max(entry.at for entry in file.entries) if ended is None else ended) - start_of(file)


def _entered(file: SessionFile) -> list[tuple[float, str]]:
    """Each step that was entered, with its minute; one that was gone back to is there twice."""
    return [(line.at / 60, line.step) for line in timeline(file) if line.event == STARTED]
