"""The room's screen: what it says at each moment, the same to everybody, without a control; and who may open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from msgspec import structs

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import load_text, names
from impactlib.domain.events import Entry, SessionOpened
from impactlib.domain.fold import history
from impactlib.rooms.drawing import Drawing
from impactlib.server.handler import KEY
from impactlib.storage import keys
from impactlib.views import Eye, screen
from impactlib.views.parts import Scene
from impactlib.views.screen import SHOWN, Subject, subject
from tests.conftest import Room, Time, agree, path_of
from tests.serving import Browser, Served, served
from tests.test_handlers import text
from tests.test_views import CONTROLS, Tree

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
REFUSED = ("", "/gestures", "/join", "/here", "/older", "/links", "/script", "/prepare", "/summary.md", "/replay")
LONG = "Si chaque famille reçoit un premier colis dans les dix jours, alors moins de familles renoncent. " * 5


def drawn(room: Room, role: Role = OBSERVER, lang: str = "fr", **eye: Any) -> dict[str, str]:
    return {id: str(html) for id, html in screen.PANE.fragments(room.session, Eye(role, lang, **eye)).items()}


def on_the_wall(room: Room, lang: str = "fr") -> str:
    """What stands beside the clock, as it is read: lines and spaces are one space."""
    return " ".join(Tree(f"<div>{drawn(room, lang=lang)['screen-subject/']}</div>").elements[0].words.split())


def notes(room: Room) -> list[str]:
    return [html for id, html in drawn(room).items() if id.startswith("screen-notes/")]


def start(room: Room, step: str) -> None:
    room.ask(FACILITATOR, do="start", step=step)


def ask(room: Room, *questions: str) -> list[str]:
    return [room.ask(CONSULTANT, do="write", kind="question", text=question) for question in questions]


def scored(room: Room, *given: tuple[tuple[int, int], tuple[int, int]], show: bool = True) -> str:
    """Open a round of as many metrics, each with what Marc and Inès give it, and show it."""
    start(room, "recommendations")
    metrics = [room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {n}") for n, _ in enumerate(given, 1)]
    round = room.ask(FACILITATOR, do="open_round", metrics=" ".join(metrics))
    for metric, scores in zip(metrics, given, strict=True):
        for role, (value, ease) in zip((CLIENT, CONSULTANT), scores, strict=True):
            room.ask(role, do="score", metric=metric, value=value, ease=ease)
    if show:
        room.ask(FACILITATOR, do="show_round", round=round)
    return round


SAME, NEAR, APART = ((4, 4), (4, 4)), ((5, 5), (5, 4)), ((5, 5), (1, 2))


@pytest.fixture
def subjects(room: Room) -> Iterator[Iterator[Subject]]:
    """What the screen is about, one subject after the other."""

    def lived() -> Iterator[Subject]:
        yield subject(room.session)
        start(room, "questions")
        yield subject(room.session)
        [question] = ask(room, "<b>Qui renonce ?</b>")
        room.ask(FACILITATOR, do="focus", note=question)
        yield subject(room.session)
        room.ask(FACILITATOR, do="focus", note="")
        round = scored(room, SAME, APART, show=False)
        yield subject(room.session)
        room.ask(FACILITATOR, do="show_round", round=round)
        yield subject(room.session)
        room.ask(FACILITATOR, do="end")
        yield subject(room.session)

    yield lived()


# What it says -----------------------------------------------------------------------------------------


def test_every_moment_has_a_sentence_no_control_and_the_same_words_for_every_role(
    room: Room, subjects: Iterator[Subject]
) -> None:
    seen = []
    for now in subjects:
        seen.append(now)
        for lang in LANGUAGES:
            told = [drawn(room, role, lang, now=room.store.journal.now()) for role in Role]
            assert all(one == told[0] for one in told)
            tree = Tree("".join((str(screen.frame(Eye(OBSERVER, lang))), *told[0].values())))
            assert not tree.all("button", "a", "details", "form", "dialog", *CONTROLS)
            sentences = [h2 for h2 in tree.all("h2") if h2.attributes.get("class") == "sentence"]
            assert len(sentences) == 1 and sentences[0].words.strip()
            assert "<b>Qui" not in told[0]["screen-subject/"]
    assert seen == ["before", "notes", "together", "round", "reveal", "ended"]


def test_every_step_of_every_agenda_has_a_sentence_for_the_room() -> None:
    def told(agenda: str, lang: str) -> None:
        session = history([Entry("home", 1, "e1", 1.0, "", "", SessionOpened("Équipe", load_text(agenda)[0]))])
        for step in session.steps:
            at = structs.replace(session, clock=replace(session.clock, step=step.id, started=1.0, resumed=1.0))
            place, said, *_ = screen.PANE.fragments(at, Eye(OBSERVER, lang)).values()
            assert step.title[lang] in Tree(f"<div>{place}</div>").elements[0].words
            [sentence] = Tree(str(said)).all("h2")
            assert 10 < len(sentence.words.strip()) < 110, sentence.words

    agree(list(product(names(), LANGUAGES)), told)


def test_a_late_or_paused_clock_gives_the_page_what_it_counts_with(room: Room, time: Time) -> None:
    start(room, "tour")
    time.advance(660)
    [countdown] = [
        e for e in Tree(drawn(room)["screen-place/"]).elements if "countdown" in e.attributes.get("class", "")
    ]
    assert countdown.attributes["data-granted"] == "600.0"
    assert {"data-ran", "data-resumed", "data-ends"} <= countdown.attributes.keys()
    room.ask(FACILITATOR, do="pause")
    assert 'data-state="paused"' in drawn(room)["screen-place/"]
    assert "Petite pause" in on_the_wall(room)


def test_people_arrive_as_counts_by_role_until_the_second_step(room: Room) -> None:
    room.ask_as("another", CONSULTANT, do="join", name="Sacha")

    def arrived() -> str:
        return " ".join(Tree(f"<div>{drawn(room).get('screen-people/', '')}</div>").elements[0].words.split())

    assert arrived() == "1 équipe 2 consultants 1 observateur"
    assert 'data-joining="large"' in drawn(room)["screen-subject/"]
    start(room, "tour")
    assert arrived() and 'data-joining="small"' in drawn(room)["screen-subject/"]
    start(room, "problem")
    assert not arrived() and 'data-joining=""' in drawn(room)["screen-subject/"]


def test_the_newest_notes_of_the_step_come_first_and_all_are_counted(room: Room) -> None:
    start(room, "questions")
    assert notes(room) == [] and "apparaîtra ici" in on_the_wall(room)
    asked = ask(room, *(f"Question {n} ?" for n in range(SHOWN + 3)))
    room.ask(CLIENT, do="write", kind="answer", about=asked[0], text="Nous ne le savons pas")
    room.ask(CLIENT, do="write", kind="answer", about=asked[1], text="")
    shown = notes(room)
    assert len(shown) == SHOWN and f'data-total="{SHOWN + 4}"' in drawn(room)["screen-subject/"]
    assert "Nous ne le savons pas" in shown[0] and "Question 0 ?" in shown[0]
    assert [f"Question {SHOWN + 2 - n} ?" in html for n, html in enumerate(shown[1:])] == [True] * (SHOWN - 1)
    start(room, "recommendations")
    assert notes(room) == []


def test_a_note_that_comes_leaves_the_others_as_they_were(room: Room) -> None:
    start(room, "questions")
    ask(room, *(f"Question {n} ?" for n in range(SHOWN)))
    drawing = Drawing([screen.PANE], Eye(OBSERVER))
    drawing.update(Scene(room.session))
    ask(room, "Une de plus ?")
    patch = drawing.update(Scene(room.session))
    came = {id: html for id, html in patch.items() if id.startswith("screen-notes/")}
    assert sorted(map(bool, came.values())) == [False, True]
    assert "Une de plus ?" in came[min(came)] and drawing.update(Scene(room.session)) == {}
    room.ask(FACILITATOR, do="correct", person="person-consultant", name="Inès B.", role="consultant")
    assert "Inès B." in "".join(drawing.update(Scene(room.session)).values())


def test_a_withdrawn_note_leaves_and_long_ones_are_cut(room: Room) -> None:
    start(room, "questions")
    [short, long] = ask(room, "Qui ?", LONG + LONG)
    assert len(notes(room)) == 2 and "…" in notes(room)[0]
    room.ask(CONSULTANT, do="withdraw", note=long)
    assert len(notes(room)) == 1 and 'data-total="1"' in drawn(room)["screen-subject/"]
    room.ask(FACILITATOR, do="focus", note=short)
    room.ask(CONSULTANT, do="withdraw", note=short)
    assert subject(room.session) == Subject.NOTES


def test_the_note_looked_at_together_is_alone_and_whole(room: Room) -> None:
    start(room, "questions")
    [_, long] = ask(room, "Qui ?", LONG.strip())
    room.ask(FACILITATOR, do="focus", note=long)
    assert notes(room) == [] and LONG.strip() in on_the_wall(room) and "Inès · consultant" in on_the_wall(room)


def test_how_to_reach_the_team_is_never_on_the_wall(lived: Room) -> None:
    lived.ask(CLIENT, do="write", kind="contact", text="equipe@colis.example")
    assert "equipe@" not in "".join(drawn(lived).values())


# Scores -----------------------------------------------------------------------------------------------


def test_an_open_round_says_how_many_have_finished_and_nothing_that_was_given(room: Room) -> None:
    start(room, "recommendations")
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    room.ask(FACILITATOR, do="open_round", metrics=metric)
    before = drawn(room)
    assert "0 sur 2 ont fini" in on_the_wall(room) and "Délai médian" in on_the_wall(room)
    room.ask(CLIENT, do="score", metric=metric, value=5)
    assert drawn(room) == before
    told = []
    for value in (1, 4):
        room.ask(CLIENT, do="score", metric=metric, value=value, ease=value)
        told.append(drawn(room))
    assert told[0] == told[1] and "1 sur 2 ont fini" in on_the_wall(room)
    assert drawn(room)["screen-subject/"].count('class="on"') == 1 and "Marc" not in on_the_wall(room)
    room.ask(CONSULTANT, do="abstain", metric=metric)
    assert "Tout le monde a fini" in on_the_wall(room)


def test_a_second_round_hides_what_the_first_one_showed(room: Room) -> None:
    scored(room, SAME)
    assert "D’accord" in on_the_wall(room)
    [metric] = room.session.notes_of("metric")
    room.ask(FACILITATOR, do="open_round", metrics=metric.id)
    assert "valeur" not in on_the_wall(room) and "D’accord" not in on_the_wall(room)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([SAME, SAME, SAME, APART], "D’accord sur 3, partagés sur 1."),
        ([NEAR, NEAR], "D’accord sur les 2 mesures, à un point près."),
        ([SAME], "D’accord sur 1 mesure, à un point près."),
        ([SAME, SAME], "D’accord sur les 2 mesures, à un point près."),
        ([APART], "Partagés sur 1 mesure. En parler ne changerait pas l’ordre."),
        ([APART, APART], "Partagés sur les 2 mesures."),
    ],
)
def test_the_reveal_is_one_sentence_then_a_picture_and_the_order(room: Room, given: list[Any], sentence: str) -> None:
    scored(room, *given)
    html = drawn(room)["screen-subject/"]
    assert on_the_wall(room).startswith(sentence)
    assert html.index("sentence") < html.index("<svg") < html.index("<ol")
    assert len(Tree(html).all("ol")[0].words.split("Mesure")) - 1 == len(given)


def test_the_reveal_says_what_to_talk_about_and_what_the_team_keeps(room: Room) -> None:
    scored(room, SAME, APART, SAME)
    assert on_the_wall(room).count("à discuter") == 1 and "gardée" not in on_the_wall(room)
    first, *_ = room.session.notes_of("metric")
    room.ask(CLIENT, do="keep", metric=first.id, kept="true")
    assert on_the_wall(room).count("gardée par l’équipe") == 1
    # In the last step they stand above what comes, which says what it is, by whom and for when.
    start(room, "learnings")
    assert "Les mesures que l’équipe garde Mesure 1" in on_the_wall(room) and "apparaîtra ici" not in on_the_wall(room)
    room.ask(CLIENT, do="write", kind="action", text="Compter", owner="Marc", due="2026-12-14")
    room.ask(CONSULTANT, do="write", kind="learning", text="Le délai dit plus")
    learning, action = notes(room)
    assert "Un apprentissage" in learning and "Une action · Marc · 14/12/2026" in action


def test_a_round_that_nobody_or_one_person_scored_says_so(room: Room) -> None:
    start(room, "recommendations")
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai")
    first = room.ask(FACILITATOR, do="open_round", metrics=metric)
    room.ask(FACILITATOR, do="show_round", round=first)
    assert "Personne n’a donné ses deux avis" in on_the_wall(room)
    second = room.ask(FACILITATOR, do="open_round", metrics=metric)
    room.ask(CLIENT, do="score", metric=metric, value=5, ease=4)
    room.ask(FACILITATOR, do="show_round", round=second)
    assert "Une seule personne" in on_the_wall(room)


# The end ----------------------------------------------------------------------------------------------


def test_the_end_thanks_and_shows_what_the_team_leaves_with(lived: Room) -> None:
    assert subject(lived.session) == Subject.ENDED
    said = on_the_wall(lived)
    for words in ("Merci", "Délai médian", "Compter les abandons", "Marc", "07/12/2026"):
        assert words in said
    assert "Visites du site" not in said


def test_an_hour_that_kept_nothing_ends_with_thanks_and_what_was_learnt(room: Room) -> None:
    start(room, "learnings")
    room.ask(FACILITATOR, do="end")
    assert "Merci" in on_the_wall(room)
    room.ask(CONSULTANT, do="write", kind="learning", text="Le délai dit plus")
    assert "Le délai dit plus" in on_the_wall(room)


# Who may open it --------------------------------------------------------------------------------------


async def screen_of(house: Served) -> Browser:
    """A browser that the facilitator has let show the screen."""
    ada = await house.joins(FACILITATOR)
    opened = await ada.get("/screen")
    path = f"/room/{house.session}/screen"
    assert (opened.code, opened.headers["Location"]) == (303, path)
    kept = opened.headers["Set-Cookie"]
    assert f"Path={path}" in kept and "HttpOnly" in kept
    wall = Browser(house, path)
    wall.cookies[KEY] = kept.partition(f"{KEY}=")[2].partition(";")[0]
    return wall


@served
async def test_the_facilitator_opens_it_and_no_key_of_theirs_goes_with_it(house: Served) -> None:
    wall = await screen_of(house)
    page = await wall.get()
    assert page.code == 200 and "Colis Solidaire" in text(page)
    assert house.keys["facilitator"] not in text(page) + wall.cookies[KEY]
    assert wall.cookies[KEY] not in text(page) and wall.cookies[KEY] not in house.keys.values()
    # The ways in are there to be photographed, and one address short enough to be typed; no key can be read.
    assert text(page).count("<img") == 3 and "/atelier/" in text(page)
    assert not any(house.keys[role] in text(page) for role in (CLIENT, CONSULTANT, OBSERVER))
    assert not Tree(text(page).partition("<body")[2].partition(">")[2].partition("</body>")[0]).all(
        "button", "a", "form", *CONTROLS
    )


@served
async def test_only_the_facilitator_opens_it(house: Served) -> None:
    for role in (CLIENT, CONSULTANT, OBSERVER):
        assert (await (await house.joins(role)).get("/screen")).code == 403
    assert (await house.at(FACILITATOR).get("/screen")).code == 403
    gone = await house.joins(FACILITATOR)
    await (await house.joins(FACILITATOR)).do("show_out", person=gone.id)
    assert (await gone.get("/screen")).code == 403


@served
async def test_forged_keys_open_no_screen(house: Served) -> None:
    wall = Browser(house, f"/room/{house.session}/screen")
    other = Browser(house, "/room/abc/screen")
    other.cookies[KEY] = (await screen_of(house)).cookies[KEY]
    for key in ("", "wrong", *house.keys.values()):
        wall.cookies[KEY] = key
        assert [(await wall.get(path)).code for path in ("", "/patches")] == [403, 403]
    assert (await other.get()).code == (await other.get("/patches")).code == 403


@served
async def test_its_key_opens_nothing_else_and_takes_nothing_in(house: Served) -> None:
    wall = await screen_of(house)
    for role in Role:
        door = house.at(role)
        door.cookies[KEY] = wall.cookies[KEY]
        assert {(await door.get(path)).code for path in REFUSED if path not in ("/gestures", "/join")} <= {403, 405}
        assert (await door.asks("Qui ?")).code == 401
    with closing(house.elsewhere().journal) as journal:
        before = journal.read()
    for path in ("/gestures", "/join", "/here", "/links", "/import", "/hypotheses"):
        answer = await wall.post(path, {"id": "from-the-wall", "do": "write", "kind": "question", "text": "Qui ?"})
        assert answer.code == 401, path
    assert (await wall.post("", {})).code == 405
    with closing(house.elsewhere().journal) as journal:
        assert journal.read() == before


@served
async def test_it_follows_the_room_and_is_nobody(house: Served) -> None:
    wall, ines = await screen_of(house), await house.joins(CONSULTANT, "Inès")
    ada = await house.joins(FACILITATOR, "Ada")
    with closing(house.elsewhere().journal) as journal:
        before = len(journal.read())
    stream = await wall.listens()
    await ada.do("start", step="questions")
    await ines.asks("Qui renonce ?")
    await stream.hears("Qui renonce ?")
    with closing(house.elsewhere().journal) as journal:
        assert {entry.by for entry in journal.read()[before:]} == {ada.id, ines.id}
        assert journal.present() == frozenset()
    await stream.leaves()
    back = await wall.listens(**{"Last-Event-ID": stream.last})
    await back.hears("event: drawn")
    assert "Qui renonce" not in back.text


@served
async def test_a_link_that_is_renewed_is_drawn_again_and_the_observers_closes_it(house: Served) -> None:
    wall, ada = await screen_of(house), await house.joins(FACILITATOR)
    stream = await wall.listens()
    await stream.hears("event: drawn")
    known = stream.text.partition("event: drawn\ndata: ")[2].partition("\n")[0]
    assert f'data-drawn="{known}"' in text(await wall.get())
    await ada.post("/links", {"role": "client"})
    await stream.ends()
    again = await wall.listens()
    await again.hears("event: drawn")
    assert known not in again.text and f'data-drawn="{known}"' not in text(await wall.get())
    await ada.post("/links", {"role": "observer"})
    await again.ends()
    assert (await wall.get()).code == 403
    opened = await ada.get("/screen")
    assert opened.code == 303 and wall.cookies[KEY] not in opened.headers["Set-Cookie"]


@served
async def test_it_speaks_the_workshops_language_or_the_browsers(house: Served) -> None:
    wall = await screen_of(house)
    assert '<html lang="fr"' in text(await wall.get())
    wall.cookies["impact-lang"] = "en"
    assert '<html lang="en"' in text(await wall.get())


def test_its_key_is_its_own(room: Room) -> None:
    folder = path_of(room.store.journal).parent.parent
    of_roles = {keys.role_key(folder, room.store.journal, role) for role in Role}
    assert keys.screen_key(folder, room.store.journal) not in of_roles


def test_the_reveal_shows_everybodys_marks_by_role_and_names_each_corner(room: Room) -> None:
    scored(room, ((5, 4), (5, 4)))
    html = drawn(room)["screen-subject/"]
    # Both at one place: they stand side by side.
    assert 'class="client" x="146.5" y="-3.5"' in html and 'class="consultant" cx="160" cy="0"' in html
    for corner in ("utile, à préparer", "à faire d’abord", "à laisser de côté", "facile, peu utile"):
        assert corner in html
