"""A session carried in a notebook: nothing is lost on the way, and nothing is taken from a file that is not whole."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, strategies as st

from impactlib.domain import events as e
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import load_text
from impactlib.domain.events import Entry, order
from impactlib.domain.fold import history
from impactlib.domain.kinds import KINDS
from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import FORMAT, LARGEST, SessionFile, read, to_metadata
from impactlib.domain.text import fit
from impactlib.export import render, shared
from impactlib.rooms.replay import build
from impactlib.storage.folder import journal_path
from impactlib.storage.journal import JournalError
from impactlib.storage.session_store import SessionStore, create_session, import_session, open_store
from impactlib.views.render import environment
from tests.conftest import Room, Time, examples, fewer

Arrive = Callable[[SessionFile], tuple[SessionStore, int]]
SESSIONS = Path(__file__).parent / "sessions"
AGENDA = (Path(__file__).parent.parent / "templates/agendas/atelier-impact.toml").read_text(encoding="utf-8")
OPENED = e.SessionOpened("Colis Solidaire", AGENDA)


def notebook(file: SessionFile) -> bytes:
    """The least notebook that carries a session."""
    return json.dumps({"cells": [], "metadata": {"impact": to_metadata(file)}, "nbformat": 4}).encode()


def changed(content: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A notebook whose part of the kit was changed by hand."""
    whole = json.loads(content)
    change(whole["metadata"]["impact"])
    return json.dumps(whole).encode()


@pytest.fixture
def file(lived: Room) -> SessionFile:
    return lived.store.to_file()


@pytest.fixture
def arrive(tmp_path: Path, time: Time) -> Arrive:
    """Import a file on another server, at the time of this one."""
    return lambda file: import_session(tmp_path / "there", file, clock=time)


@pytest.fixture
def content(file: SessionFile) -> bytes:
    return render(file, "session", "ipynb", environment("fr"))


# Journals of any kind --------------------------------------------------------------------------------

IDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(fit)
NOTES = st.sampled_from(["n1", "n2", "n3", "n4"])
PEOPLE = st.sampled_from(["p1", "p2", "p3"])
ROUNDS = st.sampled_from(["r1", "r2"])
STEPS = st.sampled_from(["tour", "problem", "questions", "recommendations", "learnings", "elsewhere"])
EVENTS = st.one_of(
    st.builds(e.PersonJoined, PEOPLE, TEXTS, st.sampled_from([*Role, "witness"])),
    st.builds(e.PersonCorrected, PEOPLE, TEXTS, st.sampled_from([*Role])),
    st.builds(e.PersonShownOut, PEOPLE),
    st.builds(e.StepStarted, STEPS),
    st.just(e.ClockPaused()),
    st.just(e.ClockResumed()),
    st.builds(e.TimeAdded, st.just(60.0)),
    st.builds(e.EndKept, st.booleans()),
    st.just(e.SessionEnded()),
    st.builds(e.NoteWritten, NOTES, st.sampled_from(sorted(KINDS)), TEXTS, st.one_of(st.just(""), NOTES)),
    st.builds(e.NoteEdited, NOTES, TEXTS),
    st.builds(e.NoteWithdrawn, NOTES),
    st.builds(e.NoteRestored, NOTES),
    st.builds(e.DetailSet, NOTES, st.sampled_from(["unit", "owner", "baseline"]), TEXTS),
    st.builds(e.RoundOpened, ROUNDS, st.lists(NOTES, max_size=3).map(" ".join)),
    st.builds(e.RoundShown, ROUNDS),
    st.builds(e.ChoiceOpened, ROUNDS),
    st.builds(e.MetricScored, NOTES, *[st.none() | st.integers(1, 5)] * 2, st.just("") | ROUNDS),
    st.builds(e.MetricAbstained, NOTES, st.just("") | ROUNDS),
    st.builds(e.RankingShown, st.booleans()),
    st.builds(e.MetricKept, NOTES, st.booleans()),
    st.builds(e.Unknown, st.just("Tomorrows"), st.just('{"a": [1.5, "é"]}')),
)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """One session continued in up to three journals."""
    made = [Entry("home", 1, "open-home", 1000.0, "", "", OPENED)]
    numbers = {"home": 1}
    at = 1000.0
    for number in range(draw(st.integers(0, 25))):
        at += draw(st.floats(0, 600, allow_nan=False))
        origin = draw(st.sampled_from(["home", "home.a1", "home.b2"]))
        numbers[origin] = numbers.get(origin, 0) + 1
        rest = draw(st.sampled_from(["", '{"mood": "é"}']))
        event, by = draw(EVENTS), draw(PEOPLE)
        behalf = draw(st.one_of(st.just(""), PEOPLE))
        made.append(Entry(origin, numbers[origin], f"g{number}", at, by, behalf, event, rest))
    return made


@given(entries())
def test_any_journal_comes_back_from_a_session_notebook_as_it_went(made: list[Entry]) -> None:
    file = SessionFile("home", tuple(made))
    assert read(notebook(file)) == file


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries(), st.data())
def test_any_order_and_repetition_of_merges_gives_the_same_state(
    tmp_path_factory: pytest.TempPathFactory, made: list[Entry], data: st.DataObject
) -> None:
    first = made[:1]
    parts = [
        SessionFile("home", tuple(first + data.draw(st.lists(st.sampled_from(made), unique=True)))) for _ in range(3)
    ]
    known = {entry.id: entry for part in parts for entry in part.entries}
    expected = history(sorted(known.values(), key=order))
    folder = tmp_path_factory.mktemp("merged")
    for part in [parts[0], *data.draw(st.permutations([*parts, *parts]))]:
        store, _ = import_session(folder, part)
        store.journal.close()
    store = open_store(folder, "home")
    order_free = {id: (n.kind, n.text, n.withdrawn, n.version, n.details) for id, n in store.session.notes.items()}
    assert order_free == {id: (n.kind, n.text, n.withdrawn, n.version, n.details) for id, n in expected.notes.items()}
    assert store.session == expected
    store.journal.close()


def test_a_lived_session_comes_back_from_its_notebook_word_for_word(file: SessionFile, content: bytes) -> None:
    back = read(content)
    assert back == file
    assert back.fold() == file.fold()


def test_a_viewer_that_saves_the_notebook_again_changes_nothing(file: SessionFile, content: bytes) -> None:
    nothing_else = json.dumps(json.loads(content), indent=3, sort_keys=True, ensure_ascii=True).encode()
    assert read(nothing_else) == file


# Going on elsewhere ----------------------------------------------------------------------------------


def test_the_session_goes_on_where_it_was_imported(file: SessionFile, arrive: Arrive) -> None:
    store, added = arrive(file)
    assert added == len(file.entries)
    again, nothing = arrive(file)
    assert nothing == 0
    again.journal.close()
    assert store.session == file.fold()
    store.ask(asking("new", Role.CLIENT), {"id": "join-elsewhere", "do": "join", "name": "Marc"})
    note = {"id": "note-elsewhere", "do": "write", "kind": "learning", "text": "Plus tard"}
    store.ask(asking("new", Role.CLIENT), note)
    assert store.session.notes["note-elsewhere"].text == "Plus tard"
    assert store.journal.read()[-1].origin != file.entries[-1].origin
    store.journal.close()


def test_entries_of_two_places_are_merged_in_the_order_of_their_times(lived: Room, arrive: Arrive) -> None:
    there, _ = arrive(lived.store.to_file())
    there.ask(asking("new", Role.CLIENT), {"id": "join-elsewhere", "do": "join", "name": "Marc"})
    there.ask(asking("new", Role.CLIENT), {"id": "note-elsewhere", "do": "write", "kind": "learning", "text": "Là-bas"})
    here = lived.ask(Role.CLIENT, do="write", kind="learning", text="Ici")
    assert lived.store.merge(there.to_file()) == 2
    assert there.merge(lived.store.to_file()) == 1
    assert lived.session == there.session
    texts = [note.text for note in lived.session.notes_of("learning")]
    assert {"Ici", "Là-bas"} <= set(texts)
    assert here in there.session.notes
    there.journal.close()


@pytest.mark.parametrize("turns", [("here", "there"), ("there", "here")])
def test_of_two_rounds_opened_apart_each_keeps_what_it_was_given_and_can_be_shown(
    room: Room, arrive: Arrive, time: Time, turns: tuple[str, str]
) -> None:
    delay, visits = (room.ask(Role.CLIENT, do="write", kind="metric", text=text) for text in ("Délai", "Visites"))
    away, _ = arrive(room.store.to_file())
    stores = {"here": room.store, "there": away}

    def ask(place: str, role: Role, **gesture: Any) -> None:
        time.advance(1)
        id = "-".join([place, *map(str, gesture.values())]).replace(" ", "-")
        stores[place].ask(asking(f"person-{role}", role), {"id": id, **gesture})

    for place in turns:
        ask(place, Role.FACILITATOR, do="open_round", metrics={"here": delay, "there": f"{delay} {visits}"}[place])
    for place in turns:
        ask(place, Role.CLIENT, do="score", metric=delay, value={"here": 2, "there": 5}[place], ease=1)
    ask("there", Role.CONSULTANT, do="score", metric=visits, value=4, ease=4)
    away.merge(room.store.to_file())
    room.store.merge(away.to_file())

    def told() -> list[tuple[bool, dict[tuple[str, str], int | None]]]:
        assert room.session == away.session
        rounds = room.session.rounds
        return [(round.shown, {of: score.value for of, score in round.scores.items()}) for round in rounds]

    theirs = {(delay, "person-client"): 5, (visits, "person-consultant"): 4}
    older, newer = ({"here": {(delay, "person-client"): 2}, "there": theirs}[place] for place in turns)
    assert told() == [(False, older), (False, newer)]
    # Each is shown where it was not opened, the older first.
    for number, shown in ((0, [(True, older), (False, newer)]), (1, [(True, older), (True, newer)])):
        place, other = turns[number], turns[1 - number]
        ask(other, Role.FACILITATOR, do="show_round", round=room.session.rounds[number].id)
        stores[place].merge(stores[other].to_file())
        assert told() == shown
    away.journal.close()


def test_two_who_prepared_apart_merge_into_one_workshop(tmp_path: Path) -> None:
    drafts = []
    for who in ("Ada", "Inès"):
        store = create_session(tmp_path / who, f"Colis Solidaire de {who}")
        store.ask(asking(who, Role.CLIENT), {"id": f"join-{who.encode().hex()}", "do": "join", "name": who})
        draft = {"id": f"draft-of-{who.encode().hex()}", "do": "draft", "statement": f"Ce que croit {who}"}
        store.ask(asking(who, Role.CLIENT), draft)
        drafts.append(store)
    ours, theirs = drafts
    merged, added = import_session(tmp_path / "Ada", theirs.to_file(), into=ours.journal.session)
    assert added == 3
    session = merged.session
    assert [note.text for note in session.notes_of("hypothesis")] == ["Ce que croit Ada", "Ce que croit Inès"]
    assert (session.id, session.team) == (ours.journal.session, "Colis Solidaire de Ada")
    for store in (*drafts, merged):
        store.journal.close()


def test_a_workshop_stays_what_it_was_opened_as_when_an_older_draft_comes_in(tmp_path: Path) -> None:
    draft = create_session(tmp_path / "draft", "prep", lang="en", zone="America/Martinique")
    draft.ask(asking("ada", Role.CLIENT), {"id": "join-ada", "do": "join", "name": "Ada"})
    draft.ask(asking("ada", Role.CLIENT), {"id": "draft-of-ada", "do": "draft", "statement": "Ce que croit Ada"})
    opened: dict[str, Any] = {
        "agenda": "reformulation",
        "starts_at": 1_900_000_000.0,
        "video": "https://visio.example/colis",
    }
    opened |= {"zone": "Indian/Reunion"}
    room = create_session(tmp_path / "room", "Colis Solidaire", **opened)
    room.ask(asking("lou", Role.FACILITATOR), {"id": "join-lou", "do": "join", "name": "Lou"})
    room.ask(asking("lou", Role.FACILITATOR), {"id": "start-now", "do": "start", "step": room.session.steps[0].id})
    merged, _ = import_session(tmp_path / "room", draft.to_file(), into=room.journal.session)
    room.catch_up()
    for session in (merged.session, room.session, merged.to_file().fold(), read(notebook(merged.to_file())).fold()):
        assert (session.team, session.lang, session.video) == ("Colis Solidaire", "fr", "https://visio.example/colis")
        assert session.agenda and session.agenda.name == "reformulation" and session.zone == "Indian/Reunion"
        assert session.clock.scheduled == 1_900_000_000.0 and session.step == session.steps[0]
        assert [note.text for note in session.notes_of("hypothesis")] == ["Ce que croit Ada"]
    reduced = shared(merged.to_file(), environment("fr"), ()).fold()
    assert (reduced.team, reduced.agenda) == ("Colis Solidaire", merged.session.agenda)
    assert reduced.zone == "Indian/Reunion"
    for store in (draft, room, merged):
        store.journal.close()


@pytest.mark.parametrize("agenda", ["follow-up", "atelier-impact"])
def test_a_workshop_that_takes_in_an_hour_that_is_over_begins_its_own_with_what_was_decided(
    lived: Room, time: Time, agenda: str
) -> None:
    before, opened = lived.session, e.SessionOpened("Colis Solidaire", load_text(agenda)[0])
    assert before.ended and before.notes_of("action") and before.kept
    later = [Entry("later", 1, "open-later", time() + 86_400, "", "", opened)]
    session = SessionFile("later", (*lived.entries, *later)).fold()
    assert session.agenda and session.agenda.name == agenda
    assert session.step is None and not session.ended and session.following == session.steps[0]
    assert session.notes_of("action") == before.notes_of("action")
    assert session.kept_metrics() == before.kept_metrics()
    later.append(Entry("later", 2, "start-later", time() + 86_500, "lou", "", e.StepStarted(session.steps[0].id)))
    file = SessionFile("later", (*lived.entries, *later))
    assert file.fold().step == session.steps[0] and file.fold().clock.spent == {}
    for lang in LANGUAGES:
        assert build(file, lang).steps[-1].id == session.steps[0].id


def test_an_hour_that_is_not_over_goes_on_in_a_workshop_that_has_its_step_and_in_no_other(lived: Room) -> None:
    begun = [entry for entry in lived.entries if not isinstance(entry.event, e.SessionEnded)]
    at = begun[-1].at + 1
    for agenda, step in (("atelier-impact", lived.session.clock.step), ("follow-up", None)):
        opened = Entry("later", 1, "open-later", at, "", "", e.SessionOpened("Colis", load_text(agenda)[0]))
        session = SessionFile("later", (*begun, opened)).fold()
        assert session.clock.step == step and session.scored_before == (step is None)


def test_an_hour_that_ends_elsewhere_does_not_end_a_workshop_that_has_not_begun(lived: Room) -> None:
    opened = Entry("early", 1, "open-early", 1.0, "", "", e.SessionOpened("Colis", load_text("follow-up")[0]))
    session = SessionFile("early", (opened, *lived.entries)).fold()
    assert session.notes_of("action") and session.step is None and not session.ended
    ended = Entry("early.a1", 1, "end-early", lived.entries[-1].at + 1, "lou", "", e.SessionEnded())
    assert SessionFile("early", (opened, *lived.entries, ended)).fold().ended


def asking(person: str, role: Role) -> Any:
    from impactlib.gestures import Asking

    return Asking(person, role)


# Files that are not whole ----------------------------------------------------------------------------


def deep(content: bytes) -> bytes:
    return content.replace(b'"cells": [', b'"cells": [' + b"[" * 2000 + b"]" * 2000 + b",", 1)


BAD: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda c: b"",
    "no notebook": lambda c: b"PK\x03\x04 some archive",
    "another JSON": lambda c: b'["cells"]',
    "a notebook of something else": lambda c: b'{"cells": [], "metadata": {}, "nbformat": 4}',
    "another kit's metadata": lambda c: b'{"cells": [], "metadata": {"impact": {"version": 3}}, "nbformat": 4}',
    "metadata that is a list": lambda c: b'{"cells": [], "metadata": [], "nbformat": 4}',
    "half of it": lambda c: c[: len(c) // 2],
    "10 MB": lambda c: c + b" " * 10_000_000,
    "depth 2,000": deep,
    "NaN": lambda c: c.replace(b'"nbformat": 4', b'"nbformat": NaN', 1),
    "Infinity": lambda c: c.replace(b'"format": 1', b'"format": Infinity', 1),
    "UTF-16": lambda c: c.decode().encode("utf-16"),
    "a line less": lambda c: changed(c, lambda i: i["journal"].pop()),
    "a line changed": lambda c: changed(c, lambda i: i["journal"].__setitem__(3, i["journal"][3].replace("e", "f", 1))),
    "lines swapped": lambda c: changed(c, lambda i: i["journal"].reverse()),
    "lines that are no text": lambda c: changed(c, lambda i: i.update(journal=[1, 2])),
    "no digest": lambda c: changed(c, lambda i: i.pop("sha256")),
    "a session's name that is a path": lambda c: changed(c, lambda i: i.update(session="../../etc/passwd")),
    "a format that is no number": lambda c: changed(c, lambda i: i.update(format="1")),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_whole_is_refused_in_a_sentence(name: str, content: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read(BAD[name](content))
    assert caught.value.code == "file"
    assert str(caught.value).endswith(".")


def signed(file: SessionFile, change: Callable[[dict[str, Any]], object], line: int = 0) -> bytes:
    """A notebook whose journal was forged by somebody who can compute a digest."""
    import hashlib

    def forge(impact: dict[str, Any]) -> None:
        said = json.loads(impact["journal"][line])
        change(said)
        impact["journal"][line] = json.dumps(said)
        impact["sha256"] = hashlib.sha256("\n".join(impact["journal"]).encode()).hexdigest()

    return changed(notebook(file), forge)


def opened(**more: Any) -> Callable[[dict[str, Any]], None]:
    return lambda said: said.update(data=json.dumps({"team": "T", "agenda": AGENDA, **more}))


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a field less": lambda said: said.pop("by"),
    "a number that is text": lambda said: said.update(seq="1"),
    "a number that is true": lambda said: said.update(seq=True),
    "a time that is text": lambda said: said.update(at="now"),
    "a time before 1970": lambda said: said.update(at=-5),
    "an id that is markup": lambda said: said.update(id='"><script>'),
    "no opening": lambda said: said.update(event="ClockPaused", data="{}"),
    "a language that is not there": opened(lang="xx"),
    "a video that is a script": opened(video="javascript:alert(1)"),
    "an agenda that cannot be used": opened(agenda="[[steps]]"),
    "an hour after the last of days": opened(starts_at=1e300),
    "an hour before the first": opened(starts_at=-1e15),
    "a time of four hundred digits": lambda said: said.update(at=10**400),
    "a number that is none": lambda said: said.update(event="TimeAdded", data='{"seconds": 1e999}'),
    "half a character": lambda said: said.update(by="\ud800"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_journal_is_refused(name: str, file: SessionFile) -> None:
    with pytest.raises(Refusal):
        read(signed(file, FORGED[name]))


LAST: dict[str, tuple[str, str, bool]] = {
    "a number that is none": ("TimeAdded", '{"seconds": 1e999}', False),
    "a number of four hundred digits": ("TimeAdded", '{"seconds": 1' + "0" * 400 + "}", False),
    "half a character": ("NoteEdited", '{"note": "n", "text": "\\ud800"}', False),
    "a number that is text": ("TimeAdded", '{"seconds": "60"}', False),
    "a field less": ("NoteEdited", '{"note": "n"}', False),
    "no object": ("StepStarted", '"tour"', False),
    "no JSON": ("StepStarted", "{", False),
    "a newer kit's field": ("StepStarted", '{"step": "tour", "room": "b"}', True),
    "a newer kit's event": ("VideoStarted", '{"at": 5}', True),
    "an event that was emptied": ("StepStarted", "", True),
}


@pytest.mark.parametrize(("event", "data", "kept"), LAST.values(), ids=LAST)
def test_a_known_event_of_other_fields_is_refused_by_its_number_and_a_newer_one_kept(
    file: SessionFile, event: str, data: str, kept: bool
) -> None:
    at = len(file.entries) - 1
    content = signed(file, lambda said: said.update(event=event, data=data), line=at)
    if kept:
        assert read(content).entries == (
            *file.entries[:at],
            msgspec.structs.replace(file.entries[at], event=e.Unknown(event, data)),
        )
        return
    with pytest.raises(Refusal, match=rf"Event {at + 1} .*\({event}\) cannot be read\. Nothing was taken") as caught:
        read(content)
    assert caught.value.code == "file"


def test_a_file_of_the_future_is_not_imported(file: SessionFile, arrive: Arrive, tmp_path: Path) -> None:
    late = read(signed(file, lambda said: said.update(at=9e9), line=len(file.entries) - 1))
    with pytest.raises(Refusal):
        arrive(late)
    assert not journal_path(tmp_path / "there", late.session).exists()


def test_a_thousand_cuts_and_a_thousand_changed_bytes_import_all_or_nothing(file: SessionFile, content: bytes) -> None:
    chance = random.Random(20260101)
    wholes, tries = 0, fewer(2000)
    for number in range(tries):
        at = chance.randrange(len(content))
        if number % 2:
            tampered = content[:at]
        else:
            tampered = content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
        try:
            assert read(tampered).entries == file.entries
            wholes += 1  # the change was in the prose or the picture, which nothing reads
        except Refusal:
            pass
    # The picture and the prose are most of the file: a byte changed there harms nothing.
    assert 0 < wholes < tries // 2


def test_an_import_that_fails_half_way_writes_nothing(file: SessionFile, arrive: Arrive) -> None:
    there, _ = arrive(SessionFile("elsewhere", file.entries[:5]))
    before = there.journal.read()
    # The file's last row cannot be written: its author is nobody, which only the database sees.
    last = Entry("x", 1, "last", 0.0, None, "", e.ClockPaused())  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        there.merge(SessionFile("elsewhere", (*file.entries, last)))
    assert there.journal.read() == before
    there.journal.close()


def test_the_largest_file_that_is_taken_is_taken(content: bytes) -> None:
    assert read(content + b" " * (LARGEST - len(content)))
    with pytest.raises(Refusal):
        read(content + b" " * (LARGEST - len(content) + 1))


# Newer kits ------------------------------------------------------------------------------------------


def newer(file: SessionFile) -> SessionFile:
    """The file as a kit of some later year may write it."""
    weighed = e.Unknown("VotesWeighed", '{"by": 2}')
    more = Entry("home", 999, "later", file.entries[-1].at, "p", "", weighed, '{"via": "x"}')
    return SessionFile(file.session, (*file.entries, more), FORMAT + 1, '{"signed": {"by": "somebody"}}')


def test_a_newer_file_opens_to_be_read_and_keeps_what_is_not_known(file: SessionFile, arrive: Arrive) -> None:
    late = newer(file)
    back = read(notebook(late))
    assert back == late
    store, _ = arrive(back)
    assert store.session.team == "Colis Solidaire"
    with pytest.raises(Refusal):
        store.ask(asking("new", Role.CLIENT), {"id": "join-elsewhere", "do": "join", "name": "Marc"})
    assert store.to_file() == late
    store.journal.close()
    reopened, nothing = arrive(back)
    assert (reopened.to_file(), nothing) == (late, 0)
    with pytest.raises(Refusal):
        reopened.merge(SessionFile(file.session, (Entry("x", 1, "more", 0.0, "p", "", e.ClockPaused()),)))
    reopened.journal.close()


def test_a_newer_file_is_not_merged_into_a_workshop_of_ours(lived: Room) -> None:
    before = lived.entries
    with pytest.raises(Refusal):
        lived.store.merge(newer(lived.store.to_file()))
    assert lived.entries == before


def test_a_file_is_merged_into_an_existing_workshop_only(file: SessionFile, tmp_path: Path) -> None:
    with pytest.raises(JournalError):
        import_session(tmp_path, file, into="nowhere")
    with pytest.raises(JournalError):
        import_session(tmp_path, file, into="../else")


# Kept as they were written ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SESSIONS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_session_notebook_of_former_days_still_opens(path: Path, tmp_path: Path) -> None:
    from impactlib.export.session_json import session_json

    file = read(path.read_bytes())
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    state = json.loads(session_json(file.fold()))
    assert within(expected, state)
    store, added = import_session(tmp_path, file)
    assert added == len(file.entries)
    store.journal.close()


def test_a_journal_of_former_days_opens_unchanged_and_goes_on(tmp_path: Path) -> None:
    """Written when each role had a kernel: it has no digests, and says of no link when it was renewed."""
    former = SESSIONS / "one-kernel-a-role.journal"
    file = read(former.with_suffix(".ipynb").read_bytes())
    path = journal_path(tmp_path, file.session)
    path.parent.mkdir(parents=True)
    shutil.copy(former, path)
    store = open_store(tmp_path, file.session)
    assert store.journal.read() == list(file.entries)
    assert store.session == file.fold()
    [entry] = store.ask(asking("new", Role.CLIENT), {"id": "join-later-1", "do": "join", "name": "Marc"})
    assert entry.at >= file.entries[-1].at and store.journal.read() == [*file.entries, entry]
    store.journal.close()


def within(former: Any, now: Any) -> bool:
    """Whether we still say all that was said in former days; what we say besides was not known then."""
    if isinstance(former, dict):
        return isinstance(now, dict) and all(key in now and within(value, now[key]) for key, value in former.items())
    if isinstance(former, list):
        return isinstance(now, list) and len(former) == len(now) and all(map(within, former, now))
    return bool(former == now)


def test_there_are_session_notebooks_of_former_days() -> None:
    assert len(list(SESSIONS.glob("*.ipynb"))) >= 3


def test_time_goes_on_after_an_import(file: SessionFile, arrive: Arrive) -> None:
    store, _ = arrive(file)
    store.ask(asking("new", Role.CLIENT), {"id": "join-elsewhere", "do": "join", "name": "Marc"})
    assert store.journal.read()[-1].at >= max(entry.at for entry in file.entries)
    store.journal.close()
