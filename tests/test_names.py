"""Names that tell people apart: the rule, and everything that shows a name."""

from __future__ import annotations

from hypothesis import given, strategies as st
from msgspec.structs import replace

from impactlib.domain.agenda import Role
from impactlib.domain.events import PersonCorrected
from impactlib.domain.names import here, named, namesakes, returning, told_apart
from impactlib.domain.session import Person, Return, Session
from impactlib.domain.session_file import SessionFile
from impactlib.domain.summary import Outline
from impactlib.domain.text import plain
from impactlib.domain.timeline import timeline
from impactlib.export import render
from impactlib.views import Eye
from impactlib.views.panes import PANES
from impactlib.views.render import environment
from tests.conftest import Room, agree

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
ONE, TWO, THREE = "Camille\u00a01", "Camille\u00a02", "Camille\u00a03"


def people(*names: str, out: tuple[int, ...] = ()) -> dict[str, Person]:
    """People under those names, in the order in which they came."""
    return {f"p{n}": Person(f"p{n}", name, CLIENT, n in out) for n, name in enumerate(names)}


def test_people_of_one_name_have_a_number_in_the_order_in_which_they_came() -> None:
    def agrees(given: dict[str, Person], shown: list[str]) -> None:
        assert [person.name for person in told_apart(given).values()] == shown

    agree(
        [
            (people("Camille", "Claire"), ["Camille", "Claire"]),
            (people("Camille", "Claire", "Camille"), [ONE, "Claire", TWO]),
            (people("Zoé", "zoe", " ZOE "), ["Zoé\u00a01", "zoe\u00a02", " ZOE \u00a03"]),
            # Nobody is shown under a name that somebody else gave.
            (people("Camille", "Camille", "Camille 2"), [ONE, THREE, "Camille 2"]),
            # Who was shown out leaves the name to who is here.
            (people("Camille", "Camille", out=(0,)), [TWO, "Camille"]),
            (people("Camille", "Camille", "Camille", out=(0,)), [THREE, ONE, TWO]),
            (people("Camille", "Camille", out=(0, 1)), ["Camille", TWO]),
        ],
        agrees,
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(["Camille", "camille", "Camillé", "Camille 1", "Camille 2", "Li"]), st.booleans())
    )
)
def test_no_two_people_are_shown_under_one_name(given: list[tuple[str, bool]]) -> None:
    known = people(*(name for name, _ in given), out=tuple(n for n, (_, out) in enumerate(given) if out))
    shown = told_apart(known)
    assert list(shown) == list(known)
    assert len({plain(person.name) for person in shown.values()}) == len(known)
    assert all(shown[id].name.startswith(person.name) for id, person in known.items())


def test_somebody_at_the_entrance_is_told_of_those_who_bear_that_name_and_are_here() -> None:
    session = Session(people=people("Camille", "Émile", "Camille", out=(2,)))
    assert [person.id for person in namesakes(session, " camille")] == ["p0"]
    assert [person.id for person in namesakes(session, "Emile")] == ["p1"]
    assert namesakes(session, "Camille B.") == namesakes(session, "Camille", but="p0") == []


def test_only_the_one_who_bears_a_name_in_that_role_and_is_offline_may_be_coming_back() -> None:
    def agrees(names: tuple[str, ...], role: Role, present: set[str], browser: str, expected: str | None) -> None:
        known = people(*names, out=(2,))
        known["p0"] = replace(known["p0"], returns=(Return("set-apart", 1.0, "home", undone=True),))
        found = returning(Session(people=known), " CAMILLE", role, present, browser)
        assert (found and found.id) == expected

    facilitator = {"p0": replace(people("Camille")["p0"], role=FACILITATOR)}
    found = returning(Session(people=facilitator), "Camille", FACILITATOR, {"p0"})
    assert found and found.id == "p0"  # by their phone, their page being open
    agree(
        [
            (("Camillé", "Claire"), CLIENT, set(), "", "p0"),
            (("Camille", "Claire", "Camille"), CLIENT, {"p1", "p2"}, "new", "p0"),
            (("Camille", "Claire"), CLIENT, {"p0"}, "", None),
            (("Camille", "Claire"), CONSULTANT, set(), "", None),
            (("Camille", "camille"), CLIENT, set(), "", None),
            (("Camille", "camille"), CLIENT, {"p0"}, "", None),
            (("Claire",), CLIENT, set(), "", None),
            (("Camille",), CLIENT, set(), "set-apart", None),
        ],
        agrees,
    )


def two_of_a_name(room: Room) -> Room:
    """A consultant comes in under the name of the team's member, and each says something."""
    room.ask_as("second", CONSULTANT, do="join", name="marc")
    room.ask(FACILITATOR, do="start", step="tour")
    room.ask(CLIENT, do="write", kind="question", text="Qui renonce ?")
    room.ask(FACILITATOR, do="write", kind="question", text="Depuis quand ?", behalf="second")
    return room


FIRST, SECOND = "Marc\u00a01", "marc\u00a02"


def test_everything_that_shows_a_name_tells_two_people_apart(room: Room) -> None:
    session = two_of_a_name(room).session
    assert [p.name for p in here(session, CLIENT, CONSULTANT)] == [FIRST, "Inès", SECOND]
    for name in ("people", "tour", "questions", "unwritten"):
        drawn = "".join(PANES[name].fragments(session, Eye(FACILITATOR, present=frozenset(session.people))).values())
        assert name == "unwritten" or (FIRST in drawn and SECOND in drawn), name
        assert ">Marc<" not in drawn and ">marc<" not in drawn, name
    outline = Outline(session)
    assert [outline.name(note.speaker) for note in session.notes_of("question")] == [FIRST, SECOND]
    assert [p.name for p in outline.people if p.id in ("person-client", "second")] == [FIRST, SECOND]
    file = SessionFile(session.id, tuple(room.entries))
    assert {line.who for line in timeline(file)} >= {FIRST, SECOND}
    markdown = render(file, "summary", "md", environment("fr")).decode()
    assert f"({FIRST})" in markdown and f"({SECOND}" in markdown


def test_a_name_that_is_no_longer_alone_redraws_the_cards_that_it_signs(room: Room) -> None:
    note = room.ask(CLIENT, do="write", kind="question", text="Qui renonce ?")
    before = room.session
    room.ask_as("second", CONSULTANT, do="join", name="Marc")
    drawn = [PANES["questions"].fragments(session, Eye(OBSERVER)) for session in (before, room.session)]
    [card] = [id for id in drawn[0] if note in drawn[0][id]]
    assert FIRST not in drawn[0][card] and FIRST in drawn[1][card]


def test_changing_ones_name_is_one_event_and_leaves_the_role(room: Room) -> None:
    room.ask(CLIENT, do="rename", name="Marc B.")
    assert room.entries[-1].event == PersonCorrected("person-client", "Marc B.", "client")
    before = room.entries
    room.ask(CLIENT, do="rename", name=" Marc  B. ")
    assert room.entries == before
    assert named(room.session)["person-client"].name == "Marc B."
