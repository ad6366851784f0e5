"""The panes of the data and of the impact matrix, for each role and language."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from babel.messages.pofile import read_po

from impactlib.domain import events as e
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import load_text
from impactlib.domain.cost import PERIODS
from impactlib.domain.events import Entry
from impactlib.domain.fold import history
from impactlib.domain.impact_matrix import STATES
from impactlib.domain.matrices import load, names
from impactlib.domain.session import Session
from impactlib.paths import LOCALE
from impactlib.views import Eye, Scene, inventory, matrix
from tests.conftest import Room, agree, few
from tests.test_text import PAYLOADS
from tests.test_views import CONTROLS, Tree, audiences, fragments, frames

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
VIEWS = (inventory, matrix)


@pytest.fixture
def drafted(room: Room) -> Room:
    """Two sources, and metrics in every state that an indicator can be in."""
    register = room.ask(
        CLIENT,
        do="write",
        kind="source",
        text="Registre des demandes",
        where="Un tableur",
        owner="Salomé",
        every="Chaque semaine",
        quality="90",
        personal="yes",
        access="ours",
    )
    room.ask(CLIENT, do="write", kind="source", text="Registre des mairies", access="partner")
    for concept, metric, details in (
        ("useful", "Familles satisfaites", {"baseline": "1234.5", "unit": "familles", "baseline_date": "2026-11-30"}),
        ("efficient", "Coût d’un colis", {}),
        ("used", "Visites", {"source": "Les journaux du site"}),
        ("", "Abandons", {}),
        ("impactful", "", {"unit": "jours"}),
    ):
        room.ask(CLIENT, do="draft", statement="Nous pensons…", concept=concept, metric=metric, **details)
    satisfied, cost = (note.id for note in room.session.notes_of("metric")[:2])
    room.ask(CLIENT, do="tie", metric=satisfied, source=register, tied="true")
    for note, indicator in ((satisfied, "satisfaction"), (cost, "cost-per-use")):
        room.ask(CLIENT, do="detail", note=note, detail="indicator", value=indicator)
    return room


def shown(room: Room, role: Role, lang: str = "fr") -> Tree:
    return Tree("".join(fragments(room.session, Eye(role, lang), VIEWS).values()))


def words(tree: Tree, *tags: str) -> str:
    return re.sub(r"[ \t\n]+", " ", " | ".join(element.words for element in tree.all(*tags)))


# The shape ----------------------------------------------------------------------------------------------


@audiences
def test_frames_and_fragments_are_balanced_and_whatever_is_pressed_has_a_name(
    room: Room, drafted: Room, eye: Eye
) -> None:
    html = [frames(eye, VIEWS), *fragments(drafted.session, eye, VIEWS).values()]
    for element in (element for part in html for element in Tree(part).all("button", "summary")):
        assert (element.attributes.get("aria-label") or element.words).strip(), element.attributes


@audiences
def test_every_control_has_its_label(eye: Eye) -> None:
    tree = Tree(frames(eye, VIEWS))
    pointed = {label.attributes["for"] for label in tree.all("label") if "for" in label.attributes}
    for control in tree.all(*CONTROLS):
        hidden = control.attributes.get("type") == "hidden"
        assert hidden or control.attributes.get("id") in pointed or control.within("label"), control.attributes
    ids = [element.attributes["id"] for element in tree.elements if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    assert pointed <= set(ids)


@audiences
def test_inputs_are_in_frames_only_and_each_fragment_has_its_zone(drafted: Room, eye: Eye) -> None:
    for view in VIEWS:
        drawn = view.PANE.fragments(drafted.session, eye)
        assert Tree("".join(map(str, drawn.values()))).all(*CONTROLS, "form", "label") == []
        zones = re.findall(r"<!--zone ([a-z-]+)-->", str(view.frame(eye)))
        assert {id.split("/")[0] for id in drawn} == set(zones)


@audiences
def test_each_language_is_whole(drafted: Room, eye: Eye) -> None:
    page = frames(eye, VIEWS) + "".join(fragments(drafted.session, eye, VIEWS).values())
    with (LOCALE / "fr" / "LC_MESSAGES" / "impact.po").open("rb") as file:
        catalog = read_po(file)
    pairs = [(m.id, m.string) for m in catalog if isinstance(m.id, str) and len(m.id) > 14 and "%" not in m.id]
    foreign = [french if eye.lang == "en" else english for english, french in pairs if english != french]
    said = " ".join(element.words for element in Tree(page).elements)
    assert [text for text in foreign if str(text) in said] == []


def everywhere(text: str) -> Session:
    """A session in which people typed those words wherever these panes show them."""
    agenda, _ = load_text("atelier-impact")
    happened: list[e.Event] = [e.SessionOpened(text, agenda)]
    happened += [e.PersonJoined(f"p{role}", text, role) for role in Role]
    happened += [e.NoteWritten("source", "source", text), e.NoteWritten("free", "source", text)]
    happened += [e.DetailSet("source", name, text) for name in ("where", "owner", "every", "quality", "access")]
    happened += [e.DetailSet("source", "personal", "yes")]
    for metric in ("m1", "m2", "m3"):
        happened += [
            e.NoteWritten(f"{metric}h", "hypothesis", text),
            e.NoteWritten(metric, "metric", text, f"{metric}h"),
        ]
        happened += [e.DetailSet(metric, name, text) for name in ("baseline", "unit", "baseline_date", "source")]
    happened += [e.DetailSet("m1", "indicator", "cost-per-use"), e.DetailSet("m1", "source/source", "yes")]
    happened += [e.DetailSet("m2h", "concept", "used"), e.DetailSet("m3h", "concept", text)]
    happened += [e.DetailSet("m3", "indicator", text)]
    return history(Entry("home", n, f"e{n}", 1000.0 + n, "pclient", "", event) for n, event in enumerate(happened, 1))


@cache
def plain(eye: Eye) -> dict[str, list[tuple[str, list[str]]]]:
    return {id: Tree(html).shape() for id, html in fragments(everywhere("ours"), eye, VIEWS).items()}


def test_a_payload_comes_out_as_words() -> None:
    def agrees(payload: str) -> None:
        for eye in (Eye(CLIENT, "fr"), Eye(OBSERVER, "en")):
            trees = {id: Tree(html) for id, html in fragments(everywhere(payload), eye, VIEWS).items()}
            assert {id: tree.shape() for id, tree in trees.items()} == plain(eye)

    agree(few(PAYLOADS), agrees)


# Who does what ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_the_team_writes_and_the_others_read(drafted: Room, role: Role, lang: str) -> None:
    frame, drawn = Tree(frames(Eye(role, lang), VIEWS)), shown(drafted, role, lang)
    team = role in (CLIENT, FACILITATOR)
    assert {form.attributes["data-form"] for form in frame.all("form")} == (
        {"source", "source-details", "indicator", "fulfil", "cost"} if team else set()
    )
    pressed = {button.attributes.get("data-do") or button.attributes.get("data-act") for button in drawn.all("button")}
    mine = {"edit", "withdraw"} if role == CONSULTANT else set()
    ours = {"tie", "details", "open", "edit", "withdraw"} | ({"focus"} if role == FACILITATOR else set())
    assert pressed == (ours if team else mine)
    assert "Familles satisfaites" in words(drawn, "li")


def test_a_buttons_gesture_is_granted(drafted: Room) -> None:
    tree = shown(drafted, CLIENT)
    ties = [button.attributes for button in tree.all("button") if button.attributes.get("data-do") == "tie"]
    assert {button["aria-pressed"] for button in ties} == {"true", "false"}
    for button in ties:
        gesture = {name: button[f"data-{name}"] for name in ("do", "metric", "source", "tied")}
        before = len(drafted.entries)
        drafted.ask(CLIENT, **gesture)
        assert len(drafted.entries) == before + 1


def test_the_dialogs_offer_what_the_gestures_take(drafted: Room) -> None:
    frame = Tree(frames(Eye(CLIENT), VIEWS))
    options = [option.attributes["value"] for option in frame.all("option")]
    offered = {option.attributes["value"] for option in frame.all("option") if option.within("optgroup")}
    known = {one.id for name in names() for concept in load(name).concepts for one in concept.indicators}
    assert offered == known
    assert set(PERIODS) <= set(options)
    source = drafted.session.notes_of("source")[1].id
    for select in (select for select in frame.all("select") if select.attributes["name"] in ("access", "personal")):
        for option in (option for option in frame.all("option") if select in option.inside):
            name, value = select.attributes["name"], option.attributes["value"]
            drafted.ask(CLIENT, do="detail", note=source, detail=name, value=value)
            assert drafted.session.notes[source].details.get(name, "") == value


# What is said -------------------------------------------------------------------------------------------


def test_a_source_says_what_is_known_of_it_and_reminds_of_personal_data(drafted: Room) -> None:
    first, second = (
        Tree(str(html))
        for id, html in inventory.PANE.fragments(drafted.session, Eye(CLIENT)).items()
        if id.startswith("sources/")
    )
    assert all(word in words(first, "article") for word in ("Un tableur", "Salomé", "Chaque semaine", "90", "pourquoi"))
    assert "nous l’avons" in words(first, "span")
    assert "pourquoi" not in words(second, "article")
    assert "un partenaire l’a" in words(second, "span")
    [card] = first.all("article")
    assert json.loads(card.attributes["data-values"]) == {
        "access": "ours",
        "every": "Chaque semaine",
        "owner": "Salomé",
        "personal": "yes",
        "quality": "90",
        "where": "Un tableur",
    }


def test_each_metric_says_in_words_whether_it_is_computable(drafted: Room) -> None:
    def said(lang: str) -> str:
        drawn = inventory.PANE.fragments(drafted.session, Eye(CLIENT, lang))
        return words(Tree("".join(str(html) for id, html in drawn.items() if id.startswith("needs/"))), "span")

    assert "Calculable maintenant" in said("fr") and "Aucune source pour l’instant" in said("fr")
    assert "Computable now" in said("en") and "No source yet" in said("en")
    metric = drafted.session.notes_of("metric")[0].id
    partner = drafted.session.notes_of("source")[1].id
    drafted.ask(CLIENT, do="tie", metric=metric, source=partner, tied="true")
    assert "Il faut un partenaire" in said("fr") and "Calculable maintenant" not in said("fr")


def test_words_of_a_draft_about_its_source_stay_in_sight_until_it_is_tied(drafted: Room) -> None:
    assert "Les journaux du site" in words(shown(drafted, CLIENT), "p")


def test_the_matrix_counts_mandatory_indicators_and_says_each_state_in_words(drafted: Room) -> None:
    tree = shown(drafted, CLIENT)
    assert [f"{caption.words.split('.')[0].strip()}." for caption in tree.all("caption")] == [
        "Indicateurs obligatoires\u00a0: 1 avec un chiffre, 1 avec une mesure sans chiffre, 5 sans rien encore.",
        "Indicateurs obligatoires\u00a0: 0 avec un chiffre, 1 avec une mesure sans chiffre, 5 sans rien encore.",
        "Rien n’est obligatoire dans cette version.",
    ]
    rows = {row.attributes["class"]: row.words for row in tree.all("tr") if row.attributes.get("class") in STATES}
    assert "un chiffre" in rows["figure"] and "1\u202f234,5\u00a0familles" in rows["figure"]
    assert "une mesure, sans chiffre" in rows["metric"]


def test_a_metric_of_a_concept_stands_beside_its_indicators_and_one_without_is_not_placed(drafted: Room) -> None:
    rows = [re.sub(r"\s+", " ", row.words) for row in shown(drafted, CONSULTANT).all("tr")]
    assert sum("Autres mesures de ce concept" in row and "Visites" in row for row in rows) == 3
    assert sum("Mesures sans concept" in row and "Abandons" in row for row in rows) == 3
    assert sum("(mesure sans nom)" in row for row in rows) == 3


def test_the_newest_version_is_open_and_each_shows_its_date(drafted: Room) -> None:
    for lang, dates in (
        ("fr", ["4 août 2026", "5 mars 2026", "18 décembre 2025"]),
        ("en", ["4 August 2026", "5 March 2026", "18 December 2025"]),
    ):
        tree = shown(drafted, OBSERVER, lang)
        versions = tree.all("details")
        assert ["open" in version.attributes for version in versions] == [True, False, False]
        assert all(date in summary.words for date, summary in zip(dates, tree.all("summary"), strict=True))


def test_a_figure_that_comes_later_stands_beside_the_baseline(drafted: Room) -> None:
    metric = next(note for note in drafted.session.notes_of("metric") if note.details.get("baseline"))
    before = Scene(drafted.session)
    drafted.ask(CLIENT, do="write", kind="reading", about=metric.id, text="", figure="1500", as_of="2033-04")
    [part] = matrix.PANE.parts
    assert part.reads(before) != part.reads(Scene(drafted.session))  # so that it is drawn again
    assert "dernier chiffre\u00a0: 1\u202f500\u00a0familles (avril 2033)" in words(shown(drafted, CLIENT), "span")


def test_only_the_metrics_of_cost_per_use_offer_to_compute_one(drafted: Room) -> None:
    cost = drafted.session.notes_of("metric")[1].id
    opened = [b.attributes for b in shown(drafted, CLIENT).all("button") if b.attributes.get("data-into") == "cost"]
    assert {button["data-metric"] for button in opened} == {cost}
    assert len(opened) == len(names())


def test_an_indicator_without_a_metric_offers_to_add_one_that_names_it(drafted: Room) -> None:
    opened = [b.attributes for b in shown(drafted, CLIENT).all("button") if b.attributes.get("data-into") == "fulfil"]
    values = [json.loads(button["data-values"]) for button in opened]
    assert "ease-of-use" in {value["indicator"] for value in values}
    assert "satisfaction" not in {value["indicator"] for value in values}
    note = drafted.ask(CLIENT, do="write", kind="metric", **values[0])
    assert drafted.session.notes[note].details == {"indicator": values[0]["indicator"]}
