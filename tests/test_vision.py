"""The workshop on the vision recurs: it tells what changed since the last one of its kind, and proposes the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of, months_later, working_day
from impactlib.domain.due import due
from impactlib.domain.redaction import redact
from impactlib.domain.review import next_on, since
from impactlib.domain.session import Session
from impactlib.domain.timeline import timeline
from impactlib.export import render
from impactlib.export.followup import title
from impactlib.storage.forgetting import forget_person
from impactlib.views.parts import Eye
from impactlib.views.render import environment
from impactlib.views.since import PANE as SINCE
from impactlib.views.wording import called
from tests.conftest import Room, Time
from tests.test_next_session import details, held
from tests.test_review import begun, over, today

__all__ = ["held"]
CLIENT, FACILITATOR = Role.CLIENT, Role.FACILITATOR


def pane(room: Room) -> str:
    return str(SINCE.fragments(room.session, Eye(CLIENT, "fr"))).replace("\\xa0", " ")


def told(session: Session) -> dict[str, list[str]]:
    found = since(session)
    assert found is not None
    return {
        "added": [note.text for note in found.added],
        "withdrawn": [note.text for note in found.withdrawn],
        "changed": [note.text for note, _ in found.changed],
        "figures": [figure.text for _, figure in found.figures],
    }


@pytest.fixture
def again(held: Room, tmp_path: Path, time: Time) -> Room:
    """An hour, a first workshop on the vision, a review, then a second one on the vision: each changed something."""
    first = begun(held, tmp_path, time, 20, agenda="vision")
    first.ask(CLIENT, do="write", kind="objective", text="Répondre en dix jours")
    first.ask(CLIENT, do="write", kind="objective", text="Tout dématérialiser")
    first.ask(CLIENT, do="write", kind="change", text="Personne n’attend")
    over(first, time)
    review = begun(first, tmp_path, time, 21)
    dropped, kept = [note.id for note in reversed(review.session.notes_of("objective"))]
    review.ask(CLIENT, do="withdraw", note=dropped)
    review.ask(CLIENT, do="edit", note=kept, text="Répondre en huit jours", was=1)
    review.ask(CLIENT, do="write", kind="metric", text="Demandes closes du premier coup")
    over(review, time)
    return begun(review, tmp_path, time, 40, agenda="vision")


def test_it_is_compared_with_the_last_of_its_kind_and_not_with_the_review_between(again: Room, time: Time) -> None:
    assert told(again.session) == {
        "added": ["Demandes closes du premier coup"],
        "withdrawn": ["Tout dématérialiser"],
        "changed": ["Répondre en huit jours"],
        "figures": [],
    }
    shown = pane(again)
    assert "Depuis le dernier atelier vision, le" in shown and "Objectif" in shown
    # An objective that was worded anew is no hypothesis.
    assert "<dt>Formulation</dt>" in shown and "Hypothèse" not in shown
    assert today(time, -60) not in shown


def test_what_comes_in_this_one_is_told_with_it(again: Room) -> None:
    again.ask(CLIENT, do="write", kind="change", text="Chacun sait où en est sa demande")
    assert told(again.session)["added"] == ["Chacun sait où en est sa demande", "Demandes closes du premier coup"]


def test_a_first_one_says_so_and_proposes_the_next_date(held: Room, tmp_path: Path, time: Time) -> None:
    first = begun(held, tmp_path, time, 20, agenda="vision")
    assert first.session.vision is None
    assert "Prochaine séance sur ce déroulé proposée" in pane(first)


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_next_one_is_three_months_later_and_said_in_the_summary(again: Room, time: Time, form: str) -> None:
    later = months_later(day_of(again.session.held_at, again.session.zone), 3)
    assert next_on(again.session) == working_day(later)
    over(again, time)
    said = render(again.store.to_file(), "summary", form, environment("fr")).decode()
    assert "Prochaine séance sur ce déroulé proposée" in said and "Depuis le dernier atelier vision, le" in said


def test_a_review_after_it_is_compared_with_the_session_before(again: Room, tmp_path: Path, time: Time) -> None:
    over(again, time)
    review = begun(again, tmp_path, time, 30)
    assert told(review.session) == {"added": [], "withdrawn": [], "changed": [], "figures": []}
    assert "Depuis le dernier atelier vision" not in pane(review)


def test_what_was_withdrawn_and_put_back_comes_again_as_it_was(again: Room, tmp_path: Path, time: Time) -> None:
    """Withdrawn in the review and put back after it: the journal that follows has the note already."""
    over(again, time)
    review = begun(again, tmp_path, time, 22)
    metric = review.session.notes_of("metric")[0]
    review.ask(FACILITATOR, do="withdraw", note=metric.id)
    over(review, time)
    review.ask(FACILITATOR, do="restore", note=metric.id)
    details(review, metric.id, target="9")
    next_one = begun(review, tmp_path, time, 41, agenda="vision")
    stands = next_one.session.notes[metric.id]
    assert (stands.withdrawn, stands.text, stands.details["target"]) == (False, metric.text, "9")
    assert told(next_one.session) == {"added": [], "withdrawn": [], "changed": [metric.text], "figures": []}


def test_the_order_of_the_notes_stays_that_of_the_session_before(again: Room, tmp_path: Path, time: Time) -> None:
    first, second = again.session.notes_of("metric")
    again.ask(FACILITATOR, do="move", note=second.id, before=first.id)
    over(again, time)
    review = begun(again, tmp_path, time, 23)
    review.ask(CLIENT, do="write", kind="metric", text="Troisième")
    third = review.session.notes_of("metric")[-1]
    review.ask(FACILITATOR, do="move", note=third.id, before=second.id)
    over(review, time)
    now = begun(review, tmp_path, time, 24, agenda="vision").session
    assert [note.text for note in now.notes_of("metric")] == [note.text for note in review.session.notes_of("metric")]


def test_it_is_shared_without_former_texts(again: Room) -> None:
    shared = redact(again.store.to_file(), called(environment("fr"))).fold()
    assert shared.vision is not None and told(shared)["added"] == ["Demandes closes du premier coup"]
    assert told(shared)["changed"] == [] and "dix jours" not in repr(shared)
    assert "recalls the last workshop on the vision" in [line.what for line in timeline(again.store.to_file())]


def test_the_next_one_is_due_and_no_review_of_the_hour_besides(again: Room) -> None:
    [found] = [one for one in due(again.session) if one.kind in ("again", "review")]
    assert (found.kind, found.on) == ("again", next_on(again.session))
    assert "Prochaine séance «\u00a0Atelier vision et mesures\u00a0»" in title(again.session, environment("fr"), found)


def test_what_somebody_wrote_in_one_is_erased_in_those_that_recall_it(held: Room, tmp_path: Path, time: Time) -> None:
    """Also what was withdrawn or worded anew since: the last one of its kind is told by its own words."""
    first = begun(held, tmp_path, time, 20, agenda="vision")
    for text in ("Une vision très personnelle", "Un objectif très personnel"):
        first.ask(CLIENT, do="write", kind="objective", text=text)
    over(first, time)
    review = begun(first, tmp_path, time, 21)
    gone, worded = review.session.notes_of("objective")
    review.ask(FACILITATOR, do="withdraw", note=gone.id)
    review.ask(FACILITATOR, do="edit", note=worded.id, text="Un objectif moins personnel", was=1)
    over(review, time)
    second = begun(review, tmp_path, time, 40, agenda="vision")
    assert told(second.session)["withdrawn"] == ["Une vision très personnelle"]
    for room in (first, review, second):
        room.store.journal.close()
    forget_person(tmp_path, first.session.id, f"person-{CLIENT}")
    for path in tmp_path.rglob("*.journal"):
        assert "très personnel" not in path.read_bytes().decode(errors="ignore"), path
