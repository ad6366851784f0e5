"""Ranking by hand: medians, ties, and who is counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from impactlib import events as e
from impactlib.agenda import Role
from impactlib.events import Entry, Event
from impactlib.scoring import ranking, votes
from impactlib.session import Session, history

VOTES = tuple[str, str, int | None, int | None]
PEOPLE = {"marc": "client", "paul": "client", "inès": "consultant", "rené": "consultant", "ada": "facilitator"}


def told(happened: list[tuple[str, Event]]) -> Session:
    return history([Entry("home", i, f"e{i}", float(i), by, "", event) for i, (by, event) in enumerate(happened, 1)])


def scored(*given_votes: VOTES, metrics: tuple[str, ...] = ("delay", "visits"), after: list[Event] | None = None):
    """A session with those people and metrics, and votes (who, metric, value, ease)."""
    people = [("", e.PersonJoined(id, id, role)) for id, role in {**PEOPLE, "lou": "observer"}.items()]
    notes = [("marc", e.NoteWritten(metric, "metric", metric)) for metric in metrics]
    cast = [(who, e.MetricScored(metric, value, ease)) for who, metric, value, ease in given_votes]
    return told([*people, *notes, *cast, *(("ada", event) for event in after or [])])


def table(session: Session) -> list[tuple[str, int | None, float | None, float | None, int]]:
    return [(row.metric.id, row.place, row.value, row.ease, row.voters) for row in ranking(session)]


def test_the_rank_is_the_product_of_the_medians() -> None:
    # delay: values 5, 4, 1 -> 4; eases 2, 3, 3 -> 3; 12. visits: 1, 2, 1 -> 1; 5, 5, 4 -> 5; 5.
    session = scored(
        ("marc", "visits", 1, 5),
        ("inès", "visits", 2, 5),
        ("rené", "visits", 1, 4),
        ("marc", "delay", 5, 2),
        ("inès", "delay", 4, 3),
        ("rené", "delay", 1, 3),
    )
    assert table(session) == [("delay", 1, 4.0, 3.0, 3), ("visits", 2, 1.0, 5.0, 3)]
    assert [row.product for row in ranking(session)] == [12.0, 5.0]


def test_between_two_people_the_median_is_the_middle() -> None:
    session = scored(("marc", "delay", 5, 2), ("inès", "delay", 4, 3), metrics=("delay",))
    assert table(session) == [("delay", 1, 4.5, 2.5, 2)]


def test_one_voter_is_enough() -> None:
    assert table(scored(("inès", "delay", 3, 3)))[0] == ("delay", 1, 3.0, 3.0, 1)


def test_a_metric_that_nobody_scored_has_no_place_and_comes_last() -> None:
    session = scored(("marc", "visits", 1, 1))
    assert table(session) == [("visits", 1, 1.0, 1.0, 1), ("delay", None, None, None, 0)]
    assert ranking(session)[1].product is None


def test_when_nobody_scored_anything_metrics_stand_in_their_order() -> None:
    assert table(scored()) == [("delay", None, None, None, 0), ("visits", None, None, None, 0)]
    assert not any(row.tied for row in ranking(scored()))


def test_equals_share_a_place_and_the_next_one_leaves_it_free() -> None:
    session = scored(
        ("marc", "a", 4, 3), ("marc", "b", 3, 4), ("marc", "c", 5, 5), ("marc", "d", 1, 1), metrics=("a", "b", "c", "d")
    )
    assert [(row.metric.id, row.place, row.tied) for row in ranking(session)] == [
        ("c", 1, False),
        ("a", 2, True),
        ("b", 2, True),
        ("d", 4, False),
    ]


def test_a_partial_score_waits_for_its_other_axis() -> None:
    session = scored(("marc", "delay", 5, None), ("inès", "delay", 2, 2))
    assert table(session)[0] == ("delay", 1, 2.0, 2.0, 1)


def test_observers_and_the_facilitator_never_count() -> None:
    session = scored(("lou", "delay", 5, 5), ("ada", "delay", 5, 5), ("marc", "delay", 1, 1))
    assert table(session)[0] == ("delay", 1, 1.0, 1.0, 1)


def test_nor_does_a_score_by_somebody_who_never_came_in() -> None:
    assert votes(scored(("nobody", "delay", 5, 5)), "delay") == []


def test_a_score_follows_the_role_that_its_author_has_now() -> None:
    cast = ("marc", "delay", 5, 5)
    assert votes(scored(cast, after=[e.PersonCorrected("marc", "Marc", "observer")]), "delay") == []
    back = [e.PersonCorrected("marc", "Marc", "observer"), e.PersonCorrected("marc", "Marc", "consultant")]
    assert len(votes(scored(cast, after=back), "delay")) == 1


def test_a_score_counts_no_more_once_its_author_was_shown_out_and_again_once_let_in() -> None:
    cast = ("marc", "delay", 5, 5)
    assert votes(scored(cast, after=[e.PersonShownOut("marc")]), "delay") == []
    assert len(votes(scored(cast, after=[e.PersonShownOut("marc"), e.PersonLetIn("marc")]), "delay")) == 1


def test_a_withdrawn_metric_is_in_no_ranking_and_frees_its_place() -> None:
    session = scored(("marc", "delay", 5, 5), ("marc", "visits", 1, 1), after=[e.NoteWithdrawn("delay")])
    assert table(session) == [("visits", 1, 1.0, 1.0, 1)]


def test_data_quality_stands_beside_the_rank_and_never_changes_it() -> None:
    cast = [("marc", "delay", 2, 2), ("marc", "visits", 3, 3)]
    worse = scored(*cast, after=[e.DetailSet("delay", "quality", "90"), e.DetailSet("visits", "quality", "10")])
    assert table(worse) == table(scored(*cast))


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([*PEOPLE, "lou"]), st.sampled_from(["delay", "visits"])),
        st.tuples(st.integers(1, 5), st.integers(1, 5)),
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_voters_never_matters(cast: dict[tuple[str, str], tuple[int, int]], random) -> None:
    in_order: list[VOTES] = [(who, metric, value, ease) for (who, metric), (value, ease) in cast.items()]
    shuffled = random.sample(in_order, len(in_order))
    assert table(scored(*in_order)) == table(scored(*shuffled))


@given(st.integers(1, 5), st.integers(1, 5), st.integers(2, 4))
def test_people_who_agree_give_their_own_score(value: int, ease: int, voters: int) -> None:
    who = [id for id, role in PEOPLE.items() if role in (Role.CLIENT, Role.CONSULTANT)][:voters]
    session = scored(*((id, "delay", value, ease) for id in who))
    assert table(session)[0] == ("delay", 1, value, ease, voters)
