"""A room whose facilitator is gone: when it is told so, and what it reads."""

from __future__ import annotations

from impactlib.domain.agenda import Role
from impactlib.domain.lead import GONE, unled
from impactlib.views.now import PANE
from impactlib.views.parts import Eye, Part, Scene
from tests.conftest import Room, Time

FACILITATOR = f"person-{Role.FACILITATOR}"


def said(room: Room, role: Role) -> str:
    journal = room.store.journal
    scene = Scene(room.session, journal.now(), present=journal.present(), left=journal.left())
    eye = scene.seen_by(Eye(role))
    [drawn] = [part.draw(room.session, eye) for part in PANE.parts if isinstance(part, Part) and part.zone == "unled"]
    return str(drawn or "")


def test_two_minutes_without_a_facilitator_are_told_until_one_is_back(room: Room, time: Time) -> None:
    journal = room.store.journal
    room.ask(Role.FACILITATOR, do="start", step="tour")
    journal.mark(FACILITATOR, 1)
    time.advance(GONE)
    assert said(room, Role.CLIENT) == ""
    journal.mark(FACILITATOR, 0)
    time.advance(GONE - 1)
    assert said(room, Role.CLIENT) == ""
    time.advance(1)
    assert "Je peux animer" in said(room, Role.CLIENT)
    # Observers read it too, and press nothing.
    assert "hors ligne" in said(room, Role.OBSERVER) and "<button" not in said(room, Role.OBSERVER)
    journal.mark(FACILITATOR, 1)
    assert said(room, Role.CLIENT) == ""


def test_a_server_that_starts_gives_the_facilitator_two_minutes_to_come_back(room: Room, time: Time) -> None:
    journal = room.store.journal
    room.ask(Role.FACILITATOR, do="start", step="tour")
    journal.mark(FACILITATOR, 1)
    time.advance(10 * GONE)
    journal.nobody()
    assert not unled(room.session, journal.present(), journal.left(), journal.now())
    time.advance(GONE)
    assert unled(room.session, journal.present(), journal.left(), journal.now())


def test_before_and_after_the_hour_nobody_needs_to_lead(room: Room, time: Time) -> None:
    journal = room.store.journal
    journal.mark(FACILITATOR, 0)
    time.advance(GONE)
    assert said(room, Role.CLIENT) == ""
    room.ask(Role.FACILITATOR, do="start", step="tour")
    room.ask(Role.FACILITATOR, do="end")
    assert said(room, Role.CLIENT) == ""


def test_one_of_two_facilitators_is_enough(room: Room, time: Time) -> None:
    journal = room.store.journal
    room.ask_as("other", Role.FACILITATOR, do="join", name="Nadia")
    room.ask(Role.FACILITATOR, do="start", step="tour")
    journal.mark(FACILITATOR, 0)
    journal.mark("other", 1)
    time.advance(GONE)
    assert said(room, Role.CLIENT) == ""
