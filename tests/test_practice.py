"""A practice: simulated people around a facilitator in person."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from impactlib.domain import events as e
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import DEFAULT, load as load_agenda
from impactlib.domain.fold import history
from impactlib.domain.session import Session
from impactlib.domain.standing import finished, voters
from impactlib.domain.timeline import timeline
from impactlib.gestures import Asking
from impactlib.rehearsal import practice
from impactlib.rehearsal.practice import CALM, HURRIED, PEOPLE, Company, Incident, Pace
from impactlib.rehearsal.script import in_person, load
from impactlib.rooms.drawing import Drawing
from impactlib.server import practices
from impactlib.server.handler import KEY, PERSON
from impactlib.storage.session_store import SessionStore, create_session, list_sessions, open_store
from impactlib.views import doors
from impactlib.views.panes import PANES
from impactlib.views.parts import Eye, Scene
from tests.serving import Browser, Served, served

AT_ONCE = Pace(first=0.0, gap=0.0, whole=0.0, rest=0.0, away=0.0, look=0.0)
ADA = Asking("ada", Role.FACILITATOR)


class Stage:
    """A rehearsal on a journal, with a facilitator who is there."""

    def __init__(
        self, data: Path, lang: str = "fr", incidents: Collection[Incident] = (), pace: Pace = AT_ONCE
    ) -> None:
        self.store = create_session(data, "Colis Solidaire", lang=lang, rehearsal=True)
        self.company = Company(self.store, self.store.ask, self.store.journal.mark, incidents=incidents)
        self.company.pace = pace
        self._asked = 0
        self.leads(do="join", name="Ada")
        self.store.journal.mark(ADA.person, 1)

    def leads(self, **gesture: Any) -> str:
        self._asked += 1
        id = f"ada-presses-{self._asked}"
        self.store.ask(ADA, {"id": id, **gesture})
        return id

    def settle(self) -> None:
        """Let everybody act until nobody writes."""
        seq = -1
        while seq != self.store.seq:
            seq = self.store.seq
            assert self.company.turn()

    def lives(self) -> None:
        """The whole hour, with one round of the metrics that are there."""
        self.settle()
        for step in self.store.session.steps:
            self.leads(do="start", step=step.id)
            self.settle()
            if "metrics" in step.shows:
                metrics = [note.id for note in self.store.session.notes_of("metric")][:5]
                round = self.leads(do="open_round", metrics=" ".join(metrics))
                self.settle()
                self.leads(do="show_round", round=round)
                self.settle()
        self.leads(do="end")
        self.settle()


@pytest.fixture
def stage(tmp_path: Path) -> Any:
    stages: list[Stage] = []

    def make(**named: Any) -> Stage:
        stages.append(Stage(tmp_path / str(len(stages)), **named))
        return stages[-1]

    yield make
    for each in stages:
        each.store.journal.close()


def _words(store: SessionStore) -> list[str]:
    return [entry.event.text for entry in store.journal.read() if isinstance(entry.event, e.NoteWritten)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_twelve_people_live_the_hour_that_a_facilitator_leads(stage: Callable[..., Stage], lang: str) -> None:
    hour = stage(lang=lang)
    hour.lives()
    session = hour.store.session
    assert hour.company.refused == {}
    people = Counter(person.role for person in session.people.values() if person.id != ADA.person)
    assert people == {Role.CLIENT: 2, Role.CONSULTANT: 3, Role.OBSERVER: 7} and people.total() == PEOPLE
    for kind in ("expectation", "problem", "question", "answer", "contract", "recommendation", "learning", "action"):
        assert session.notes_of(kind), kind
    assert len(session.kept_metrics()) == 3
    assert [finished(session, round) for round in session.rounds] == [voters(session)]
    # Nobody else presses the facilitator's buttons.
    led = (e.StepStarted, e.RoundOpened, e.RoundShown, e.SessionEnded, e.ClockPaused, e.TimeAdded)
    assert {entry.by for entry in hour.store.journal.read() if isinstance(entry.event, led)} == {ADA.person}


def test_the_same_hour_is_written_twice(stage: Callable[..., Stage]) -> None:
    first, second = stage(), stage()
    for each in (first, second):
        each.lives()
    written, again = _words(first.store), _words(second.store)
    assert written == again and len(written) > 40

    def given(session: Session) -> set[tuple[str, str, int | None, int | None]]:
        return {
            (session.notes[metric].text, session.people[who].name, score.value, score.ease)
            for (metric, who), score in session.scores.items()
        }

    assert given(first.store.session) == given(second.store.session)


def test_people_score_a_metric_that_the_script_does_not_know(stage: Callable[..., Stage]) -> None:
    hour = stage()
    hour.settle()
    hour.leads(do="start", step="recommendations")
    metric = hour.leads(do="write", kind="metric", text="Repas servis", quality="50")
    hour.leads(do="open_round", metrics=metric)
    hour.settle()
    scores = hour.store.session.scores
    assert len(scores) == 5 and all(score.complete for score in scores.values())
    assert all(known == metric for known, _ in scores)


def test_people_follow_the_steps_and_rest_between_two_gestures(stage: Callable[..., Stage]) -> None:
    hour = stage(pace=CALM)
    hour.company.turn()
    hour.leads(do="start", step="tour")
    hour.settle()
    assert hour.store.session.notes_of("expectation") == ()
    assert not hour.store.session.notes_of("problem")
    script = in_person(load(load_agenda(DEFAULT), "fr", PEOPLE + 1))
    for pace, longest in ((CALM, 92.0), (HURRIED, 1.8)):
        hour.company.pace = pace
        played = [line for line in script.lines if line.gesture["do"] != "score"]
        assert max(hour.company.delay(line) for line in played) <= longest


def test_what_means_nothing_without_the_facilitators_lines_is_not_played() -> None:
    whole = load(load_agenda(DEFAULT), "fr", PEOPLE + 1)
    script = in_person(whole)
    ids = {line.id for line in script.lines}
    assert all(ids.issuperset(line.needs) for line in script.lines)
    assert whole.cast[0].role == Role.FACILITATOR and whole.cast[0] not in script.cast
    assert {line.who for line in script.lines} <= {member.id for member in script.cast}


def test_a_lost_connection_is_away_during_the_round_and_comes_back(stage: Callable[..., Stage]) -> None:
    hour = stage(incidents=[Incident.LOST], pace=replace(AT_ONCE, away=3600.0))
    hour.settle()
    hour.leads(do="start", step="recommendations")
    hour.settle()
    theo = next(person for person in hour.store.session.people.values() if person.name == "Théo")
    assert theo.id in hour.store.journal.present()
    metrics = " ".join(note.id for note in hour.store.session.notes_of("metric")[:2])
    hour.leads(do="open_round", metrics=metrics)
    hour.settle()
    session = hour.store.session
    assert session.round and theo.id not in hour.store.journal.present()
    assert [person for person in voters(session) if person not in finished(session, session.round)] == [theo]
    hour.company.pace = AT_ONCE
    hour.company._away = dict.fromkeys(hour.company._away, 0.0)
    hour.settle()
    session = hour.store.session
    assert session.round and finished(session, session.round) == voters(session)
    assert theo.id in hour.store.journal.present()


def test_a_note_names_a_person_and_the_facilitator_withdraws_it(stage: Callable[..., Stage]) -> None:
    hour = stage()
    hour.settle()
    hour.leads(do="start", step="problem")
    hour.company.happen(Incident.NAMED)
    hour.settle()
    assert not any("Tavernier" in words for words in _words(hour.store))
    hour.leads(do="start", step="questions")
    hour.settle()
    (note,) = [note for note in hour.store.session.notes_of("question") if "Tavernier" in note.text]
    hour.leads(do="withdraw", note=note.id)
    hour.settle()
    assert sum("Tavernier" in words for words in _words(hour.store)) == 1
    assert note.id not in [question.id for question in hour.store.session.notes_of("question")]


def test_a_practice_ends_once_its_facilitator_has_gone(
    stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = stage()
    hour.settle()
    hour.store.journal.mark(ADA.person, 0)
    assert hour.company.turn()
    monkeypatch.setattr(practice, "GONE", -1.0)
    assert not hour.company.turn()
    hour.store.journal.mark(ADA.person, 1)
    assert hour.company.turn()


def test_a_rehearsal_says_that_it_is_one_and_makes_no_other_workshop_one(tmp_path: Path) -> None:
    store = create_session(tmp_path, "Colis Solidaire", rehearsal=True, zone="Asia/Tokyo")
    real = create_session(tmp_path, "Rendez-vous Préfecture")
    with closing(store.journal), closing(real.journal):
        assert store.session.rehearsal and store.session.zone == "Asia/Tokyo" and not real.session.rehearsal
        assert any(line.event == "RehearsalMarked" for line in timeline(store.to_file()))
        real.merge(store.to_file())
        assert not real.session.rehearsal and not history(real.journal.read()).rehearsal


def test_a_rehearsal_that_was_left_says_so_to_its_facilitator_alone(stage: Callable[..., Stage]) -> None:
    hour = stage()
    track = PANES["track"]

    def deserted(role: Role) -> bool:
        drawing = Drawing([track], Eye(role, "fr"))
        journal = hour.store.journal
        drawing.update(Scene(hour.store.session, journal.now(), journal.speed, journal.present()))
        return any("Plus personne ne joue les autres" in drawn for drawn in drawing.fragments.values())

    assert not deserted(Role.FACILITATOR)  # nobody has come yet
    hour.settle()
    assert not deserted(Role.FACILITATOR)
    hour.company.leave()
    assert deserted(Role.FACILITATOR)
    assert not deserted(Role.CLIENT)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_home_draws_the_usual_hour_to_scale(lang: str) -> None:
    agenda = load_agenda(DEFAULT)
    spans = doors.hour(agenda)
    assert [span.step for span in spans] == list(agenda.steps)
    assert all(span.speak and span.out for span in spans)
    picture = str(doors.picture(lang))
    bars = re.findall(r'<rect x="([\d.]+)" width="([\d.]+)"', picture)
    assert [(float(x), float(width)) for x, width in bars] == [(span.begins, span.step.minutes) for span in spans]
    assert all(step.title[lang] in picture for step in agenda.steps)


# In the server --------------------------------------------------------------------------------------


async def _practises(house: Served, **asked: Any) -> Browser:
    """Open a practice from the home page, and come in as its facilitator."""
    answer = await house.operator().post("practice", asked)
    assert answer.code == 200, answer.body
    told = json.loads(answer.body)
    ada = Browser(house, told["go"])
    ada.cookies[KEY] = answer.headers["Set-Cookie"].split(f"{KEY}=")[1].split(";")[0]
    own = {"id": "join-ada", "name": "Ada", "key": ada.own}
    assert (await ada.post("/join", own)).code == 200
    ada.cookies[PERSON] = ada.own
    return ada


def _session(browser: Browser) -> str:
    return browser.path.split("/")[2]


async def _until(house: Served, session: str, so: Callable[[SessionStore], object]) -> None:
    async with asyncio.timeout(10):
        while not await house.state.sessions.run(session, lambda: so(house.state.sessions.room(session).store)):
            await asyncio.sleep(0.02)


@served
async def test_the_operator_practises_among_people_who_act(house: Served) -> None:
    house.write_notebook("workshop", "<!--pane track--><!--pane tour--><!--cells 1 of 1-->")
    ada = await _practises(house, hurried=True)
    page = (await ada.get()).body.decode()
    assert "Répétition" in page and "Douze personnes simulées" in page
    stream = await ada.listens()
    await _until(house, _session(ada), lambda store: len(store.session.people) == PEOPLE + 1)
    assert (await ada.do("start", step="tour")).code == 200
    await _until(house, _session(ada), lambda store: len(store.session.notes_of("expectation")) == 5)
    await stream.hears("Repartir avec peu de mesures")
    # Whoever else comes says no name to a room that they take for a real one.
    keys = await house.state.sessions.run(_session(ada), house.state.sessions.keys, _session(ada))
    for role in ("client", "observer"):
        guest = Browser(house, f"/room/{_session(ada)}/{role}")
        guest.cookies[KEY] = keys[role]
        assert "Cet atelier sert à s’exercer" in (await guest.get()).body.decode()
    assert "Cet atelier sert à s’exercer" in (await ada.get("/links")).body.decode()
    # It is none of the workshops.
    home = (await house.operator().get()).body.decode()
    listed, _, rehearsals = home.partition("1 répétition")
    assert _session(ada) not in listed and _session(ada) in rehearsals


@served
async def test_practising_is_for_the_operator_and_bounded(house: Served) -> None:
    stranger = await Browser(house, "/").post("practice", {})
    assert stranger.code == 422 and "adresse" in json.loads(stranger.body)["refused"]
    browsers = [await _practises(house) for _ in range(practices.MOST)]
    refused = await house.operator().post("practice", {})
    assert refused.code == 422 and "4 répétitions" in json.loads(refused.body)["refused"]
    # One that is removed makes room for another.
    assert (await browsers[0].post("/practice", {"do": "remove"})).code == 200
    assert _session(browsers[0]) not in list_sessions(house.data)
    assert (await browsers[0].get()).code == 403
    assert (await house.operator().post("practice", {})).code == 200


@served
async def test_only_a_rehearsal_is_removed_and_only_by_its_facilitator(house: Served) -> None:
    bea = await house.joins(Role.FACILITATOR, "Béa")
    for do in ("remove", "hurry", "lost"):
        assert (await bea.post("/practice", {"do": do})).code == 422
    assert (await (await house.joins(Role.CLIENT)).post("/practice", {"do": "remove"})).code == 401
    assert house.session in list_sessions(house.data)
    ada = await _practises(house)
    carried = await house.state.sessions.run(
        house.session, lambda: house.state.sessions.room(house.session).store.to_file()
    )
    await house.state.sessions.run(_session(ada), house.state.sessions.take_in, carried, _session(ada))
    kept = await ada.post("/practice", {"do": "remove"})
    assert kept.code == 422 and _session(ada) in list_sessions(house.data)


@served
async def test_its_facilitator_hurries_people_and_lets_things_go_wrong(house: Served) -> None:
    ada = await _practises(house)
    for do in ("hurry", "named"):
        assert (await ada.post("/practice", {"do": do})).code == 200
    assert (await ada.post("/practice", {"do": "burn"})).code == 422
    await (await ada.listens()).hears("retry:")
    assert (await ada.do("start", step="questions")).code == 200

    def named(store: SessionStore) -> bool:
        return any("Tavernier" in note.text for note in store.session.notes_of("question"))

    await _until(house, _session(ada), named)


@served
async def test_after_a_restart_nobody_plays_and_the_page_says_so(house: Served) -> None:
    house.write_notebook("workshop", "<!--pane track--><!--cells 1 of 1-->")
    store = create_session(house.data, "Colis Solidaire", rehearsal=True)
    with closing(store.journal):
        company = Company(store, store.ask, store.journal.mark, hurried=True)
        company.turn()
    house.session = store.session.id
    house.keys = await house.state.sessions.run(house.session, house.state.sessions.keys, house.session)
    ada = await house.joins(Role.FACILITATOR, "Ada")
    page = (await ada.get()).body.decode()
    assert "Plus personne ne joue les autres" in page and "Douze personnes simulées" not in page
    refused = await ada.post("/practice", {"do": "hurry"})
    assert refused.code == 422 and "nouvelle" in json.loads(refused.body)["refused"]
    assert (await ada.post("/practice", {"do": "remove"})).code == 200
    assert house.session not in list_sessions(house.data)


@served
async def test_a_practice_that_was_left_is_removed(house: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await _practises(house)
    monkeypatch.setattr(practice, "GONE", 0.0)
    async with asyncio.timeout(10):
        while _session(ada) in list_sessions(house.data):
            await asyncio.sleep(0.02)
    assert not house.state.practices.plays(_session(ada))


def test_opened_rehearsals_are_journals_like_others(tmp_path: Path) -> None:
    id = create_session(tmp_path, "Colis Solidaire", rehearsal=True).session.id
    with closing(open_store(tmp_path, id).journal) as journal:
        assert [type(entry.event) for entry in journal.read()] == [e.SessionOpened, e.RehearsalMarked]
