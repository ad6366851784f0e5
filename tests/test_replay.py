"""An hour seen again: the fold stopped at a minute, and the patches that play up to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, reduce
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import jsonschema
import pytest
from hypothesis import given, strategies as some
from msgspec import structs

from impactlib.cli import main
from impactlib.domain import events
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.clock import AROUND
from impactlib.domain.events import Entry, order
from impactlib.domain.fold import history
from impactlib.domain.redaction import played
from impactlib.domain.session import Session
from impactlib.domain.session_file import SessionFile, read
from impactlib.domain.summary import Outline
from impactlib.domain.timeline import state_at, timeline
from impactlib.export.session_json import SCHEMA, state as json_state
from impactlib.rooms import replay, samples
from impactlib.rooms.fragments import Patch
from impactlib.rooms.replay import Replay, build, told
from impactlib.server import replay_drawing, replay_process
from impactlib.server.replay_drawing import notebook
from tests import make_sessions
from tests.conftest import Room, Time, examples, few, observed, path_of

T = TypeVar("T")
NAMES = tuple(samples.ABOUT)
SECONDS = some.floats(-1200, 4800)


@cache
def built(name: str, lang: str) -> Replay:
    """A sample's replay: drawing one takes seconds."""
    return build(samples.sample(name), lang)


def start(file: SessionFile) -> float:
    started = file.fold().clock.started
    assert started is not None
    return started


def shown_at(made: Replay, seconds: float) -> Patch:
    """The fragments on the page then: the whole, and every patch up to that second."""
    patches = [frame.patch for frame in made.frames if frame.at <= seconds]
    return {id: html for id, html in reduce(lambda a, b: {**a, **b}, patches, made.whole).items() if html}


def folded(file: SessionFile, seconds: float) -> Session:
    """The fold of all that was done up to that second, scores that nobody had seen included."""
    began = start(file)
    entries = (entry for entry in sorted(file.entries, key=order) if entry.at - began <= seconds)
    return history(entries, Session(id=file.session))


def flat(panes: dict[str, Patch]) -> Patch:
    return {id: html for fragments in panes.values() for id, html in fragments.items()}


# The state at a minute --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@given(seconds=SECONDS)
def test_the_state_at_a_second_is_the_fold_stopped_there_without_scores_that_nobody_had_seen(
    name: str, seconds: float
) -> None:
    file = samples.sample(name)
    session, state = folded(file, seconds), state_at(file, seconds)
    assert structs.replace(state, rounds=()) == structs.replace(session, rounds=())
    for known, round in zip(state.rounds, session.rounds, strict=True):
        assert known == (round if round.shown else structs.replace(round, scores={}))


@pytest.mark.parametrize("name", few(NAMES))
@given(seconds=SECONDS)
def test_playing_up_to_a_second_shows_the_fold_drawn_there(name: str, seconds: float) -> None:
    made, file = built(name, "fr"), samples.sample(name)
    seconds = max(seconds, made.begins)
    looked = max([made.begins, *(frame.at for frame in made.frames if frame.at <= seconds)])
    assert shown_at(made, seconds) == flat(observed(folded(played(file), seconds), start(file) + looked, "fr"))


@pytest.mark.parametrize("name", few(NAMES))
@given(chance=some.randoms(use_true_random=False))
@examples(8)
def test_an_hour_in_any_order_is_played_to_its_end(name: str, chance: Random) -> None:
    """Only the cards around a note are drawn again when it changes: in no order is one forgotten."""
    opening, *rest = sorted(samples.sample(name).entries, key=order)
    chance.shuffle(rest)
    # Two each second: wherever the end falls among them, all are near enough to it to be followed.
    assert len(rest) / 2 < AROUND
    shuffled = (opening, *(structs.replace(entry, at=opening.at + 1 + n // 2) for n, entry in enumerate(rest)))
    file = replace(samples.sample(name), entries=shuffled)
    made = build(file, "fr")
    assert shown_at(made, made.ends) == flat(observed(folded(played(file), made.ends), made.start + made.ends, "fr"))


def test_the_minutes_that_an_overrun_takes_are_seen_as_it_lasts(room: Room, time: Time) -> None:
    room.ask(Role.FACILITATOR, do="start", step="tour")
    time.advance(1500)
    room.ask(Role.FACILITATOR, do="start", step="problem")
    frames = [frame for frame in build(room.store.to_file(), "en").frames if 600 < frame.at < 1500]
    assert len(frames) > 3
    assert all(frame.patch.keys() == {"track/"} and not frame.lines for frame in frames)
    assert "instead of 10 min" in frames[-1].patch["track/"]


# What the room had not been shown ----------------------------------------------------------------------


@pytest.mark.parametrize("name", few(NAMES))
def test_scores_are_nowhere_before_the_ranking_is_shown(name: str) -> None:
    """Drawn again with every point changed, nothing differs until the ranking is shown."""
    file = samples.sample(name)
    others = tuple(
        structs.replace(
            e, event=structs.replace(e.event, value=e.event.value and 6 - e.event.value, ease=e.event.ease and 1)
        )
        if isinstance(e.event, events.MetricScored)
        else e
        for e in file.entries
    )
    made, other = built(name, "fr"), build(replace(file, entries=others), "fr")
    shown = next(frame.at for frame in made.frames if _shows(frame))
    early = [frame for frame in made.frames if frame.at < shown]
    assert any(line.what == "Somebody scores a metric" for frame in early for line in frame.lines)
    assert early == [frame for frame in other.frames if frame.at < shown]
    assert shown_at(made, shown) != shown_at(other, shown)


def test_a_state_holds_no_score_of_a_round_that_was_not_shown_yet(room: Room, time: Time) -> None:
    room.ask(Role.FACILITATOR, do="start", step="tour")
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    for value in (5, 2):
        time.advance(60)
        round = room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
        room.ask(Role.CLIENT, do="score", metric=metric, value=value, ease=3)
        room.ask(Role.CONSULTANT, do="abstain", metric=metric)
        time.advance(60)
        room.ask(Role.FACILITATOR, do="show_round", round=round)
    time.advance(60)
    room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
    room.ask(Role.CLIENT, do="score", metric=metric, value=1)
    file = room.store.to_file()
    found = [json_state(state_at(file, second)) for second in (60, 119, 120, 180, 240, 300)]
    assert [len(state["rounds"]) for state in found] == [1, 1, 1, 2, 2, 3]
    seen = [[[score["value"] for score in round["scores"]] for round in state["rounds"]] for state in found]
    assert seen == [[[]], [[]], [[5]], [[5], []], [[5], [2]], [[5], [2], []]]
    last = [[score["value"] for score in state["scores"]] for state in found]
    assert last == [[], [], [5], [5], [2], [2]]
    assert [len(round["abstentions"]) for round in found[3]["rounds"]] == [1, 0]


def test_a_state_of_a_journal_without_rounds_holds_no_score_that_is_not_shown() -> None:
    opening = next(e for e in samples.sample("tidy").entries if isinstance(e.event, events.SessionOpened))
    said: list[tuple[float, events.Event]] = [
        (0, events.PersonJoined("person-a", "Marc", "client")),
        (0, events.StepStarted("tour")),
        (10, events.NoteWritten("metric-1", "metric", "Délai")),
        (20, events.MetricScored("metric-1", 5, 3)),
        (30, events.RankingShown(True)),
        (40, events.RankingShown(False)),
        (50, events.MetricScored("metric-1", 1, 1)),
        (60, events.RankingShown(True)),
    ]
    entries = [Entry("tidy", 500 + n, f"old-{n}", opening.at + at, "person-a", "", e) for n, (at, e) in enumerate(said)]
    file = SessionFile("tidy", (opening, *entries))
    values = {at: [score["value"] for score in json_state(state_at(file, at))["scores"]] for at, _ in said}
    assert values == {0: [], 10: [], 20: [], 30: [5], 40: [], 50: [], 60: [1]}


def _shows(frame: replay.Instant) -> bool:
    return any(line.what == "shows the ranking" for line in frame.lines)


def test_the_summary_is_seen_once_the_hour_is_over() -> None:
    made = built("tidy", "fr")
    ended = next(frame.at for frame in made.frames if any(line.what == "ends the hour" for line in frame.lines))
    assert "summary/00" not in shown_at(made, ended - 1)
    assert "summary/00" in shown_at(made, ended)


# Moments, lines, steps ---------------------------------------------------------------------------------


def test_a_replay_opens_on_the_problem_each_question_the_turn_the_scores_and_what_is_decided() -> None:
    moments = built("tidy", "fr").moments
    assert [moment.kind for moment in moments] == [
        *("problem", *["question"] * 6, "turn"),
        *("advice", "scores", "choice", "action"),
    ]
    assert moments[7].text == "Aidez-nous à savoir quels aidants attendent trop."
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


def test_without_a_request_the_turn_is_the_first_advice() -> None:
    turn = next(moment for moment in built("messy", "fr").moments if moment.kind == "turn")
    assert (turn.label, turn.at) == ("The turn: the first advice", 37 * 60 + 30)


def test_the_steps_are_marked_where_they_were_entered() -> None:
    steps = built("messy", "en").steps
    assert [(step.title, step.at) for step in steps] == [
        ("Introductions", 0.0),
        ("Problem", 800.0),
        ("Questions", 1650.0),
        ("Recommendations", 2200.0),
        ("Learnings", 3790.0),
    ]


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_a_pages_replay_is_json_in_its_language(lang: str) -> None:
    made = json.loads(json.dumps(told(built("tidy", lang), lang)))
    assert {step["id"] for step in made["steps"]} == {"tour", "problem", "questions", "recommendations", "learnings"}
    first = next(frame for frame in made["frames"] if frame["at"] == 0)["lines"][0]
    assert (first["what"], first["text"]) == {
        "fr": ("lance l’étape", "Tour de table"),
        "en": ("starts the step", "Introductions"),
    }[lang]


def test_a_workshop_that_never_began_is_replayed_up_to_its_last_entry(room: Room, time: Time) -> None:
    time.advance(60)
    room.ask(Role.CLIENT, do="write", kind="problem", text="Trois semaines")
    made = build(room.store.to_file(), "fr")
    assert made.steps == ()
    assert made.frames[-1].lines[0].text == "Trois semaines"


def test_an_entry_long_before_or_after_the_hour_is_not_played(lived: Room, time: Time) -> None:
    time.advance(90_000)
    lived.ask(Role.CLIENT, do="write", kind="learning", text="Relu le lendemain")
    made = build(lived.store.to_file(), "fr")
    assert made.ends <= 3600 + AROUND
    assert "Relu le lendemain" not in json.dumps(told(made, "fr"), ensure_ascii=False)


def test_an_event_of_a_newer_kit_is_passed_over() -> None:
    file = samples.sample("tidy")
    unknown = Entry("tidy", 9999, "tidy-unknown", file.entries[40].at, "x", "", events.Unknown("NoteSung", "{}"))
    made = build(replace(file, entries=(*file.entries, unknown)), "fr")
    assert made == built("tidy", "fr")


# The samples -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_what_its_script_makes(name: str) -> None:
    assert samples.content(name) == make_sessions.notebook(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_holds_a_whole_hour(name: str) -> None:
    file = samples.sample(name)
    assert file.session == name
    assert file.fold().ended
    assert len(file.entries) >= 80


def test_the_tidy_hour_leaves_nothing_to_complete_and_the_messy_one_much() -> None:
    missing = {name: set(Outline(samples.sample(name).fold()).missing) for name in NAMES}
    assert missing["tidy"] == set()
    assert {"contract", "learning", "owner", "due"} <= missing["messy"]


# A stranger's file ---------------------------------------------------------------------------------------


def test_a_good_file_gives_its_replay() -> None:
    assert replay_process.answer(samples.content("tidy"), "fr")["replay"]["team"] == "Répit Voisin"


def test_a_room_is_carried_to_the_reader_whole() -> None:
    file = samples.sample("messy")
    assert read(notebook(file)) == file


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a notebook"),
        (b"\x00\xff\xfe", "not a notebook"),
        (samples.content("tidy")[:5000], "not a notebook"),
        (b'{"cells": [], "metadata": {}}', "carries no workshop"),
        (samples.content("tidy").replace(b"Mireille, 71", b"Mireille, 17"), "damaged"),
        (b"[" * 100_000, "not a notebook"),
        (b" " * 8_000_001, "too large"),
    ],
)
def test_a_bad_file_gives_one_clear_sentence(content: bytes, why: str) -> None:
    answer = replay_process.answer(content, "en")
    assert list(answer) == ["refused"]
    assert why in answer["refused"]


@given(at=some.floats(0, 1e300), seq=some.integers(1, 2**53 - 1))
def test_a_file_of_any_times_is_drawn_or_refused(at: float, seq: int) -> None:
    file = samples.sample("tidy")
    moved = tuple(
        structs.replace(entry, at=at if entry.seq % 7 == seq % 7 else entry.at) for entry in file.entries[:40]
    )
    answer = replay_process.answer(notebook(replace(file, entries=moved)), "fr")
    assert ("replay" in answer) != ("refused" in answer)


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread: a browser test that came before has left its loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.mark.process
def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_drawing, "WITHIN", 0.05)
    with pytest.raises(TimeoutError):
        in_a_loop(replay_drawing.Replays().drawn(samples.content("tidy"), "fr"))


@pytest.mark.process
def test_a_replay_that_many_ask_for_at_once_is_drawn_once() -> None:
    asked: list[str] = []

    def content() -> bytes:
        asked.append("tidy")
        return samples.content("tidy")

    async def all_at_once() -> list[bytes]:
        made = replay_drawing.Replays()
        return await asyncio.gather(*(made.remembered("tidy", 0, "fr", content) for _ in range(5)))

    answers = in_a_loop(all_at_once())
    assert asked == ["tidy"]
    assert json.loads(answers[4])["replay"]["session"] == "tidy"


@pytest.mark.process
def test_files_of_ones_own_keep_no_room_waiting_and_few_wait() -> None:
    done: list[str] = []

    async def at_once() -> list[object]:
        made = replay_drawing.Replays()

        async def own() -> None:
            await made.of_a_file(samples.content("tidy"), "fr")
            done.append("a file")

        files = [asyncio.create_task(own()) for _ in range(replay_drawing.WAITING + 4)]
        await asyncio.sleep(0)
        await made.remembered("tidy", 0, "fr", lambda: samples.content("tidy"))
        done.append("a room")
        return await asyncio.gather(*files, return_exceptions=True)

    answers = in_a_loop(at_once())
    assert [type(answer) for answer in answers].count(replay_drawing.TooManyFiles) == 4
    assert len(done) == replay_drawing.WAITING + 1 and "a room" in done[:3]


# In a notebook ------------------------------------------------------------------------------------------


def test_a_session_notebook_finds_the_fullest_copy_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from impactlib import widgets

    file = replace(samples.sample("tidy"), session="ours")
    (tmp_path / "half.ipynb").write_bytes(notebook(replace(file, entries=file.entries[:30])))
    (tmp_path / "whole.ipynb").write_bytes(notebook(file))
    (tmp_path / "other.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    shown = widgets.replay("ours")
    sent: list[dict[str, object]] = []
    shown.send = sent.append
    shown._heard(None, {"ask": "replay"}, [])
    assert len(sent[0]["replay"]["frames"]) == len(built("tidy", "fr").frames)  # type: ignore[index]
    assert "Mireille" not in str(shown.get_state())


def test_outside_any_file_a_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from impactlib import widgets

    monkeypatch.chdir(tmp_path)
    with pytest.raises(LookupError, match=r"no notebook in the folder .* carries this session"):
        widgets.replay("ours")


def test_without_a_session_the_widget_offers_a_choice_and_reads_a_file() -> None:
    from impactlib import widgets

    shown = widgets.replay()
    sent: list[dict[str, object]] = []
    shown.send = sent.append
    shown._heard(None, {"ask": "messy"}, [])
    shown._heard(None, {"ask": "file"}, [memoryview(samples.content("tidy"))])
    shown._heard(None, {"ask": "file"}, [memoryview(b"nothing")])
    assert [message.get("replay", {}).get("team") for message in sent] == ["Cantine Claire", "Répit Voisin", None]  # type: ignore[attr-defined]
    assert "n’est pas un notebook" in str(sent[2]["refused"])


# impact replay --------------------------------------------------------------------------------------------

TIDY = str(make_sessions.SESSIONS / "tidy.ipynb")


def test_the_timeline_is_a_line_for_each_thing_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", TIDY, "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(samples.sample("tidy").entries)
    assert lines[1] == "-00:09:10                   Hélène       comes in"
    assert (
        "00:24:35  Questions        Awa          asks a question: Comment un aidant apprend-il que vous existez ?"
        in lines
    )


def test_the_timeline_is_in_the_sessions_language_unless_another_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["replay", TIDY]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "-00:09:10                   Hélène       entre" in lines
    assert "00:00:00  Tour de table    Hélène       lance l’étape" in lines
    question = "pose une question\u00a0: Comment un aidant apprend-il que vous existez ?"
    assert f"00:24:35  Questions        Awa          {question}" in lines
    assert any("complète une note\u00a0: responsable · " in line for line in lines)
    assert any("désigne la mesure phare\u00a0: Aidants inscrits" in line for line in lines)
    assert main(["replay", TIDY, "--lang", "en"]) == 0
    assert "completes a note: owner · " in capsys.readouterr().out


def test_the_scores_of_a_round_that_is_not_shown_yet_are_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    shown = next(line.at for line in timeline(samples.sample("tidy")) if line.event == "RoundShown")
    scored = [line.at for line in timeline(samples.sample("tidy")) if line.event == "MetricScored"]
    at = f"{int(scored[-1]) // 60}:{int(scored[-1]) % 60:02}"
    assert scored[-1] < shown
    assert main(["replay", TIDY, "--at", at, "--json"]) == 0
    state = json.loads(capsys.readouterr().out)
    assert state["scores"] == [] and state["rounds"] and not any(round["scores"] for round in state["rounds"])


@pytest.mark.parametrize("at", ["00:24:10", "24:10"])
def test_the_state_at_a_time_has_the_keys_of_session_json(at: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", TIDY, "--at", at, "--json"]) == 0
    state = json.loads(capsys.readouterr().out)
    jsonschema.validate(state, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert len(state["questions"]) == 3
    assert state["questions"][2]["answers"][0]["text"].startswith("Ceux qui n’appellent plus.")
    assert state["session"]["ended_at"] is None


def test_the_state_before_the_hour_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", TIDY, "--at=-00:03:00", "--json"]) == 0
    state = json.loads(capsys.readouterr().out)
    assert (len(state["hypotheses"]), state["session"]["started_at"]) == (2, None)


def test_the_timeline_stops_at_a_time_and_is_json_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", TIDY, "--at", "02:35"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("00:02:35  Tour de table    Camille      dit ce qu")
    assert main(["replay", TIDY, "--json", "--lang", "en"]) == 0
    assert "ends the hour" in [line["what"] for line in json.loads(capsys.readouterr().out)]


def test_a_journal_and_a_session_of_the_data_folder_are_replayed_too(
    lived: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = lived.store.journal
    assert main(["replay", journal.session, "--data", str(tmp_path)]) == 0
    by_id = capsys.readouterr().out
    assert main(["replay", str(path_of(journal))]) == 0
    assert capsys.readouterr().out == by_id
    assert "Qui renonce ?" in by_id


@pytest.mark.parametrize("at", ["24", "1:2:3:4", "--1:00", "a:b", "00:24:1e", "00:61:00", "00:24:99", "24:60"])
def test_a_time_that_is_none_is_refused(at: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["replay", TIDY, f"--at={at}"])
    assert "give a time of the hour as HH:MM:SS or MM:SS" in capsys.readouterr().err


def test_a_file_that_is_no_session_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "any.ipynb").write_text('{"cells": [], "metadata": {}}')
    for name in ("nosuchsession", str(tmp_path / "any.ipynb"), str(tmp_path / "none.ipynb"), "replay.html"):
        assert main(["replay", name, "--data", str(tmp_path)]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("impact: ")


def well_played(room: Room) -> Replay:
    """The replay of a room, each frame of which is the fold drawn there."""
    file = room.store.to_file()
    made = build(file, "fr")
    for frame in made.frames:
        assert shown_at(made, frame.at) == flat(observed(folded(played(file), frame.at), start(file) + frame.at, "fr"))
    return made


def test_no_word_of_a_withdrawn_note_is_in_a_replay_and_what_answers_it_is(room: Room, time: Time) -> None:
    room.ask(Role.FACILITATOR, do="start", step="recommendations")
    gone = room.ask(Role.CLIENT, do="write", kind="metric", text="Avis de Mireille")
    room.ask(Role.CLIENT, do="edit", note=gone, text="Avis de Mireille Dupin", was="1")
    room.ask(Role.CLIENT, do="detail", note=gone, detail="source", value="Le carnet de Mireille")
    room.ask(Role.CONSULTANT, do="write", kind="recommendation", text="Comptez autrement", about=gone)
    back = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai moyen")
    for note in (gone, back):
        time.advance(10)
        room.ask(Role.FACILITATOR, do="withdraw", note=note)
    room.ask(Role.FACILITATOR, do="restore", note=back)
    made = json.dumps(told(well_played(room), "fr"), ensure_ascii=False)
    assert "Mireille" not in made
    assert "Comptez autrement" in made and "Délai moyen" in made


def test_a_round_whose_metric_goes_and_comes_back_is_replayed(room: Room, time: Time) -> None:
    room.ask(Role.FACILITATOR, do="start", step="recommendations")
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai")
    room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
    for gesture in ("withdraw", "restore"):
        time.advance(10)
        room.ask(Role.FACILITATOR, do=gesture, note=metric)
    well_played(room)


def test_advice_grouped_across_hypotheses_is_replayed(room: Room, time: Time) -> None:
    room.ask(Role.FACILITATOR, do="start", step="tour")
    one, other = (room.ask(Role.CLIENT, do="write", kind="hypothesis", text=text) for text in ("Une", "Deux"))
    first = room.ask(Role.CONSULTANT, do="write", kind="recommendation", text="Comptez moins", about=one)
    again = room.ask(Role.CONSULTANT, do="write", kind="recommendation", text="Moins de chiffres", about=other)
    done: list[tuple[Role, dict[str, str]]] = [
        (Role.CONSULTANT, {"do": "detail", "note": again, "detail": "same_as", "value": first}),
        (Role.CLIENT, {"do": "edit", "note": other, "text": "Deux, mieux dite", "was": "1"}),
        (Role.CONSULTANT, {"do": "edit", "note": first, "text": "Comptez peu", "was": "1"}),
        (Role.CONSULTANT, {"do": "detail", "note": again, "detail": "same_as", "value": ""}),
        (Role.CONSULTANT, {"do": "detail", "note": again, "detail": "same_as", "value": first}),
        (Role.CONSULTANT, {"do": "withdraw", "note": first}),
    ]
    for role, gesture in done:
        time.advance(10)
        room.ask(role, **gesture)
    well_played(room)


def test_the_facilitators_steering_is_replayed(room: Room, time: Time) -> None:
    room.ask(Role.FACILITATOR, do="start", step="tour")
    first, second = (room.ask(Role.CLIENT, do="write", kind="hypothesis", text=text) for text in ("Une", "Deux"))
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai", about=second)
    question = room.ask(Role.CONSULTANT, do="write", kind="question", text="Qui renonce ?")
    room.ask(Role.CLIENT, do="second", note=question, on="true")
    steered: list[dict[str, str]] = [
        {"do": "focus", "note": metric},
        {"do": "hide", "step": "problem", "hidden": "true"},
        {"do": "minutes", "step": "questions", "minutes": "15"},
        {"do": "move", "note": second, "before": first},
        {"do": "split", "note": first, "was": "1", "first": "Une part", "second": "L’autre part"},
        {"do": "merge", "note": first, "was": "2", "other": second, "other_was": "1", "merged": "Les deux"},
        {"do": "withdraw", "note": metric},
        {"do": "hide", "step": "problem", "hidden": "false"},
        {"do": "focus", "note": ""},
    ]
    for gesture in steered:
        time.advance(10)
        room.ask(Role.FACILITATOR, **gesture)
    made = well_played(room)
    said = [(line.what, line.text) for frame in made.frames for line in frame.lines]
    assert ("asks the room to look together", "…") in said
    assert ("hides a step", "Problème") in said
    assert ("changes a step's minutes", "Questions · 15 min") in said
    assert ("moves a note", "Deux") in said
    assert ("attaches a note to another one", "…") in said
    assert ("says “me too”", "Qui renonce ?") in said
    assert said[-1][0] == "stops looking together"
