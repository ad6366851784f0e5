"""The inventory of data: each metric says whether it can be computed."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, strategies as st

from impactlib.domain.agenda import Role
from impactlib.domain.inventory import needs, worst
from tests.conftest import Room

CLIENT = Role.CLIENT
ACCESSES = st.lists(st.sampled_from(["ours", "missing", "partner", ""]), max_size=5)


@pytest.fixture
def metric(room: Room) -> str:
    return room.ask(CLIENT, do="write", kind="metric", text="Délai médian")


def source(room: Room, text: str, metric: str = "", **details: str) -> str:
    id = room.ask(CLIENT, do="write", kind="source", text=text, **details)
    if metric:
        room.ask(CLIENT, do="tie", metric=metric, source=id, tied="true")
    return id


def state(room: Room) -> str:
    [need] = needs(room.session)
    return need.state


def test_a_metric_says_where_its_data_stand_as_its_sources_are_found(room: Room, metric: str) -> None:
    source(room, "Un registre que rien ne lie", access="ours")
    assert state(room) == "untied"
    requests = source(room, "Registre des demandes", metric)
    assert state(room) == "unsaid"
    room.ask(CLIENT, do="detail", note=requests, detail="access", value="ours")
    assert state(room) == "ours"
    source(room, "Date du premier colis", metric, access="missing")
    assert state(room) == "missing"
    town = source(room, "Registre des mairies", metric, access="partner")
    assert state(room) == "partner"
    room.ask(CLIENT, do="tie", metric=metric, source=town, tied="false")
    assert state(room) == "missing"


def test_a_source_that_was_withdrawn_is_no_source_until_it_is_put_back(room: Room, metric: str) -> None:
    requests = source(room, "Registre des demandes", metric, access="ours")
    room.ask(CLIENT, do="withdraw", note=requests)
    assert state(room) == "untied"
    room.ask(CLIENT, do="restore", note=requests)
    assert state(room) == "ours"


def test_a_metric_that_was_withdrawn_needs_nothing(room: Room, metric: str) -> None:
    room.ask(CLIENT, do="withdraw", note=metric)
    assert needs(room.session) == []


def test_sources_of_a_metric_come_in_their_own_order_and_tell_personal_data(room: Room, metric: str) -> None:
    first, second = (source(room, text) for text in ("Registre", "Enquête"))
    for id in (second, first):
        room.ask(CLIENT, do="tie", metric=metric, source=id, tied="true")
    [need] = needs(room.session)
    assert [note.text for note in need.sources] == ["Registre", "Enquête"]
    assert not need.personal
    room.ask(CLIENT, do="detail", note=second, detail="personal", value="yes")
    assert needs(room.session)[0].personal


@pytest.mark.parametrize(("first", "second"), list(product(["ours", "missing", "partner", ""], repeat=2)))
def test_the_worst_of_two_accesses_wins_and_nothing_is_promised_of_one_that_nobody_said(
    first: str, second: str
) -> None:
    both = {first, second}
    expected = next(
        state
        for state, holds in (
            ("partner", "partner" in both),
            ("unsaid", "" in both),
            ("missing", "missing" in both),
            ("ours", True),
        )
        if holds
    )
    assert worst([first, second]) == expected


@given(ACCESSES, ACCESSES)
def test_one_more_source_never_makes_a_metric_easier(accesses: list[str], more: list[str]) -> None:
    order = ["ours", "missing", "unsaid", "partner"]
    if accesses:
        assert order.index(worst(accesses + more)) >= order.index(worst(accesses))
    assert worst(accesses + more) == worst(more + accesses)


def test_each_metric_is_tied_to_its_own_sources(room: Room) -> None:
    made = [(room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {n}"), n) for n in range(4)]
    for id, n in made:
        source(room, f"Source {n}", id, access="ours")
    assert [[note.text for note in need.sources] for need in needs(room.session)] == [[f"Source {n}"] for _, n in made]
