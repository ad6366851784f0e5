"""A drawing kept up to date entry by entry shows what drawing everything at once would show, and does less."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as some
from markupsafe import Markup
from msgspec import structs

from impactlib.domain import events as e
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import load_text
from impactlib.domain.events import Entry, Event, order
from impactlib.domain.fold import evolve
from impactlib.domain.session import Session
from impactlib.domain.session_file import read
from impactlib.paths import TEMPLATES
from impactlib.rooms import drawing as drawing_module
from impactlib.rooms.drawing import PAGE, Drawing
from impactlib.rooms.fragments import IF_SHOWN, Patch, apply
from impactlib.views.panes import PANES
from impactlib.views.parts import LATEST, Cards, Eye, Pane, Part, Scene
from impactlib.views.summary import SECTIONS
from tests.conftest import few

FILES = [*sorted(Path(__file__).parent.glob("sessions/*.ipynb")), *sorted((TEMPLATES / "sessions").glob("*.ipynb"))]
CHECKED = 4
"""Moments of a session at which everything is drawn at once."""


@cache
def entries_of(path: Path) -> list[Entry]:
    entries = sorted(read(path.read_bytes()).entries, key=order)
    return [*entries, *followed(entries)]


def followed(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The team's figures of the months after: readings of metrics that fulfil indicators, forecasts, features."""
    written = [entry.event for entry in entries if isinstance(entry.event, e.NoteWritten)]
    metrics = [event.note for event in written if event.kind == "metric"][:2]
    said: list[Event] = [e.DetailSet(metric, "indicator", "monthly-active-users") for metric in metrics]
    for number, metric in enumerate(metrics * 2):
        reading = f"reading-{number}"
        said.append(e.NoteWritten(reading, "reading", "", metric))
        said += [e.DetailSet(reading, "figure", f"{number}"), e.DetailSet(reading, "as_of", f"2026-0{number + 1}-28")]
    for number, metric in enumerate([*metrics, ""]):
        said += [e.NoteWritten(f"feature-{number}", "feature", "Le formulaire", metric)]
        days = {"delivered_on": "2026-01-30", "look_on": "2026-03-01", "meanwhile": "Rien"}
        said += [e.DetailSet(f"feature-{number}", name, value) for name, value in days.items()]
    for number, metric in enumerate(metrics):
        said += [e.DetailSet(metric, "aarri", "impact"), e.NoteWritten(f"hope-{number}", "forecast", "", metric)]
        said += [e.DetailSet(f"hope-{number}", "figure", "9"), e.DetailSet(f"hope-{number}", "as_of", "2026-02-28")]
    last = entries[-1]
    for number, event in enumerate(said, 1):
        yield Entry(last.origin, last.seq + number, f"after-{number}", last.at + number, last.by, "", event)


def shuffled(entries: Sequence[Entry], chance: Random) -> list[Entry]:
    """The same, done in another order, after the workshop was opened."""
    opening, *rest = entries
    times = [entry.at for entry in rest]
    chance.shuffle(rest)
    return [opening, *(structs.replace(entry, at=at) for entry, at in zip(rest, times, strict=True))]


def scenes(entries: Sequence[Entry], chance: Random) -> Iterator[Scene]:
    """The session after each entry; some people come and go meanwhile."""
    session = Session()
    for entry in entries:
        session = evolve(session, entry)
        present = frozenset(person for person in sorted(session.people) if chance.random() < 0.5)
        left = {person: entry.at - chance.choice((1.0, 300.0)) for person in session.people}
        yield Scene(session, entry.at, 1.0, present, left)


def whole(panes: Sequence[Pane], eye: Eye, scene: Scene) -> Patch:
    """Everything drawn at once, but what is drawn on demand."""
    now, drawn = scene.seen_by(eye), dict[str, str]()
    for pane in panes:
        drawn |= {id: str(html) for id, html in pane.fragments(scene.session, now).items() if html}
        for part in pane.parts:
            if isinstance(part, Cards) and part.on_demand(scene.session):
                drawn = {id: html for id, html in drawn.items() if not id.startswith(f"{part.zone}/")}
    return drawn


def follow(
    panes: Sequence[Pane], eye: Eye, entries: Sequence[Entry], chance: Random, checked: int = CHECKED, **options: bool
) -> None:
    """Draw after each entry, and check at some moments that the patches have led to the whole."""
    drawing, page = Drawing(panes, eye, demanded="nothing", **options), Patch()
    moments = {*chance.sample(range(len(entries)), min(checked, len(entries))), len(entries) - 1}
    for number, scene in enumerate(scenes(entries, chance)):
        apply(page, drawing.update(scene))
        if number in moments:
            expected = whole(panes, eye, scene)
            differing = {id for id in page.keys() | expected.keys() if page.get(id) != expected.get(id)}
            assert not differing, (number, entries[number].event)
            assert page == drawing.fragments


AUDIENCES = some.builds(Eye, some.sampled_from(Role), some.sampled_from(LANGUAGES))
SOME_PANES = 10
CHANCE = some.builds(Random, some.integers(0, 9999))


def some_panes(chance: Random) -> list[Pane]:
    return chance.sample([*PANES.values()], SOME_PANES)


@pytest.mark.parametrize("path", few(FILES), ids=lambda path: path.stem)
@given(eye=AUDIENCES, chance=CHANCE, keeps_all=some.booleans())
@settings(max_examples=2)
def test_patches_after_each_entry_add_up_to_the_whole(path: Path, eye: Eye, chance: Random, keeps_all: bool) -> None:
    follow(some_panes(chance), eye, entries_of(path), chance, whole=keeps_all)


@pytest.mark.parametrize("path", few(FILES), ids=lambda path: path.stem)
@given(eye=AUDIENCES, chance=CHANCE, keeps_all=some.booleans())
@settings(max_examples=2)
def test_patches_add_up_to_the_whole_in_any_order_of_the_entries(
    path: Path, eye: Eye, chance: Random, keeps_all: bool
) -> None:
    follow(some_panes(chance), eye, shuffled(entries_of(path), chance), chance, whole=keeps_all)


@pytest.mark.parametrize("path", few(FILES[:1] + FILES[-2:-1]), ids=lambda path: path.stem)
def test_a_drawing_that_keeps_all_is_the_whole_however_few_cards_are_the_latest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing_module, "LATEST", 3)
    # Observers alone have no buttons that name a card's neighbours.
    follow([*PANES.values()], Eye(Role.OBSERVER), entries_of(path), Random(9), whole=True)


def test_a_part_that_reads_what_it_does_not_declare_is_found() -> None:
    def draw(session: Session, eye: Eye) -> Markup:
        return Markup(session.clock.step or "")

    def names(session: Session, eye: Eye) -> Markup:
        return Markup(",").join(sorted(eye.present))

    entries = entries_of(FILES[0])
    for draws in (draw, names):
        honest = Part("honest", lambda scene: (scene.session.clock, scene.present), draws)
        wrong = replace(honest, zone="wrong", reads=lambda scene: (scene.session.people,))
        follow([Pane("honest", lambda eye: Markup(), (honest,))], Eye(Role.CLIENT), entries, Random(1), len(entries))
        with pytest.raises(AssertionError):
            follow([Pane("wrong", lambda eye: Markup(), (wrong,))], Eye(Role.CLIENT), entries, Random(1), len(entries))


# More cards than a page is given ----------------------------------------------------------------------


class Hour:
    """A session with many questions, and what an audience sees of it."""

    def __init__(self, questions: int, eye: Eye | None = None) -> None:
        self.session, self._seq = Session(id="many"), 0
        self.does(e.SessionOpened("Colis Solidaire", load_text("atelier-impact")[0], "fr", None, ""))
        self.does(e.PersonJoined("ines", "Inès", Role.CONSULTANT), by="ines")
        self.notes = [self.asks(f"Question {number} ?") for number in range(questions)]
        self.drawing = Drawing([PANES["questions"]], eye or Eye(Role.CLIENT))
        self.first = self.drawing.update(self.scene)

    @property
    def scene(self) -> Scene:
        return Scene(self.session, 1000.0)

    def does(self, event: Event, by: str = "") -> None:
        self._seq += 1
        at = 30.0 * self._seq  # nobody floods it
        self.session = evolve(self.session, Entry("many", self._seq, f"entry-{self._seq}", at, by, "", event))

    def asks(self, text: str) -> str:
        note = f"note-{self._seq}"
        self.does(e.NoteWritten(note, "question", text), by="ines")
        return note

    def seen_after(self, event: Event) -> Patch:
        self.does(event, by="ines")
        return self.drawing.update(self.scene)

    def id(self, number: int) -> str:
        """The fragment of one of the questions."""
        return f"questions/{self.session.notes[self.notes[number]].order:05}"


BUTTON = "questions/"
CARDS = LATEST + PAGE + 10


def cards(patch: Patch) -> list[str]:
    return sorted(id for id in patch if id.startswith("questions/") and id != BUTTON)


def test_a_page_gets_the_latest_cards_and_a_button() -> None:
    hour = Hour(LATEST + 2)
    assert cards(hour.first) == [hour.id(number) for number in range(2, LATEST + 2)]
    assert f'data-before="{hour.id(2).partition("/")[2]}"' in hour.first[BUTTON]
    assert BUTTON not in Hour(LATEST).first


def test_the_older_cards_come_page_by_page_each_once() -> None:
    hour = Hour(CARDS)
    seen, button = cards(hour.first), hour.first[BUTTON]
    while button:
        before = button.partition('data-before="')[2].partition('"')[0]
        older = hour.drawing.older(hour.scene, "questions", before)
        assert 0 < len(cards(older)) <= PAGE
        seen, button = seen + cards(older), older[BUTTON]
    assert sorted(seen) == [hour.id(number) for number in range(CARDS)]
    assert hour.drawing.older(hour.scene, "elsewhere", "") == {}


def test_cards_on_demand_are_drawn_when_a_page_asks_for_them() -> None:
    hour = Hour(1)
    drawing = Drawing([PANES["summary"]], Eye(Role.CLIENT))
    assert "data-on-sight" in drawing.update(hour.scene)["summary/"]
    drawn = drawing.older(hour.scene, "summary", "")
    assert drawn["summary/"] == "" and "Question 0" in "".join(drawn.values())


def test_a_section_that_a_page_asked_for_goes_with_its_last_note() -> None:
    hour = Hour(1)
    drawing = Drawing([PANES["summary"]], Eye(Role.CLIENT))
    page = dict(drawing.update(hour.scene))
    hour.does(e.NoteWritten("request", "contract", "Aidez-nous"))
    drawing.update(hour.scene)
    apply(page, drawing.older(hour.scene, "summary", ""))
    assert "Aidez-nous" in "".join(page.values())
    for event in (e.NoteWithdrawn("request"), e.SessionEnded()):
        hour.does(event)
        apply(page, drawing.update(hour.scene))
    assert page == drawing.fragments


def test_the_summary_counts_anew_what_it_leaves_out_once_scores_are_shown() -> None:
    hour = Hour(1)
    metrics = [f"metric-{number}" for number in range(LATEST + 5)]
    for metric in metrics:
        hour.does(e.NoteWritten(metric, "metric", "Délai médian"))
    hour.does(e.RoundOpened("round", metrics[0]))
    hour.does(e.SessionEnded())
    drawing = Drawing([PANES["summary"]], Eye(Role.CLIENT, "en"))
    count = f"summary/{list(SECTIONS).index('missing'):02}"
    assert "5 more lines" in drawing.update(hour.scene)[count]
    hour.does(e.RoundShown("round"))
    assert "more line" not in drawing.update(hour.scene).get(count, "5 more lines")


@pytest.mark.parametrize("change", ["edited", "answered", "withdrawn"])
def test_an_older_card_that_changes_is_patched_where_it_is_shown(change: str) -> None:
    hour = Hour(LATEST + 5)
    note, said = hour.notes[1], f"{IF_SHOWN}{hour.id(1)}"
    events: dict[str, Event] = {
        "edited": e.NoteEdited(note, "Et demain ?"),
        "answered": e.NoteWritten("new", "answer", "Et demain ?", about=note),
        "withdrawn": e.NoteWithdrawn(note),
    }
    patch = hour.seen_after(events[change])
    assert cards(patch) == [] and patch.keys() - {BUTTON} == {said}
    assert ("Et demain ?" in patch[said]) if change != "withdrawn" else patch[said] == ""
    without = {id: html for id, html in hour.first.items() if id != BUTTON}
    page = dict(without)
    apply(page, {id: html for id, html in patch.items() if id != BUTTON})
    assert page == without


def test_a_card_that_slides_out_of_the_latest_sends_nothing() -> None:
    hour = Hour(LATEST)
    patch = hour.seen_after(e.NoteWritten("new", "question", "Une de plus ?"))
    assert len(cards(patch)) == 1 and patch.keys() == {*cards(patch), BUTTON}
    assert hour.id(0) not in hour.drawing.fragments


def test_a_scene_drawn_twice_draws_nothing_the_second_time() -> None:
    [*_, last] = scenes(entries_of(FILES[0]), Random(1))
    drawing = Drawing(PANES.values(), Eye(Role.FACILITATOR))
    assert drawing.update(last)
    assert drawing.update(last) == {}
    assert drawing.update(replace(last)) == {}


def test_a_gesture_draws_as_little_in_a_long_session(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def counted(pane: Pane) -> Pane:
        def count(part: Part | Cards) -> Any:
            draw: Callable[..., Any] = part.draw

            def drawing(*values: object) -> Any:
                drawn.append(part.zone)
                return draw(*values)

            return drawing

        return replace(pane, parts=tuple(replace(part, draw=count(part)) for part in pane.parts))

    panes = [counted(pane) for pane in PANES.values()]

    def zones(questions: int) -> list[list[str]]:
        hour = Hour(questions)
        hour.drawing = Drawing(panes, Eye(Role.FACILITATOR))
        hour.drawing.update(hour.scene)
        counts = []
        for event in (
            e.NoteWritten("new", "question", "Une de plus ?"),
            e.NoteWritten("said", "answer", "Oui", about=hour.notes[-1]),
            e.NoteEdited(hour.notes[2], "Laquelle ?"),
            e.StepStarted("tour"),
        ):
            drawn.clear()
            hour.seen_after(event)
            counts.append(sorted(drawn))
        return counts

    assert zones(50) == zones(1000)
