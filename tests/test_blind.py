"""Nothing tells what people score before it is shown: neither a pane, nor a file, nor a line of the timeline.

The same workshop is lived several times, and only what is given in its second round differs. All that is drawn or
written of it must then be the same; once the round is shown it no longer is, so this would be seen. What a server
sends is watched by `browser/test_blind.py`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

import pytest

from impactlib import views
from impactlib.domain import events as e
from impactlib.domain.agenda import Role
from impactlib.domain.events import Entry, Event
from impactlib.domain.redaction import shown
from impactlib.domain.session_file import SessionFile
from impactlib.domain.summary import Outline
from impactlib.domain.timeline import timeline
from impactlib.export import render, shared
from impactlib.rooms.replay import build, told
from impactlib.views import Eye, metrics, screen
from impactlib.views.render import environment
from tests.conftest import Room
from tests.test_views import fragments

VIEWS = [
    view
    for module in iter_modules(views.__path__)
    if hasattr(view := import_module(f"{views.__name__}.{module.name}"), "PANE")
]
TOLD = {
    *(f"{view} {role}" for view in ("metrics", "learnings", "summary") for role in Role),
    *("summary.md", "summary.html", "metrics.csv", "session.ipynb", "shared.ipynb", "shared.json", "replay"),
}
"""The paths and parts that tell of a round once it is shown; the last step tells the place and the product of each
metric."""


Given = tuple[tuple[int, int] | None, tuple[int, int] | None]
"""The value and the ease that Marc and Inès give one metric in the second round, and the opposite of the other metric;
None if they abstain from both."""

ONE_WAY: Given = ((5, 1), (1, 5))
SWAPPED: Given = ((1, 5), (5, 1))
ABSTAINING: Given = (None, (1, 1))


def scored(file: SessionFile, given: Given, *after: Event) -> SessionFile:
    """That workshop with a second round of scores, open unless something came after."""
    delay, visits = (metric.id for metric in file.fold().notes_of("metric"))
    happened: list[tuple[str, Event]] = [("person-facilitator", e.RoundOpened("second", f"{delay} {visits}"))]
    for who, score in zip(("person-client", "person-consultant"), given, strict=True):
        for metric, axes in ((delay, score), (visits, score and (6 - score[0], 6 - score[1]))):
            one = e.MetricScored(metric, *axes, "second") if axes else e.MetricAbstained(metric, "second")
            happened.append((who, one))
    happened += [("person-facilitator", event) for event in after]
    last = file.entries[-1]
    more = (
        Entry(last.origin, last.seq + n, f"later-{n}", last.at + n, who, "", event)
        for n, (who, event) in enumerate(happened, 1)
    )
    return replace(file, entries=(*file.entries, *more))


def everything(file: SessionFile) -> dict[str, str]:
    """All that anybody can see or take away of a workshop, but for what the data folder alone gives."""
    session, words = file.fold(), environment("fr")
    reduced = shared(file, words, ())
    files = {
        "summary.md": (file, "summary", "md"),
        "summary.html": (file, "summary", "html"),
        "metrics.csv": (file, "metrics", "csv"),
        "session.ipynb": (shown(file), "session", "ipynb"),
        "shared.ipynb": (reduced, "session", "ipynb"),
        "shared.json": (reduced, "session", "json"),
    }
    return {
        **{
            f"{view.PANE.name} {role}": str(fragments(session, Eye(role, "fr", 3e9), (view,)))
            for view in VIEWS
            for role in Role
        },
        **{name: render(*of, words).decode() for name, of in files.items()},
        "timeline": str(timeline(file)),
        "replay": json.dumps(told(build(file, "fr"), "fr")),
    }


def differing(one: dict[str, str], other: dict[str, str]) -> set[str]:
    assert one.keys() == other.keys()
    return {name for name in one if one[name] != other[name]}


def test_scores_of_an_open_round_change_nothing_that_others_have(lived: Room) -> None:
    file = lived.store.to_file()
    one, *others = (everything(scored(file, given)) for given in (ONE_WAY, SWAPPED, ABSTAINING))
    assert [differing(one, other) for other in others] == [set(), set()]


def test_a_shown_round_changes_everything_that_tells_of_scores(lived: Room) -> None:
    file, end = lived.store.to_file(), e.RoundShown("second")
    one, swapped, abstaining = (everything(scored(file, given, end)) for given in (ONE_WAY, SWAPPED, ABSTAINING))
    assert differing(one, abstaining) == TOLD
    # Who gave what moves no median: it is where people differ that tells.
    assert differing(one, swapped) == {name for name in TOLD if name != "metrics.csv" and "learnings" not in name}


def test_the_rooms_screen_says_nothing_of_an_open_round_and_all_once_it_is_shown(room: Room) -> None:
    room.ask(Role.FACILITATOR, do="start", step="recommendations")
    for text in ("Délai", "Visites"):
        room.ask(Role.CLIENT, do="write", kind="metric", text=text)
    file = room.store.to_file()

    def wall(given: Given, *after: Event) -> dict[str, str]:
        return fragments(scored(file, given, *after).fold(), Eye(Role.OBSERVER, "fr", 3e9), (screen,))

    assert wall(ONE_WAY) == wall(SWAPPED) == wall(ABSTAINING)
    assert "Tout le monde a fini" in wall(ONE_WAY)["screen-subject/"]
    end = e.RoundShown("second")
    assert wall(ONE_WAY, end) != wall(ABSTAINING, end)


@pytest.mark.parametrize("role", Role)
def test_while_the_first_round_is_open_nothing_is_ranked_counted_or_said_to_be_disputed(room: Room, role: Role) -> None:
    delay, visits = (room.ask(Role.CLIENT, do="write", kind="metric", text=text) for text in ("Délai", "Visites"))

    def told() -> tuple[set[str], bool, list[str]]:
        drawn = fragments(room.session, Eye(role, "en"), (metrics,))
        ordered = {id for id, html in drawn.items() if id.startswith(("ranking", "solidity")) and html}
        return ordered, "scored it" in "".join(drawn.values()), [topic.metric for topic in Outline(room.session).topics]

    for metric, before in ((delay, (set(), False, [])), (visits, ({"ranking/", "solidity/"}, True, [delay]))):
        round = room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
        for who, score in ((Role.CLIENT, 5), (Role.CONSULTANT, 1)):
            room.ask(who, do="score", metric=metric, value=score, ease=6 - score)
        assert told() == before
        room.ask(Role.FACILITATOR, do="show_round", round=round)
    assert told() == ({"ranking/", "solidity/"}, True, [delay, visits])
