"""What the simulation of many servers gives: the case that was measured, and what must hold of any."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from tests.bench.simulation import Arrangement, Needs, recorded, simulate

COSTS, LOADED, _ = recorded()
CORES = 2
"""Of the machine on which it was measured."""


def needs(servers: int, workshops: int, **named: float) -> Needs:
    return simulate(COSTS, Arrangement(servers, workshops, **named))  # type: ignore[arg-type]


def test_two_servers_as_they_were_measured_come_out_within_a_fifth() -> None:
    foreign = LOADED["foreign_share"]
    found = needs(2, 50, on=2, cores=CORES, shared=True, foreign=foreign, seconds=60)
    simulated = {
        "across_ms": found.median,
        "server_share": found.server,
        "database_share": found.database,
        "statements": found.statements,
        "syncs": found.syncs,
        "server_mb": found.server_mb,
    }
    assert simulated == {name: pytest.approx(LOADED[name], rel=0.2) for name in simulated}


def test_the_load_grows_with_the_workshops_until_a_server_has_no_more_to_give() -> None:
    one, two, four = (needs(4, many, cores=8) for many in (100, 200, 400))
    for before, after in ((one, two), (two, four)):
        rest = COSTS.server_rest
        assert after.server - rest == pytest.approx(2 * (before.server - rest), rel=0.05)
        assert after.statements - 4 * COSTS.server_statements == pytest.approx(
            2 * (before.statements - 4 * COSTS.server_statements), rel=0.05
        )
    full = needs(4, 4_000, cores=8, seconds=10)
    assert 0.9 < full.server <= 1.05
    assert full.median > 10 * four.median


@settings(max_examples=25, deadline=None)
@given(
    servers=st.integers(1, 5),
    workshops=st.integers(0, 40),
    people=st.integers(1, 20),
    on=st.integers(1, 3),
    rate=st.sampled_from([0.0, 0.1, 1.0, 20.0]),
    shared=st.booleans(),
    seed=st.integers(0, 9),
)
def test_each_gesture_is_shown_once_by_each_server_that_has_its_workshop_however_full_they_are(
    servers: int, workshops: int, people: int, on: int, rate: float, shared: bool, seed: int
) -> None:
    asked = Arrangement(servers, workshops, people, rate, on, cores=2, shared=shared, seconds=3, seed=seed)
    found = simulate(COSTS, asked)
    assert found.delivered == found.asked * min(on, servers)
    assert found.asked == pytest.approx(workshops * rate * 3, abs=workshops)
    assert simulate(COSTS, asked) == found


def test_each_further_server_hears_all_and_the_database_tells_it_all() -> None:
    few, many = (needs(servers, 400, cores=16) for servers in (4, 40))
    told = few.asked / 30
    assert many.database - few.database == pytest.approx(36 * told * COSTS.notify_pg, rel=0.05)
    # A tenth of the workshops is a tenth of the work, but for what each server hears.
    work = (few.server - COSTS.server_rest) - told * COSTS.hear
    assert many.server == pytest.approx(COSTS.server_rest + work / 10 + told * COSTS.hear, rel=0.05)


def test_commits_that_notify_wait_for_each_other_whatever_the_cores() -> None:
    slow = replace(COSTS, commit=0.01)
    calm, full = (simulate(slow, Arrangement(8, many, cores=64, seconds=10)) for many in (200, 800))
    assert calm.notifying == pytest.approx(0.4, rel=0.1)
    assert calm.median < 1_000 < full.median
