"""Fixtures that all tests share: a workshop in a temporary folder, and people who come in."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import settings
from msgspec import structs

import impactlib.server  # noqa: F401 - before any jsonschema, which then loads in no time
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.events import Entry
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.gestures import Asking
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from impactlib.storage.journal import Journal
from impactlib.storage.session_store import SessionStore, create_session
from impactlib.views.panes import PANES
from impactlib.views.parts import Eye
from tests.answering import answering

if TYPE_CHECKING:
    from tests.harness import Server
    from tests.postgres import Cluster

T = TypeVar("T")

# Tests keep much that stays: looking through it for garbage as often as Python does takes a twelfth of their time.
gc.set_threshold(200_000, 20, 100)
gc.disable()  # until all is imported

LEVELS = ("process", "browser", "long", "system", "soak")
"""The marks of tests that may start a process."""

# A machine that is busy is not a failure; enough examples for a suite that runs at each change.
settings.register_profile("impact", deadline=None, max_examples=40)
settings.register_profile("check", deadline=None, max_examples=5)
PROFILE = os.environ.get("IMPACT_EXAMPLES", "impact")
settings.load_profile(PROFILE)


def pytest_collection_finish() -> None:
    """What was imported stays to the end: it is not looked through again for garbage."""
    gc.collect()
    gc.freeze()
    gc.enable()


_start: Callable[..., Any] = subprocess.Popen.__init__
_may_start = True


def pytest_runtest_setup(item: pytest.Item) -> None:
    global _may_start
    _may_start = any(item.get_closest_marker(level) for level in LEVELS)


def _start_where_marked(*args: Any, **options: Any) -> None:
    """A test of `make check` that starts a process is slower than it says."""
    if not _may_start:
        raise AssertionError("this test starts a process: mark it `process`")
    _start(*args, **options)


subprocess.Popen.__init__ = _start_where_marked  # type: ignore[method-assign]


def examples(number: int, **more: Any) -> settings:
    """The settings of a property that needs its own number of examples: a twelfth of them in `make check`."""
    return settings(max_examples=max(2, fewer(number)), deadline=None, **more)


def few(rows: Sequence[T]) -> Sequence[T]:
    """The rows of a long table: a sixth of them in `make check`."""
    return rows[::6] if PROFILE == "check" else rows


def fewer(number: int) -> int:
    """How often something is done: a twelfth of it in `make check`."""
    return number // 12 if PROFILE == "check" else number


EVERYBODY = [
    (role, lang)
    for (i, role), (j, lang) in product(enumerate(Role), enumerate(LANGUAGES))
    if PROFILE != "check" or i % 2 == j % 2
]
"""Each role in each language; in `make check` each role in one."""

NAMES = {Role.FACILITATOR: "Ada", Role.CLIENT: "Marc", Role.CONSULTANT: "Inès", Role.OBSERVER: "Lou"}


def agree(rows: Iterable[Any], agrees: Callable[..., None]) -> None:
    """Check every row of a table, a tuple or one value each, and fail with all those that disagree."""
    failures = []
    for row in rows:
        try:
            agrees(*row) if isinstance(row, tuple) else agrees(row)
        except (Exception, pytest.fail.Exception) as error:
            failures.append(f"{row!r}: {type(error).__name__}: {error}")
    if failures:
        raise AssertionError("\n\n".join([f"{len(failures)} rows disagree", *failures]))


def unshown(session: Session) -> Session:
    """The session as it was before any round of scores was shown."""
    return structs.replace(session, rounds=tuple(structs.replace(round, shown_at=None) for round in session.rounds))


def path_of(journal: Journal) -> Path:
    """The file of a journal that has one."""
    assert isinstance(journal, FileJournal)
    return journal.path


class Room:
    """A workshop with one person per role; `ask` is a gesture of one of them."""

    def __init__(self, store: SessionStore) -> None:
        self.store = store
        self.unled = False
        """Whether the facilitator is taken to be gone."""
        self._ids = itertools.count(store.seq)

    def ask(self, role: Role, /, **gesture: Any) -> str:
        """Ask as the person of that role; returns the gesture's id, which is also a new note's."""
        return self.ask_as(f"person-{role}", role, **gesture)

    def ask_as(self, person: str, door: Role, /, **gesture: Any) -> str:
        """Ask as anybody, who came through the door of that role's link."""
        id = f"gesture-{next(self._ids):04}"
        self.store.ask(self.asking(person, door), {"id": id, **gesture})
        return id

    def asking(self, person: str, door: Role) -> Asking:
        return Asking(person, door, self.unled)

    def refused(self, role: Role, /, **gesture: Any) -> Refusal:
        """Ask, be refused, and see that nothing was written."""
        before = self.entries
        with pytest.raises(Refusal) as caught:
            self.ask(role, **gesture)
        assert self.entries == before
        return caught.value

    @property
    def entries(self) -> list[Entry]:
        return self.store.journal.read()

    @property
    def session(self) -> Session:
        return self.store.session


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 2_000_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that only need workshops of their own: it starts once, and runs each notebook once."""
    from tests.harness import Server

    with Server(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL for all tests that need a database of their own."""
    from tests.postgres import Cluster

    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def tool() -> Iterator[str]:
    """The host of a tool, or of a registry, that answers."""
    with answering() as host:
        yield host


@pytest.fixture
def time() -> Time:
    return Time()


def copied(journal: Path, folder: Path, clock: Time) -> Iterator[Room]:
    """A workshop as another test left it, in a folder of one's own: opening one anew costs many commits."""
    path = journal_path(folder, journal.stem)
    path.parent.mkdir(parents=True)
    shutil.copy(journal, path)
    store = SessionStore(FileJournal(path, clock=clock))
    yield Room(store)
    store.journal.close()


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal of a workshop that four people have joined, at the time when `time` begins."""
    made = create_session(tmp_path_factory.mktemp("opened"), "Colis Solidaire")
    made.journal.close()
    store = SessionStore(FileJournal(path_of(made.journal), clock=Time()))
    for role, name in NAMES.items():
        Room(store).ask(role, do="join", name=name)
    store.journal.close()
    return path_of(store.journal)


@pytest.fixture
def room(opened: Path, tmp_path: Path, time: Time) -> Iterator[Room]:
    yield from copied(opened, tmp_path, time)


@pytest.fixture(scope="session")
def hour(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The journal of that workshop once its hour is over, and the time then."""
    folder, time = tmp_path_factory.mktemp("hour"), Time()
    for room in copied(opened, folder, time):
        live_the_hour(room, time)
    return journal_path(folder, opened.stem), time.now


@pytest.fixture
def lived(hour: tuple[Path, float], tmp_path: Path, time: Time) -> Iterator[Room]:
    """That workshop, once its hour is over."""
    journal, time.now = hour
    yield from copied(journal, tmp_path, time)


Ask = Callable[..., str]


def live_the_hour(room: Room, time: Time) -> None:
    """Everything that a workshop can hold, in order, an hour long."""
    for step in room.session.steps:
        room.ask(Role.FACILITATOR, do="start", step=step.id)
        _SAID[step.id](room)
        time.advance(step.seconds)
    room.ask(Role.FACILITATOR, do="end")


def _tour(room: Room) -> None:
    room.ask(Role.CONSULTANT, do="write", kind="expectation", text="Comprendre vos usagers")


def _problem(room: Room) -> None:
    room.ask(Role.CLIENT, do="write", kind="problem", text="Les familles attendent trois semaines")
    room.ask(Role.CLIENT, do="write", kind="audience", text="Les familles orientées en urgence")
    room.ask(Role.CLIENT, do="write", kind="goal", text="Un chiffre à suivre")


def _questions(room: Room) -> None:
    question = room.ask(Role.FACILITATOR, do="write", kind="question", text="Qui renonce ?", behalf="person-consultant")
    room.ask(Role.CLIENT, do="write", kind="answer", about=question, text="Nous ne le savons pas")
    room.ask(Role.CLIENT, do="write", kind="contract", text="Aidez-nous à mesurer le délai")


def _recommendations(room: Room) -> None:
    hypothesis = room.ask(
        Role.CLIENT, do="write", kind="hypothesis", text="L’inscription en mairie raccourcit l’attente"
    )
    room.ask(Role.CONSULTANT, do="write", kind="recommendation", about=hypothesis, text="Comparez deux départements")
    room.ask(Role.CONSULTANT, do="write", kind="recommendation", text="Publiez peu de chiffres")
    delay = room.ask(Role.CLIENT, do="write", kind="metric", about=hypothesis, text="Délai médian", quality="50")
    visits = room.ask(Role.CLIENT, do="write", kind="metric", text="Visites du site", quality="90")
    if room.session.round:
        room.ask(Role.FACILITATOR, do="show_round", round=room.session.round.id)
    round = room.ask(Role.FACILITATOR, do="open_round", metrics=f"{delay} {visits}")
    for role in (Role.CLIENT, Role.CONSULTANT):
        room.ask(role, do="score", metric=delay, value=5, ease=3)
        room.ask(role, do="score", metric=visits, value=1, ease=5)
    room.ask(Role.FACILITATOR, do="show_round", round=round)
    room.ask(Role.CLIENT, do="keep", metric=delay, kept="true")


def _learnings(room: Room) -> None:
    room.ask(Role.CLIENT, do="write", kind="learning", text="Le délai dit plus que les inscriptions")
    room.ask(Role.CLIENT, do="write", kind="action", text="Compter les abandons", owner="Marc", due="2026-12-07")


_SAID: dict[str, Callable[[Room], None]] = {
    "tour": _tour,
    "problem": _problem,
    "questions": _questions,
    "recommendations": _recommendations,
    "learnings": _learnings,
}


def observed(session: Session, at: float, lang: str = "fr") -> dict[str, dict[str, str]]:
    """All that a replay shows of a session at a moment, drawn at once: the fragments of each pane that a step opens."""
    eye = Eye(Role.OBSERVER, lang, at, present=frozenset(session.people))
    return {
        name: {id: str(html) for id, html in pane.fragments(session, eye).items() if html}
        if pane.opened(session) and (name != "summary" or session.ended)
        else {}
        for name, pane in PANES.items()
        if pane.replayed
    }
