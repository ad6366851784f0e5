"""The fragments drawn of a session, for each role and language."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import replace
from functools import cache, lru_cache
from html.parser import HTMLParser
from itertools import pairwise, product
from types import ModuleType
from typing import Any

import pytest
from babel.messages.pofile import read_po
from msgspec import structs

from impactlib.domain import events as e
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import load_text, names
from impactlib.domain.clock import ends_at
from impactlib.domain.events import Entry
from impactlib.domain.fold import history
from impactlib.domain.session import Session
from impactlib.domain.standing import ranking
from impactlib.paths import LOCALE, NOTEBOOKS, TEMPLATES
from impactlib.views import (
    Eye,
    contract,
    controls,
    doors,
    inventory,
    learnings,
    matrix,
    metrics,
    now,
    people,
    place,
    problem,
    questions,
    recommendations,
    summary,
    testimonies,
    tour,
    track,
    unwritten,
)
from impactlib.views.render import environment
from tests.conftest import EVERYBODY, Room, Time, agree, few, live_the_hour
from tests.test_text import PAYLOADS

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
WORKSHOP = (
    track, now, tour, problem, questions, testimonies, contract, recommendations, metrics, learnings, summary, people,
    controls,
)  # fmt: skip
OPENED = (*WORKSHOP, inventory, matrix)
"""The workshop of an agenda that opens every pane."""
SCRIPT = (track, unwritten, controls)
AUDIENCES = [Eye(*one, now=2_000_000_000.0) for one in EVERYBODY]
VOID = {"area", "br", "rect", "col", "hr", "img", "input", "link", "meta", "path"}
CONTROLS = {"input", "select", "textarea"}

audiences = pytest.mark.parametrize("eye", AUDIENCES, ids=lambda eye: f"{eye.role}-{eye.lang}")


def frames(eye: Eye, views: tuple[ModuleType, ...] = WORKSHOP) -> str:
    return "".join(str(view.frame(eye)) for view in views)


def fragments(session: Session, eye: Eye, views: tuple[ModuleType, ...] = WORKSHOP) -> dict[str, str]:
    return {id: str(html) for view in views for id, html in view.PANE.fragments(session, eye).items()}


def seen(session: Session, role: Role, *views: ModuleType, lang: str = "fr", **eye: Any) -> str:
    """All that a role reads in those views (in the whole workshop by default)."""
    return "\n".join(fragments(session, Eye(role, lang, **eye), views or WORKSHOP).values())


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], inside: list[Element]) -> None:
        self.tag, self.attributes, self.inside, self.words = tag, attributes, inside, ""

    def within(self, *tags: str) -> bool:
        return any(element.tag in tags for element in self.inside)


class Tree(HTMLParser):
    """The elements of some HTML, which must be balanced."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute stands twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs}, list(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1].tag == tag, f"</{tag}> closes {[e.tag for e in self._open]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def shape(self) -> list[tuple[str, list[str]]]:
        return [(element.tag, sorted(element.attributes)) for element in self.elements]


parsed = lru_cache(maxsize=4096)(Tree)
"""A fragment's elements, read once however often it is drawn."""


@pytest.fixture
def busy(room: Room, time: Time) -> Room:
    """The recommendations' step, with something of everything, and scores that nobody was shown."""
    room.ask(CLIENT, do="write", kind="hypothesis", text="Écrite la veille")
    time.advance(60)
    for step in ("tour", "problem", "questions", "recommendations"):
        room.ask(FACILITATOR, do="start", step=step)
        time.advance(300)
    room.ask(CONSULTANT, do="write", kind="expectation", text="Comprendre vos usagers")
    room.ask(CLIENT, do="write", kind="problem", text="Les familles attendent")
    room.ask(CLIENT, do="write", kind="audience", text="Les familles en urgence")
    room.ask(CLIENT, do="write", kind="goal", text="Un chiffre à suivre")
    question = room.ask(FACILITATOR, do="write", kind="question", text="Qui renonce ?", behalf="person-consultant")
    room.ask(CLIENT, do="write", kind="answer", about=question, text="Personne ne le sait")
    room.ask(CLIENT, do="write", kind="answer", about=question, text="")
    room.ask(CLIENT, do="write", kind="testimony", text="Un an à compter des visites", behalf="person-consultant")
    room.ask(CLIENT, do="write", kind="contract", text="Aidez-nous à mesurer le délai")
    hypothesis = room.ask(CLIENT, do="write", kind="hypothesis", text="L’inscription en mairie")
    room.ask(CONSULTANT, do="write", kind="recommendation", about=hypothesis, text="Comparez deux départements")
    room.ask(CONSULTANT, do="write", kind="recommendation", text="Publiez peu de chiffres")
    delay = room.ask(CLIENT, do="write", kind="metric", about=hypothesis, text="Délai médian", quality="50")
    room.ask(CLIENT, do="write", kind="metric", text="Visites du site")
    room.ask(CONSULTANT, do="write", kind="recommendation", about=delay, text="Par département")
    room.ask(FACILITATOR, do="open_round", metrics=" ".join(note.id for note in room.session.notes_of("metric")))
    room.ask(CLIENT, do="score", metric=delay, value=5, ease=2)
    room.ask(CLIENT, do="keep", metric=delay, kept="true")
    room.ask(CLIENT, do="write", kind="learning", text="Le délai d’abord")
    room.ask(CLIENT, do="write", kind="action", text="Compter les abandons")
    return room


# The templates themselves ---------------------------------------------------------------------------

LONGEST_LINE = 140


def test_every_line_of_a_template_can_be_read_at_a_glance() -> None:
    templates = [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".md", ".j2"}]
    assert len(templates) > 40
    long = [
        f"{path.relative_to(TEMPLATES.parent)}:{number}: {len(line)} characters"
        for path in templates
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not long, "\n".join(long)


# The shape of a page --------------------------------------------------------------------------------


@audiences
@pytest.mark.parametrize("views", [OPENED, SCRIPT, (doors,)], ids=["workshop", "script", "home"])
def test_every_frame_is_balanced_and_its_ids_are_one_of_a_kind(eye: Eye, views: tuple[ModuleType, ...]) -> None:
    ids = [element.attributes["id"] for element in Tree(frames(eye, views)).elements if "id" in element.attributes]
    assert len(set(ids)) == len(ids)


@audiences
@pytest.mark.parametrize("views", [WORKSHOP, SCRIPT, (doors,)], ids=["workshop", "script", "home"])
def test_every_control_has_a_label_and_every_label_a_control(eye: Eye, views: tuple[ModuleType, ...]) -> None:
    tree = Tree(frames(eye, views))
    controls_by_id = {c.attributes.get("id"): c for c in tree.all(*CONTROLS)}
    labels = tree.all("label")
    pointed = {label.attributes["for"] for label in labels if "for" in label.attributes}
    assert pointed <= controls_by_id.keys()
    for control in tree.all(*CONTROLS):
        assert control.attributes.get("id") in pointed or control.within("label"), control.attributes
    for label in labels:
        assert label.words.strip()
        assert "for" in label.attributes or any(label in control.inside for control in tree.all(*CONTROLS))
    known = {element.attributes.get("id") for element in tree.elements}
    for element in tree.elements:
        for name in ("aria-labelledby", "aria-describedby", "aria-controls"):
            assert set(element.attributes.get(name, "").split()) <= known


@audiences
def test_every_button_and_link_has_a_name(busy: Room, time: Time, eye: Eye) -> None:
    live_the_hour(busy, time)
    for html in (frames(eye), frames(eye, SCRIPT), *fragments(busy.session, eye).values()):
        for element in parsed(html).all("button", "a", "summary"):
            assert (element.attributes.get("aria-label") or element.words).strip(), element.attributes


@audiences
@pytest.mark.parametrize("moment", ["opened", "busy", "lived"])
def test_every_fragment_is_balanced_at_any_moment(request: pytest.FixtureRequest, eye: Eye, moment: str) -> None:
    room: Room = request.getfixturevalue("room" if moment == "opened" else moment)
    for views in (WORKSHOP, SCRIPT):
        for html in fragments(room.session, eye, views).values():
            assert parsed(html).elements or not html.strip()


@audiences
def test_inputs_are_in_frames_only_so_that_a_patch_disturbs_nobodys_typing(busy: Room, eye: Eye) -> None:
    assert Tree("".join(fragments(busy.session, eye).values())).all(*CONTROLS, "form", "label") == []


@pytest.mark.parametrize("view", [*WORKSHOP, unwritten, doors], ids=lambda view: view.__name__.rsplit(".", 1)[-1])
def test_a_frame_is_drawn_without_a_session_so_it_holds_nobodys_words(view: ModuleType) -> None:
    assert list(inspect.signature(view.frame).parameters) == ["eye"]


@audiences
@pytest.mark.parametrize("views", [WORKSHOP, SCRIPT], ids=["workshop", "script"])
def test_each_fragment_has_a_zone_in_its_own_frame(busy: Room, eye: Eye, views: tuple[ModuleType, ...]) -> None:
    for view in views:
        zones = re.findall(r'data-zone="([a-z-]+)"', str(view.frame(eye)))
        assert {id.split("/")[0] for id in view.PANE.fragments(busy.session, eye)} <= set(zones)
        assert len(set(zones)) == len(zones)
    names = re.findall(r'data-zone="([a-z-]+)"', frames(eye, views))
    assert len(set(names)) == len(names)
    assert all(f"<!--zone {name}-->" in frames(eye, views) for name in names)


def test_notes_stand_in_the_order_in_which_they_came_beyond_nine_and_keep_their_place_when_edited(room: Room) -> None:
    notes = [room.ask(CLIENT, do="write", kind="learning", text=f"Leçon {n:02}") for n in range(12)]
    before = fragments(room.session, Eye(CLIENT), (learnings,))
    ids = sorted(id for id in before if id.startswith("learnings/"))
    assert [re.findall(r"Leçon \d\d", before[id])[0] for id in ids] == [f"Leçon {n:02}" for n in range(12)]
    room.ask(CLIENT, do="edit", note=notes[3], text="Leçon 03, mieux dite", was="1")
    room.ask(CLIENT, do="withdraw", note=notes[5])
    after = fragments(room.session, Eye(CLIENT), (learnings,))
    assert before.keys() - after.keys() == {ids[5]}
    assert {id for id in after if after[id] != before[id]} == {ids[3]}


def test_the_same_session_gives_the_same_fragments(busy: Room) -> None:
    refolded = history(busy.entries)
    for eye in AUDIENCES:
        assert fragments(refolded, eye) == fragments(busy.session, eye)


@audiences
def test_each_language_is_whole(busy: Room, eye: Eye) -> None:
    page = frames(eye) + frames(eye, (unwritten, doors)) + "".join(fragments(busy.session, eye).values())
    with (LOCALE / "fr" / "LC_MESSAGES" / "impact.po").open("rb") as file:
        catalog = read_po(file)
    pairs = [(m.id, m.string) for m in catalog if isinstance(m.id, str) and len(m.id) > 14 and "%" not in m.id]
    foreign = [french if eye.lang == "en" else english for english, french in pairs if english != french]
    words = " ".join(element.words for element in Tree(page).elements)
    assert [text for text in foreign if str(text) in words] == []


# Payloads -------------------------------------------------------------------------------------------


def typed_everywhere(words: str, origin: str = "home", ended: bool = True) -> list[Entry]:
    """The entries of a session in which people typed those words wherever something can be typed."""
    agenda, _ = load_text("atelier-impact")
    happened: list[e.Event] = [e.SessionOpened(words, agenda, video=words)]
    happened += [e.PersonJoined(f"p{role}", words, role) for role in Role]
    happened += [e.PersonJoined("out", words, "observer"), e.PersonShownOut("out"), e.StepStarted("tour")]
    kinds: tuple[str, ...] = (
        "expectation",
        "problem",
        "audience",
        "goal",
        "question",
        "testimony",
        "contract",
        "hypothesis",
    )
    kinds += ("learning", "action")
    happened += [e.NoteWritten(kind, kind, words) for kind in kinds]
    happened += [e.NoteWritten("answer", "answer", words, "question"), e.NoteWritten("free", "recommendation", words)]
    happened += [e.NoteWritten("advice", "recommendation", words, "hypothesis")]
    happened += [e.NoteWritten("metric", "metric", words, "hypothesis"), e.MetricKept("metric", True)]
    happened += [e.NoteWritten("on", "recommendation", words, "metric"), e.DetailSet("metric", "quality", words)]
    happened += [e.DetailSet("action", "owner", words), e.DetailSet("action", "due", words)]
    happened += [e.MetricScored("metric", 5, 5), e.RankingShown(True)]
    happened += [e.NoteWritten("gone", "learning", words), e.NoteWithdrawn("gone")]
    happened += [e.SessionEnded()] if ended else []
    return [
        Entry(origin, n, f"e{n}", 1000.0 + n, "pclient", "pconsultant" if n % 2 else "", event)
        for n, event in enumerate(happened, 1)
    ]


def everywhere(words: str) -> Session:
    """That session."""
    return history(typed_everywhere(words))


@cache
def plain(eye: Eye, views: tuple[ModuleType, ...]) -> dict[str, list[tuple[str, list[str]]]]:
    """The shape of each fragment when people type one plain word."""
    return {id: parsed(html).shape() for id, html in fragments(everywhere("mot"), eye, views).items()}


def test_a_payload_in_every_field_comes_out_as_words_and_changes_no_tag_and_no_attribute() -> None:
    def agrees(payload: str) -> None:
        session = everywhere(payload)
        for role, lang, views in (
            (FACILITATOR, "fr", WORKSHOP),
            (FACILITATOR, "en", SCRIPT),
            (CLIENT, "en", WORKSHOP),
            (CONSULTANT, "fr", WORKSHOP),
            (OBSERVER, "en", WORKSHOP),
        ):
            eye = Eye(role, lang, now=2000.0)
            trees = {id: parsed(html) for id, html in fragments(session, eye, views).items()}
            assert {id: tree.shape() for id, tree in trees.items()} == plain(eye, views)
            # Addresses are ours: nobody’s words are in one.
            hrefs = {link.attributes["href"] for tree in trees.values() for link in tree.all("a")}
            assert hrefs <= {f"{role}/{page}" for page in ("summary.docx", "prepare", "follow")} | {"facilitator/links"}

    agree(few(PAYLOADS), agrees)


# What a role does not see ---------------------------------------------------------------------------


def test_observers_have_no_form_but_of_themselves_and_nothing_to_press_but_the_steps_and_their_own(busy: Room) -> None:
    for lang in LANGUAGES:
        frame = Tree(frames(Eye(OBSERVER, lang)))
        assert [form.attributes.get("data-do") for form in frame.all("form")] == [None, "rename", "forget"]
        # The marks that they give apart stay in their browser; the names that they look at make a file, and no gesture.
        fields = frame.all("dialog", "select", "input")
        assert len([field for field in fields if field.attributes.get("type") != "radio"]) == 4
        assert [element.attributes.get("id") for element in frame.all("textarea")] == ["share-words", "own-notes"]
        drawn = Tree("".join(fragments(busy.session, Eye(OBSERVER, lang)).values()))
        pressed = [button.attributes for button in drawn.all("button")]
        own = [said for said in pressed if said.get("data-into") in ("rename", "forget")]
        assert len(own) == 2 * len([person for person in busy.session.people.values() if not person.out])
        assert all("data-look" in said or "data-look-moment" in said or said in own for said in pressed)


@pytest.mark.parametrize("role", Role)
def test_each_role_has_a_form_for_just_what_it_may_write(role: Role) -> None:
    everybody = {"expectation", "question", "answer", "testimony", "recommendation", "learning"}
    team = {"problem", "audience", "goal", "contract", "hypothesis", "metric", "action", "contact"}
    forms = Tree(frames(Eye(role))).all("form")
    expected = {FACILITATOR: everybody | team, CLIENT: everybody | team, CONSULTANT: everybody, OBSERVER: set()}
    assert {f.attributes["data-kind"] for f in forms if f.attributes.get("data-do") == "write"} == expected[role]


LATER = "0123456789abcdef"


def test_who_came_back_by_another_browser_is_told_to_the_facilitator_until_set_apart(room: Room) -> None:
    room.ask(CLIENT, do="come_back", browser=LATER)
    assert "de retour par un autre navigateur à 5\u00a0h\u00a033" in seen(room.session, FACILITATOR)
    room.ask(FACILITATOR, do="set_apart", person="person-client", browser=LATER)
    assert "navigateur" not in seen(room.session, FACILITATOR)


def test_only_the_facilitators_page_has_the_clocks_buttons_and_those_on_people(busy: Room) -> None:
    commands = {"start", "pause", "resume", "more", "end", "keep_end", "show_round", "show_out", "let_in", "correct"}
    commands |= {"set_apart"}
    busy.ask(CLIENT, do="come_back", browser=LATER)
    busy.ask(FACILITATOR, do="show_out", person="person-observer")
    for role in Role:
        page = frames(Eye(role)) + seen(busy.session, role)
        pressed = {element.attributes.get("data-do", "") for element in Tree(page).elements} & commands
        assert bool(pressed) == (role == FACILITATOR)
        assert ("Lou" in page) == (role == FACILITATOR)
        assert (LATER in page) == (role == FACILITATOR)
        assert ('data-into="person"' in page) == (role == FACILITATOR)


@audiences
def test_scores_that_were_not_shown_are_in_no_fragment_of_any_role(busy: Room, eye: Eye) -> None:
    delay, visits = (note.id for note in busy.session.notes_of("metric"))

    def scored(value: int, ease: int) -> Session:
        cast = [(who, metric) for who in ("person-client", "person-consultant") for metric in (delay, visits)]
        entries = [
            Entry("home", 900 + n, f"s{n}", 3e9, who, "", e.MetricScored(metric, value, ease))
            for n, (who, metric) in enumerate(cast)
        ]
        return history(entries, busy.session)

    for views in (WORKSHOP, SCRIPT):
        # Whatever the scores are, everybody's page is the same: nothing can be read from it.
        assert fragments(scored(5, 1), eye, views) == fragments(scored(1, 4), eye, views)
        assert fragments(scored(5, 1), eye, views) == fragments(scored(2, 2), eye, views)
    end = [Entry("home", 999, "r", 3e9, "", "", e.RoundShown(busy.session.rounds[0].id))]
    shown = [history(end, scored(*s)) for s in ((5, 1), (1, 4))]
    assert fragments(shown[0], eye) != fragments(shown[1], eye)


@audiences
def test_a_withdrawn_note_is_in_no_fragment_of_any_role(busy: Room, eye: Eye) -> None:
    for note in list(busy.session.notes.values()):
        busy.ask(FACILITATOR, do="withdraw", note=note.id)
    page = "".join(fragments(busy.session, eye).values()) + "".join(fragments(busy.session, eye, SCRIPT).values())
    for note in busy.session.notes.values():
        assert not note.text or note.text not in Tree(f"<div>{page}</div>").elements[0].words
        assert not note.text or f'"{note.text}"' not in page


def test_people_who_have_not_written_are_on_the_script_alone(busy: Room) -> None:
    busy.ask_as("silent", CONSULTANT, do="join", name="Sacha")
    assert "Sacha" in seen(busy.session, FACILITATOR, unwritten)
    here = frozenset(busy.session.people)
    assert not any(name in seen(busy.session, FACILITATOR, unwritten, present=here) for name in ("Marc", "Inès", "Lou"))
    busy.ask_as("silent", CONSULTANT, do="write", kind="question", text="Qui ?")
    assert "chacun a écrit" in seen(busy.session, FACILITATOR, unwritten)
    assert "Hors ligne" in seen(busy.session, FACILITATOR, unwritten, present=here - {"silent"})
    for lang in LANGUAGES:
        cells = json.loads((NOTEBOOKS / lang / "workshop.ipynb").read_text(encoding="utf-8"))["cells"]
        assert "unwritten" not in "".join(line for cell in cells for line in cell["source"])


# Each view ------------------------------------------------------------------------------------------


def filled(html: str) -> list[Element]:
    buttons = Tree(html).all("button", "a")
    return [b for b in buttons if b.attributes.get("class", "").split()[:1] == ["btn"] and not b.within("dialog")
            and "quiet" not in b.attributes["class"]]  # fmt: skip


def test_the_facilitator_has_one_filled_button_at_every_moment_and_it_leads_to_the_end(room: Room) -> None:
    pressed = []
    while not room.session.ended:
        [button] = filled(frames(Eye(FACILITATOR)) + seen(room.session, FACILITATOR))
        words = {name.removeprefix("data-"): value for name, value in button.attributes.items()}
        pressed.append(words["do"])
        said = {name: words[name] for name in ("step", "on") if name in words}
        room.ask(FACILITATOR, do=words["do"], **said)
    # Once there, the consultants are given the floor before anything else.
    assert pressed == ["start"] * 4 + ["listen", "start", "end"]
    [download] = filled(frames(Eye(FACILITATOR)) + seen(room.session, FACILITATOR))
    assert download.attributes["href"] == "facilitator/summary.docx"


def test_every_role_is_told_what_to_do_at_every_step_of_every_agenda() -> None:
    agree(product(AUDIENCES, names()), _told_at_every_step)


def _told_at_every_step(eye: Eye, agenda: str) -> None:
    session = history([Entry("home", 1, "e1", 1.0, "", "", e.SessionOpened("Équipe", load_text(agenda)[0]))])
    moments = [e.StepStarted(step.id) for step in session.steps] + [e.SessionEnded()]
    said = [Tree(str(now.PANE.fragments(session, eye)["now/"])).all("p")[0].words]
    for n, event in enumerate(moments, 2):
        session = history([Entry("home", n, f"e{n}", float(n), "", "", event)], session)
        [sentence, *_] = Tree(str(now.PANE.fragments(session, eye)["now/"])).all("p")
        [title] = Tree(str(now.PANE.fragments(session, eye)["now/"])).all("small")
        assert len(sentence.words.replace(title.words, "").strip()) > 20
        said.append(sentence.words)
    # Speakers follow one another: only the step's title then changes.
    assert len(set(said)) == len(said)


def test_a_late_start_asks_the_facilitator_alone_whether_to_keep_the_end(room: Room, time: Time) -> None:
    room.ask(FACILITATOR, do="start", step="tour")
    late = structs.replace(room.session, clock=replace(room.session.clock, scheduled=time.now - 600))
    assert "Commencé avec 10 min de retard" in seen(late, FACILITATOR, now)
    assert 'data-kept="true"' in seen(late, FACILITATOR, now, now=time.now)
    assert "data-kept" not in seen(late, CLIENT, now) + seen(room.session, FACILITATOR, now)
    kept = structs.replace(late, clock=replace(late.clock, kept=True))
    assert 'data-kept="false"' in seen(kept, FACILITATOR, now)


def test_the_track_says_which_step_runs_and_what_each_may_look_at(room: Room, time: Time) -> None:
    room.ask(FACILITATOR, do="start", step="problem")
    tree = Tree(seen(room.session, OBSERVER, track, now=time.now))
    steps = tree.all("li")
    assert [li.attributes.get("class") for li in steps] == ["done", None, None, None, None]
    assert [li.attributes.get("aria-current") for li in steps] == [None, "step", None, None, None]
    assert [b.attributes["data-shows"] for b in tree.all("button")][2] == "questions contract"
    assert tree.all("div")[0].attributes["data-state"] == "running"


def test_an_overrun_is_said_on_the_steps_it_is_taken_from_and_a_pause_does_not_hide_it(room: Room, time: Time) -> None:
    room.ask(FACILITATOR, do="start", step="tour")
    time.advance(19 * 60)
    room.ask(FACILITATOR, do="pause")
    for wait in (0, 1200):
        page = seen(room.session, CLIENT, track, now=time.now + wait)
        assert 'data-from="pris sur Problème et 2 autres"' in page
        assert lengths(page) == ["en pause", *(f"{m} {n}\u00a0min au lieu de {m}\u00a0min" for m, n in
                                 (("10", "8"), ("10", "8"), ("25", "20"))), "5\u00a0min"]  # fmt: skip
    assert ends_at(room.session.clock, time.now + 1200) == time.now + 1200 + 41 * 60


def test_no_overrun_is_shown_at_the_planned_pace_or_after_the_end(room: Room, time: Time) -> None:
    for step in room.session.steps:
        room.ask(FACILITATOR, do="start", step=step.id)
        page = seen(room.session, CLIENT, track, now=time.now + 30)
        assert "au lieu de" not in page and "pris sur" not in page
        time.advance(step.seconds)
    room.ask(FACILITATOR, do="start", step="tour")
    room.ask(FACILITATOR, do="end")
    assert "au lieu de" not in seen(room.session, CLIENT, track, now=time.now + 7200)


def lengths(page: str) -> list[str]:
    """What the track says under the name of each step."""
    return [small.words for small in Tree(page).all("small") if small.within("li")]


def test_each_step_has_its_planned_minutes_under_its_name_and_a_changed_one_says_so(room: Room, time: Time) -> None:
    planned = [f"{m}\u00a0min" for m in (10, 10, 10, 25, 5)]
    assert lengths(seen(room.session, CLIENT, track, now=time.now)) == planned
    room.ask(FACILITATOR, do="minutes", step="questions", minutes="15")
    changed = lengths(seen(room.session, CLIENT, track, now=time.now))
    assert changed == [*planned[:2], "10 15\u00a0min au lieu de 10\u00a0min", *planned[3:]]
    room.ask(FACILITATOR, do="minutes", step="questions", minutes="10")
    assert lengths(seen(room.session, CLIENT, track, now=time.now)) == planned


def test_a_group_that_goes_back_reads_what_is_left_of_a_step_and_never_a_zero(room: Room, time: Time) -> None:
    for step, minutes in (("tour", 10), ("problem", 12), ("questions", 3), ("problem", 0), ("tour", 0)):
        room.ask(FACILITATOR, do="start", step=step)
        time.advance(60 * minutes)
    said = lengths(seen(room.session, CLIENT, track, now=time.now))
    assert said[1:3] == ["déjà faite", "encore 7\u00a0min"]
    assert not any(re.search(r"\b0\u00a0min", words) for words in said)


def test_an_overrun_says_from_which_step_or_from_which_time_it_is_taken(room: Room, time: Time) -> None:
    room.ask(FACILITATOR, do="start", step="tour")
    room.ask(FACILITATOR, do="start", step="recommendations")
    time.advance(26 * 60)
    assert 'data-from="pris sur le temps libre"' in seen(room.session, CLIENT, track, now=time.now)
    time.advance(32 * 60)
    assert 'data-from="pris sur Apprentissages"' in seen(room.session, CLIENT, track, now=time.now)


def test_a_pause_is_said_in_words_by_the_clock_the_track_and_the_sentence(room: Room, time: Time) -> None:
    room.ask(FACILITATOR, do="start", step="tour")
    assert "pause" not in seen(room.session, CLIENT, now).lower()
    room.ask(FACILITATOR, do="pause")
    for role in Role:
        page = seen(room.session, role, track, now=time.now)
        assert [clock.attributes["data-state"] for clock in Tree(page).all("impact-clock")] == ["paused"]
        assert lengths(page)[0] == "en pause"
        assert "L’atelier est en pause" in seen(room.session, role, now)
    [button] = filled(seen(room.session, FACILITATOR))
    assert button.attributes["data-do"] == "resume"


def test_only_the_facilitator_moves_the_start_and_only_before_the_hour(room: Room) -> None:
    assert "Fixer le début" in seen(room.session, FACILITATOR, now)
    room.ask(FACILITATOR, do="schedule", starts="2033-05-19T10:00")
    assert "Changer le début" in seen(room.session, FACILITATOR, now)
    for role in (CLIENT, CONSULTANT, OBSERVER):
        assert "schedule" not in seen(room.session, role, now) + frames(Eye(role))
    room.ask(FACILITATOR, do="start", step="tour")
    assert "schedule" not in seen(room.session, FACILITATOR, now)


def test_an_hour_that_starts_very_late_is_not_offered_an_end_that_leaves_it_no_time(room: Room, time: Time) -> None:
    room.ask(FACILITATOR, do="start", step="tour")
    for late, said in ((55 * 60, "55 min de retard"), (86400, "un autre jour que prévu")):
        begun = structs.replace(room.session, clock=replace(room.session.clock, scheduled=time.now - late))
        page = seen(begun, FACILITATOR, now, now=time.now)
        assert said in page.replace("\u00a0", " ")
        assert "Les étapes gardent leurs minutes, la fin est décalée d’autant." in page
        assert "data-kept" not in page


def test_people_are_shown_by_role_connected_or_not(room: Room) -> None:
    page = seen(room.session, CLIENT, people, present=frozenset({"person-client"}))
    words = Tree(f"<div>{page}</div>").elements[0].words
    assert words.count("hors ligne") == 4 and "3 personnes hors ligne" in words
    assert [h.words.split()[0] for h in Tree(page).all("h3")] == ["Animation", "Équipe", "Consultants", "Observateurs"]


def test_in_the_tour_everybody_stands_with_what_they_expect(busy: Room) -> None:
    cards = fragments(busy.session, Eye(CLIENT), (tour,))
    assert len(cards) == 4
    # The place of the role at the table, then the order in which they came.
    assert [id for id, html in cards.items() if "Comprendre vos usagers" in html] == ["tour/100002"]


def test_a_question_says_who_spoke_who_wrote_when_and_holds_its_answers(busy: Room) -> None:
    [card] = [
        h for id, h in fragments(busy.session, Eye(OBSERVER), (questions,)).items() if id.startswith("questions/")
    ]
    words = Tree(f"<div>{card}</div>").elements[0].words
    assert re.search("Inès · consultant\\s+· à 20\u00a0min\\s+· noté par Ada", words)
    assert "Personne ne le sait" in words
    assert "Répondu de vive voix, sans note." in words


def test_a_note_written_before_the_hour_has_no_minute(busy: Room) -> None:
    early, during = (
        html for id, html in fragments(busy.session, Eye(CLIENT), (recommendations,)).items() if "hypotheses/" in id
    )
    assert "Écrite la veille" in early and "min</p>" not in early
    assert "à 20\u00a0min" in during


def test_a_note_is_written_for_people_around_the_table_never_for_an_observer(busy: Room) -> None:
    speakers = Tree(seen(busy.session, CONSULTANT, questions)).all("button")
    chips = [b.words for b in speakers if "data-speaker" in b.attributes][:3]
    assert chips == ["Marc · équipe", "Inès · consultant", "Ada · animation"]
    assert "Lou" not in seen(busy.session, CONSULTANT, questions, recommendations)


def test_the_tools_of_a_note_are_its_authors_and_the_facilitators(busy: Room) -> None:
    [note] = busy.session.notes_of("question")
    for role in (CLIENT, CONSULTANT, FACILITATOR):
        [tools] = [
            p for p in Tree(seen(busy.session, role, questions)).all("p") if p.attributes.get("data-by") == note.by
        ][:1]
        assert tools.attributes["data-for"] == "person-consultant"
        # The page of the author takes `hidden` off; it is in everybody's fragment, since an audience is a role.
        assert ("hidden" in tools.attributes) == (role != FACILITATOR)
    roster = "".join(html for id, html in fragments(busy.session, Eye(OBSERVER)).items() if id.startswith("roster/"))
    assert seen(busy.session, OBSERVER).count("data-by") == roster.count("data-by")


def test_the_contract_waits_without_blocking(room: Room) -> None:
    assert "Pas encore formulée" in seen(room.session, CLIENT, contract)
    room.ask(CLIENT, do="write", kind="contract", text="Aidez-nous à choisir")
    assert "Aidez-nous à choisir" in seen(room.session, OBSERVER, contract)


def test_advice_stands_with_what_it_was_given_on_and_outlives_it(busy: Room) -> None:
    cards = fragments(busy.session, Eye(CLIENT), (recommendations,))
    assert [id.split("/")[0] for id, html in cards.items() if "Comparez deux" in html] == ["hypotheses"]
    [hypothesis] = [n for n in busy.session.notes_of("hypothesis") if "mairie" in n.text]
    busy.ask(CLIENT, do="withdraw", note=hypothesis.id)
    cards = fragments(busy.session, Eye(CLIENT), (recommendations,))
    assert [id.split("/")[0] for id, html in cards.items() if "Comparez deux" in html] == ["recommendations"]
    assert "Par département" in seen(busy.session, CLIENT, metrics)


def test_the_missing_parts_of_an_action_are_named(busy: Room) -> None:
    assert "responsable à nommer" in seen(busy.session, OBSERVER, learnings)
    [action] = busy.session.notes_of("action")
    busy.ask(CLIENT, do="detail", note=action.id, detail="owner", value="Marc")
    busy.ask(CLIENT, do="detail", note=action.id, detail="due", value="2026-12-07")
    page = seen(busy.session, OBSERVER, learnings)
    assert "responsable à nommer" not in page and "pour le 07/12/2026" in page
    assert "for the 2026-12-07" in seen(busy.session, OBSERVER, learnings, lang="en")


def test_the_team_keeps_and_the_others_see_what_is_kept(busy: Room) -> None:
    for role in (FACILITATOR, CLIENT):
        pressed = [b.attributes["aria-pressed"] for b in Tree(seen(busy.session, role, learnings)).all("button")
                   if b.attributes.get("data-do") == "keep"]  # fmt: skip
        assert pressed == ["true", "false"]
    for role in (CONSULTANT, OBSERVER):
        page = seen(busy.session, role, learnings)
        assert 'data-do="keep"' not in page and page.count(">Gardée<") == 1


# A round of scores, and what it gives ----------------------------------------------------------------


def measured(room: Room, *names: str) -> list[str]:
    return [room.ask(CLIENT, do="write", kind="metric", text=name) for name in names]


def shown(room: Room, scores: dict[str, dict[Role, tuple[int, int]]]) -> None:
    """A round in which people give those metrics a value and an ease, then shown."""
    round = room.ask(FACILITATOR, do="open_round", metrics=" ".join(scores))
    for metric, given in scores.items():
        for role, (value, ease) in given.items():
            room.ask(role, do="score", metric=metric, value=value, ease=ease)
    room.ask(FACILITATOR, do="show_round", round=round)


def test_a_metric_stands_up_for_its_value_and_right_for_its_ease(room: Room) -> None:
    worth, easy = measured(room, "Délai", "Visites")
    shown(room, {worth: {CLIENT: (5, 1)}, easy: {CLIENT: (2, 5)}})
    assert metrics.points(ranking(room.session)) == [
        {"x": 200, "y": 50, "label": "1"},
        {"x": 0, "y": 200, "label": "2"},
    ]
    tree = Tree(seen(room.session, OBSERVER, metrics))
    [order] = [element for element in tree.elements if "data-spots" in element.attributes]
    assert [(spot["id"], spot["value"], spot["ease"]) for spot in json.loads(order.attributes["data-spots"])] == [
        (easy, 2, 5),
        (worth, 5, 1),
    ]
    # The axis of the picture that is drawn here goes down.
    tree = Tree(seen(room.session, OBSERVER, summary))
    numbers = {n.words: n.attributes for n in tree.all("text") if n.attributes.get("class") == "n"}
    assert [(numbers[n]["x"], numbers[n]["y"]) for n in "12"] == [("200.0", "154.0"), ("0.0", "4.0")]


def test_at_most_five_metrics_are_picked_beforehand_first_those_where_people_differ(room: Room) -> None:
    ids = measured(room, *(f"Mesure {number}" for number in range(7)))

    def picked() -> list[str]:
        buttons = Tree(seen(room.session, FACILITATOR, metrics)).all("button")
        return [b.attributes["data-pick"] for b in buttons if "data-picked" in b.attributes]

    assert picked() == ids[:5]
    for metric in (ids[6], ids[1]):
        room.ask(CLIENT, do="keep", metric=metric, kept="true")
    assert picked() == [ids[1], ids[6]]
    agreed, disputed = {CLIENT: (3, 3), CONSULTANT: (3, 3)}, {CLIENT: (5, 3), CONSULTANT: (1, 3)}
    shown(room, {ids[0]: agreed, ids[4]: disputed, ids[5]: disputed})
    assert picked() == [ids[4], ids[5]]
    shown(room, dict.fromkeys([ids[0], ids[1], ids[2], ids[6]], disputed))
    assert len(picked()) == 5 and ids[3] not in picked()


def test_only_those_who_vote_are_counted_as_having_voted_and_once(room: Room) -> None:
    delay, visits = measured(room, "Délai", "Visites")
    room.ask_as("second", CONSULTANT, do="join", name="René")
    round = room.ask(FACILITATOR, do="open_round", metrics=f"{delay} {visits}")
    room.ask_as("second", CONSULTANT, do="score", metric=delay, value=5, ease=5)
    room.ask(CONSULTANT, do="score", metric=delay, value=5)
    for metric in (delay, visits):
        room.ask(CLIENT, do="score", metric=metric, value=5, ease=5)
    room.ask(FACILITATOR, do="show_round", round=round)
    assert "2 people voted" in seen(room.session, OBSERVER, metrics, lang="en")
    room.ask(FACILITATOR, do="correct", person="second", name="René", role="observer")
    assert "1 person voted" in seen(room.session, OBSERVER, metrics, lang="en")


def ways(room: Room) -> dict[str, list[str]]:
    """Of each formula in *How it is calculated*, what it says of itself and each line of its table."""
    tree = Tree(seen(room.session, OBSERVER, metrics, lang="en"))
    said: dict[str, list[str]] = {}
    for element in tree.all("p", "tr"):
        for section in element.inside:
            if "data-formula-of" in section.attributes:
                said.setdefault(section.attributes["data-formula-of"], []).append(" ".join(element.words.split()))
    return said


def test_a_weighted_sum_says_its_weights_and_counts_with_them(room: Room) -> None:
    worth, easy = measured(room, "Worth it", "At hand")
    shown(room, {worth: {CLIENT: (4, 2)}, easy: {CLIENT: (2, 5)}})
    said, _, *rows = ways(room)["weighted_sum"]
    assert said == "2 × median value + 1 × median ease"
    # 2 x 4 + 2 and 2 x 2 + 5, though the products are 8 and 10.
    assert [(row.split()[0], row.split()[1], row.split()[-3]) for row in rows] == [
        ("1", "Worth", "10"),
        ("2", "At", "9"),
    ]


CLOSE, APART = ((4, 5), (4, 4)), ((2, 5), (4, 2))
"""The value and the ease of two metrics, the better by the product first: 20 before 16, and 10 before 8. Data right at
10 % make 5.6 and 5.2 of the former, 2.8 and 4.4 of the latter."""


@pytest.mark.parametrize(
    ("scores", "qualities", "places"),
    [
        (CLOSE, ("10", ""), []),
        (CLOSE, ("", "10"), []),
        (CLOSE, ("", "90"), [2, 1]),
        (CLOSE, ("90", ""), []),
        (APART, ("", ""), []),
        (APART, ("10", ""), [2, 1]),
        (APART, ("", "10"), [2, 1]),
        (APART, ("90", ""), []),
    ],
)
def test_once_a_quality_is_said_one_that_nobody_gave_counts_as_the_lowest(
    room: Room, scores: tuple[tuple[int, int], ...], qualities: tuple[str, ...], places: list[int]
) -> None:
    ids = measured(room, "Ahead", "Behind")
    for metric, quality in zip(ids, qualities, strict=True):
        room.ask(CLIENT, do="detail", note=metric, detail="quality", value=quality)
    shown(room, {metric: {CLIENT: axes} for metric, axes in zip(ids, scores, strict=True)})
    rows = " ".join(ways(room)["product_of_medians"])
    assert [int(place) for place in re.findall(r"place (\d) if quality counts", rows)] == places


def test_an_abstention_is_told_from_a_missing_score(room: Room) -> None:
    silent, _, seen_by_one = measured(room, "Délai", "Visites", "Appels")
    round = room.ask(FACILITATOR, do="open_round", metrics=f"{silent} {seen_by_one}")
    for role in (CLIENT, CONSULTANT):
        room.ask(role, do="abstain", metric=silent)
    room.ask(CLIENT, do="abstain", metric=seen_by_one)
    room.ask(CONSULTANT, do="score", metric=seen_by_one, value=5, ease=2)
    room.ask(FACILITATOR, do="show_round", round=round)
    lines = [line.words for line in Tree(seen(room.session, OBSERVER, metrics, lang="en")).all("li") if line.words]
    said = {name: next(line for line in lines if name in line) for name in ("Délai", "Visites", "Appels")}
    assert "nobody scored it · 2 abstentions" in said["Délai"]
    assert "nobody scored it" in said["Visites"] and "abstention" not in said["Visites"]
    assert "1 voter · 1 abstention" in said["Appels"]


def test_a_metric_without_a_name_yet_is_called_so_wherever_it_stands(room: Room) -> None:
    room.ask(CLIENT, do="draft", statement="Moins d’attente", baseline="12")
    [nameless] = [note.id for note in room.session.notes_of("metric")]
    named = "(metric without a name)"
    chips = Tree(seen(room.session, FACILITATOR, metrics, lang="en")).all("button")
    assert [chip.words for chip in chips if "data-pick" in chip.attributes] == [named]
    room.ask(FACILITATOR, do="start", step="recommendations")
    room.ask(FACILITATOR, do="focus", note=nameless)
    assert named in seen(room.session, OBSERVER, now, lang="en")
    shown(room, {nameless: {CLIENT: (5, 1), CONSULTANT: (1, 1)}})
    for view, times in ((metrics, 8), (learnings, 1), (recommendations, 1)):
        assert seen(room.session, CLIENT, view, lang="en").count(named) >= times
    tree = Tree(seen(room.session, OBSERVER, metrics, lang="en"))
    [order] = [element for element in tree.elements if "data-spots" in element.attributes]
    assert [spot["name"] for spot in json.loads(order.attributes["data-spots"])] == [named]


def test_nobody_is_sent_to_a_round_of_which_every_metric_was_withdrawn(room: Room) -> None:
    room.ask(FACILITATOR, do="start", step="recommendations")
    [metric] = measured(room, "Délai")
    room.ask(FACILITATOR, do="open_round", metrics=metric)

    def sent_there() -> bool:
        return 'data-moment="score"' in seen(room.session, CLIENT, now)

    assert sent_there()
    room.ask(FACILITATOR, do="withdraw", note=metric)
    assert not sent_there()
    # And the facilitator can still close it.
    assert 'data-do="show_round"' in seen(room.session, FACILITATOR, now)


def test_the_metrics_to_keep_stand_as_they_are_ranked_once_scores_are_shown(room: Room) -> None:
    first, second, third = measured(room, "Un", "Deux", "Trois")

    def offered() -> list[str]:
        buttons = Tree(seen(room.session, CLIENT, learnings)).all("button")
        return [b.attributes["data-metric"] for b in buttons if b.attributes.get("data-do") == "keep"]

    assert offered() == [first, second, third]
    shown(room, {first: {CLIENT: (1, 1)}, third: {CLIENT: (5, 5)}})
    assert offered() == [third, first, second]


def test_a_note_goes_up_before_the_one_above_and_down_before_the_one_after_next(room: Room) -> None:
    first, second, third = measured(room, "Un", "Deux", "Trois")
    session = room.session
    moves = [place(session, session.notes[id]) for id in (first, second, third)]
    assert [(move["up"], move["down"]) for move in moves] == [(None, third), (first, ""), (second, None)]
    assert [move["above"] and move["above"].id for move in moves] == [None, first, second]


# The clock --------------------------------------------------------------------------------------------


def test_the_clock_has_what_can_be_pressed_now(room: Room) -> None:
    def offered() -> list[str]:
        clock = controls.PANE.fragments(room.session, Eye(FACILITATOR))["clock/"]
        buttons = Tree(str(clock)).all("button")
        return [f"{b.attributes['data-do']} {b.attributes.get('data-step', '')}".strip() for b in buttons]

    assert offered() == []
    room.ask(FACILITATOR, do="start", step="tour")
    assert offered() == ["start problem", "more", "pause"]
    room.ask(FACILITATOR, do="start", step="problem")
    room.ask(FACILITATOR, do="pause")
    assert offered() == ["start tour", "start questions", "more", "resume"]
    room.ask(FACILITATOR, do="end")
    assert offered() == ["start learnings"]


def adjusted(room: Room, time: Time) -> str:
    return str(controls.PANE.fragments(room.session, Eye(FACILITATOR, "en", now=time.now))["adjust/"])


def test_the_steps_to_come_are_adjusted_and_what_is_free_or_missing_is_said(room: Room, time: Time) -> None:
    room.ask(FACILITATOR, do="start", step="tour")
    room.ask(FACILITATOR, do="start", step="problem")
    offered = Tree(adjusted(room, time)).all("button")
    assert [b.attributes["data-step"] for b in offered if b.attributes.get("data-do") == "hide"] == [
        "questions",
        "recommendations",
    ]
    assert [b.attributes["data-step"] for b in offered if b.attributes.get("data-into") == "minutes"] == [
        "problem",
        "questions",
        "recommendations",
        "learnings",
    ]
    room.ask(FACILITATOR, do="hide", step="questions", hidden="true")
    assert "50 min planned in all." in adjusted(room, time)
    assert "20 min are free before the end." in adjusted(room, time)
    room.ask(FACILITATOR, do="minutes", step="recommendations", minutes="60")
    assert "15 min are missing" in adjusted(room, time)
    assert "45 min left for it" in adjusted(room, time)
    time.advance(2 * 3600)
    assert re.findall(r"(-?\d+) min left for it", adjusted(room, time)) == ["0", "0"]
    assert not re.search(r"[-\u2212]\d", Tree(f"<div>{adjusted(room, time)}</div>").elements[0].words)
    for role in (CLIENT, CONSULTANT, OBSERVER):
        assert controls.PANE.fragments(room.session, Eye(role)) == {}


def test_a_hidden_step_is_skipped_by_next_marked_in_the_track_and_said_in_the_summary(room: Room) -> None:
    room.ask(FACILITATOR, do="hide", step="tour", hidden="true")
    assert room.session.following and room.session.following.id == "problem"
    room.ask(FACILITATOR, do="start", step="tour")
    room.ask(FACILITATOR, do="hide", step="problem", hidden="true")
    assert "Étape suivante\u00a0: Questions" in seen(room.session, FACILITATOR, now)
    assert "sautée" in seen(room.session, OBSERVER, track)
    room.ask(FACILITATOR, do="end")
    assert "sautée" in seen(room.session, OBSERVER, summary)


def test_the_focus_is_seen_by_all_and_stopped_by_the_facilitator(busy: Room) -> None:
    [note] = busy.session.notes_of("problem")
    busy.ask(FACILITATOR, do="focus", note=note.id)
    for role in Role:
        band = now.PANE.fragments(busy.session, Eye(role))["together/"]
        assert note.id in band
        assert ("Ne plus regarder ensemble" in band) == (role == FACILITATOR)
    busy.ask(FACILITATOR, do="focus", note="")
    assert "together/" not in now.PANE.fragments(busy.session, Eye(CLIENT))


def test_only_the_facilitators_cards_can_be_moved_split_and_merged(busy: Room) -> None:
    busy.ask(CLIENT, do="write", kind="hypothesis", text="Une autre hypothèse")
    for role in Role:
        cards = Tree(seen(busy.session, role, recommendations, metrics))
        asked = {b.attributes.get("data-do") or b.attributes.get("data-into") for b in cards.all("button")}
        assert ({"move", "split", "merge", "focus"} <= asked) == (role == FACILITATOR)
        assert bool({"move", "split", "merge", "focus"} & asked) == (role == FACILITATOR)


def test_withdrawn_notes_are_put_back_from_the_facilitators_page_by_who_wrote_them(busy: Room) -> None:
    [note] = busy.session.notes_of("problem")
    busy.ask(CLIENT, do="withdraw", note=note.id)
    page = seen(busy.session, FACILITATOR, controls)
    assert f'data-do="restore" data-note="{note.id}"' in page and "Marc" in page
    assert "withdrawn/" not in fragments(busy.session, Eye(CLIENT))


def test_the_summary_has_everything_that_stands_and_says_what_is_missing(busy: Room, time: Time) -> None:
    live_the_hour(busy, time)
    page = seen(busy.session, OBSERVER, summary)
    for note in busy.session.notes.values():
        if note.kind != "expectation":
            assert note.text in page
    assert "qui fait chaque action" in page and "une date pour chaque action" in page
    assert "au moins un apprentissage" not in page


def test_the_summary_of_a_completed_hour_misses_nothing_and_counts_its_minutes(lived: Room) -> None:
    complete(lived)
    page = seen(lived.session, CLIENT, summary)
    assert "À compléter" not in page
    rows = [" ".join(row.words.split()) for row in Tree(page).all("tr")]
    assert "Recommandations25 min25 min" in [row.replace(" 25", "25") for row in rows]
    assert "Learnings" in seen(lived.session, CLIENT, summary, lang="en")


def complete(room: Room) -> None:
    """The team decides of each recommendation and of each kept metric, after the hour."""
    for advice in room.session.notes_of("recommendation"):
        room.ask(CLIENT, do="detail", note=advice.id, detail="status", value="kept")
        room.ask(CLIENT, do="detail", note=advice.id, detail="reason", value="Nous commençons par là")
    decision = {"threshold": "15", "decide_on": "2034-01-31", "decider": "Marc", "if_missed": "pivot"}
    star = {"north_star": "yes", "baseline": "21", "potential": "7", "milestones": "14 en juin"}
    for number, metric in enumerate(room.session.kept_metrics()):
        details = {**decision, **({} if number else star)}
        for detail, value in details.items():
            room.ask(CLIENT, do="detail", note=metric.id, detail=detail, value=value)


def test_the_summary_opens_on_the_results_and_chores_come_after_them(lived: Room) -> None:
    lived.ask(CONSULTANT, do="write", kind="learning", text="Compter ceux qui attendent")
    lived.ask(CONSULTANT, do="write", kind="question", text="Et pourquoi ?")
    metric = lived.session.kept_metrics()[0].id
    for detail, value in {"baseline": "64 %", "target": "75 %", "threshold": "70"}.items():
        lived.ask(CLIENT, do="detail", note=metric, detail=detail, value=value)
    tree = Tree(seen(lived.session, OBSERVER, summary))
    titles = [" ".join(title.words.split()) for title in tree.all("h3")]
    assert titles[:7] == [
        *("La demande en une phrase", "Ce qui a été appris", "Mesures gardées", "Actions"),
        *("Valeur et facilité des mesures", "À compléter", "Classement"),
    ]
    assert [" ".join(fact.words.split(" ")) for fact in tree.all("span") if fact.attributes.get("class") == "fact"] == [
        *("Valeur de départ\u00a0: 64\u00a0%", "Cible\u00a0: 75\u00a0%", "Seuil\u00a0: 70\u00a0%"),
    ]
    said = " ".join(line.words for line in tree.all("li"))
    assert "Compter ceux qui attendent (Inès, consultant)" in said and "Et pourquoi ? (Inès) sans réponse" in said


def test_nothing_is_missing_before_the_hour_and_all_of_it_once_it_has_begun(room: Room) -> None:
    assert "À compléter" not in seen(room.session, CLIENT, summary)
    room.ask(FACILITATOR, do="start", step="tour")
    items = Tree(seen(room.session, CLIENT, summary)).all("li")
    assert len(items) == 4


def test_the_summary_folds_definitions_and_says_what_was_prepared(busy: Room) -> None:
    busy.ask(CLIENT, do="write", kind="product", text="Un colis près de chez soi")
    busy.ask(CLIENT, do="write", kind="objective", text="Moins d’appels", reach="indirect")
    busy.ask(CLIENT, do="write", kind="change", text="Personne n’a faim", proxy="Le délai")
    busy.ask(CLIENT, do="write", kind="source", text="Le registre", where="Un tableur", quality="90")
    busy.ask(CLIENT, do="draft", statement="Le rappel aide", concept="useful", unit="jours", baseline="1234.5")
    tree = Tree(f"<article>{seen(busy.session, OBSERVER, summary)}</article>")
    page = " ".join(tree.elements[0].words.split())
    for words in ("Un colis près de chez soi", "Objectifs atteints indirectement", "suivons : Le délai"):
        assert words in page
    assert "concept : utile" in page and "(mesure sans nom)" in page
    definition = [line for line in tree.all("li") if "valeur de départ" in line.words and line.within("details")][-1]
    assert definition.words.strip() == "Où on en est — valeur de départ\u00a0: 1\u202f234,5\u00a0jours"
    [row] = [row for row in tree.all("tr") if "registre" in row.words]
    assert "Un tableur" in row.words and "90\u00a0%" in row.words
    assert "kind of impact" not in page and "Its definition" in seen(busy.session, OBSERVER, summary, lang="en")
    # What a team leaves with stands open; the whole hour after it is a list of headings.
    folded = {heading.words for heading in tree.all("h3") if heading.within("details")}
    assert {"Préparation", "Hypothèses et conseils", "Inventaire des données"} <= folded
    # What is left to complete is folded for those whose it is not.
    assert "Mesures gardées" not in folded and "À compléter" in folded
    [todo] = [one for one in Tree(f"<article>{seen(busy.session, CLIENT, summary)}</article>").all("div")
              if one.attributes.get("class") == "todo"]  # fmt: skip
    assert "À compléter" in todo.words and not todo.within("details")


def test_home_opens_a_workshop_for_the_operator_alone() -> None:
    form = [f for f in Tree(str(doors.frame(Eye(FACILITATOR)))).all("form") if "data-open-workshop" in f.attributes]
    assert len(form) == 1 and "Atelier impact (60 min)" in str(doors.frame(Eye(FACILITATOR)))
    assert Tree(str(doors.frame(Eye(OBSERVER)))).all("form", *CONTROLS) == []


def test_headings_never_skip_a_level_below_the_pages_own() -> None:
    for eye in AUDIENCES:
        for view in WORKSHOP:
            levels = [2] + [int(h.tag[1]) for h in Tree(str(view.frame(eye))).all("h1", "h2", "h3", "h4")
                            if not h.within("dialog")]  # fmt: skip
            assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_very_long_note_is_folded_and_whole(busy: Room) -> None:
    text = "mot " * 1000 + "fin"
    busy.ask(CLIENT, do="write", kind="problem", text=text)
    page = Tree(seen(busy.session, OBSERVER, problem))
    [fold] = page.all("details")
    assert "Tout lire" in fold.words and fold.words.rstrip().endswith("fin")


def test_the_team_in_brief_is_open_for_those_who_help_until_they_know_it(room: Room) -> None:
    def brief(role: Role) -> str:
        return fragments(room.session, Eye(role), (people,)).get("brief/", "")

    assert brief(CONSULTANT) == ""
    said = {
        "product": "Colis Solidaire trouve un colis près de chez soi",
        "audience": "Familles orientées par une mairie",
        "objective": "Un premier colis sous deux semaines",
        "change": "Nul ne renonce faute de savoir où demander",
        "hypothesis": "Si la demande est suivie, le délai baisse",
    }
    for kind, text in said.items():
        room.ask(CLIENT, do="write", kind=kind, text=text)
    for step in ("", "problem", "questions"):
        if step:
            room.ask(FACILITATOR, do="start", step=step)
        for role in (CONSULTANT, OBSERVER):
            assert " open>" in brief(role)
        assert " open>" not in brief(CLIENT)
    words = Tree(f"<div>{brief(OBSERVER)}</div>").elements[0].words
    assert all(text in words for text in said.values())
    room.ask(FACILITATOR, do="start", step="recommendations")
    assert brief(CONSULTANT) and " open>" not in brief(CONSULTANT)
    for number in range(20):
        room.ask(CLIENT, do="write", kind="hypothesis", text=f"Hypothèse {number}")
    # The first four at once, the next ones folded, the rest counted.
    [*_, more] = Tree(f"<div>{brief(CONSULTANT)}</div>").all("details")
    assert "et 17 autres" in more.words and "Hypothèse 10" in more.words and "et 9 autres" in more.words
    assert "Hypothèse 2" not in more.words and "Hypothèse 19" not in brief(CONSULTANT)


def test_a_template_is_translated_when_it_is_compiled() -> None:
    env = environment("fr")
    assert "Corriger" in env.compile('{{ _("Correct") }}', raw=True)
    said = env.from_string('{{ _("%(label)s: %(content)s", label="<a>", content=1) }}').render()
    assert said == "&lt;a&gt;\u00a0: 1"
