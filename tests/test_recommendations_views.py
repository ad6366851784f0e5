"""The ledger and the choice, as each role sees them in both languages."""

from __future__ import annotations

import pytest

from impactlib.domain.agenda import Role
from impactlib.views import learnings, metrics, now, recommendations, summary
from tests.conftest import Room, Time
from tests.test_views import CLIENT, CONSULTANT, FACILITATOR, OBSERVER, Tree, seen


@pytest.fixture
def advised(room: Room) -> Room:
    """A hypothesis that the hour changed, advice that was said twice, a metric kept."""
    hypothesis = room.ask(CLIENT, do="write", kind="hypothesis", text="L’attente passe à dix jours")
    for step in ("tour", "recommendations"):
        room.ask(FACILITATOR, do="start", step=step)
    room.ask(CLIENT, do="edit", note=hypothesis, text="L’attente passe à huit jours", was="1")
    first = room.ask(CONSULTANT, do="write", kind="recommendation", about=hypothesis, text="Comparez deux départements")
    again = room.ask(CONSULTANT, do="write", kind="recommendation", text="Ayez un témoin")
    room.ask(CONSULTANT, do="detail", note=again, detail="same_as", value=first)
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    room.ask(CONSULTANT, do="write", kind="recommendation", about=metric, text="Publiez la médiane")
    room.ask(CLIENT, do="keep", metric=metric, kept="true")
    return room


def note(room: Room, text: str) -> str:
    return next(note.id for note in room.session.notes.values() if note.text == text)


@pytest.mark.parametrize("role", list(Role))
def test_a_repeat_is_read_once_under_its_first(advised: Room, role: Role) -> None:
    page = seen(advised.session, role, recommendations)
    assert page.count('<p dir="auto">Ayez un témoin</p>') == 1
    assert page.index("Comparez deux départements") < page.index("Ayez un témoin") < page.rindex("</article>")
    assert seen(advised.session, role, metrics).count('<p dir="auto">Publiez la médiane</p>') == 1


@pytest.mark.parametrize("role", list(Role))
def test_only_the_team_marks_and_all_read_the_mark_and_its_reason(advised: Room, role: Role) -> None:
    advice = note(advised, "Comparez deux départements")
    advised.ask(CLIENT, do="detail", note=advice, detail="status", value="aside")
    advised.ask(CLIENT, do="detail", note=advice, detail="reason", value="Un seul département est prêt")
    page = seen(advised.session, role, recommendations)
    assert "écartée par l’équipe" in page
    assert "Un seul département est prêt" in page
    assert ("Nous la gardons" in page) == ("En faire une action" in page) == (role in (FACILITATOR, CLIENT))
    assert ("La regrouper avec une semblable" in page) == (role != OBSERVER)


@pytest.mark.parametrize(("lang", "gone", "come"), [("fr", "retiré", "ajouté"), ("en", "taken out", "put in")])
def test_a_changed_hypothesis_is_read_word_by_word_aloud_too(advised: Room, lang: str, gone: str, come: str) -> None:
    tree = Tree(seen(advised.session, OBSERVER, recommendations, lang=lang))
    [taken], [put] = tree.all("del"), tree.all("ins")
    assert "dix" in taken.words and gone in taken.words and "huit" not in taken.words
    assert "huit" in put.words and come in put.words and "jours" not in put.words


@pytest.mark.parametrize("role", list(Role))
def test_the_summary_shows_what_the_hour_changed_and_when_advice_came(advised: Room, time: Time, role: Role) -> None:
    time.advance(27 * 60)
    advised.ask(CONSULTANT, do="write", kind="recommendation", text="Une autre")
    tree = Tree(f"<article>{seen(advised.session, role, summary)}</article>")
    [taken], [put] = tree.all("del"), tree.all("ins")
    page = " ".join(tree.elements[0].words.split())
    assert "L’attente passe à [retiré : dix] [ajouté : huit] jours" in page
    assert "dix" in taken.words and "huit" in put.words
    assert "Une autre (Inès, à 27 min)" in page


def test_the_parts_for_the_end_of_the_hour_are_folded_until_then(advised: Room) -> None:
    def folded() -> list[bool]:
        tree = Tree(seen(advised.session, CLIENT, recommendations, learnings))
        buttons = [b for b in tree.all("button") if b.attributes.get("data-detail") in ("status", "north_star")]
        waits = {"menu", "later"}
        return [any(element.attributes.get("class") in waits for element in button.inside) for button in buttons]

    assert folded() and all(folded())
    advised.ask(FACILITATOR, do="end")
    assert folded() and not any(folded())


@pytest.mark.parametrize("role", list(Role))
def test_a_decision_and_an_actions_origin_are_read_by_all(advised: Room, role: Role) -> None:
    metric = note(advised, "Délai médian")
    for detail, value in (
        ("north_star", "yes"),
        ("baseline", "21.5"),
        ("potential", "12 000 familles"),
        ("threshold", "14 jours ou moins"),
        ("decide_on", "2026-12-31"),
        ("decider", "Salomé"),
        ("if_missed", "stop"),
    ):
        advised.ask(CLIENT, do="detail", note=metric, detail=detail, value=value)
    advised.ask(CLIENT, do="write", kind="action", text="Choisir", about=note(advised, "Comparez deux départements"))
    page = seen(advised.session, role, learnings)
    words = ("Mesure phare", "21,5", "12 000 familles", "14 jours ou moins", "31/12/2026", "Salomé", "nous arrêtons")
    assert [word for word in words if word not in page] == []
    assert "Comparez deux départements" in page


def test_a_listener_has_resting_forms_and_the_others_know_whose_turn_it_is(advised: Room) -> None:
    for on in ("true", "false"):
        advised.ask(FACILITATOR, do="listen", on=on)
        for role in Role:
            page = seen(advised.session, role, now)
            assert ("listening" in page) == (on == "true")
            assert ("data-rest" in page) == (on == "true" and role == CLIENT)
    switch = 'data-do="listen"'
    assert [switch in seen(advised.session, role, recommendations) for role in Role] == [True, False, False, False]


def test_an_agreement_to_be_contacted_is_read_and_a_withdrawn_one_is_not(advised: Room) -> None:
    agreed = advised.ask(CLIENT, do="write", kind="contact", text="colis@exemple.fr")
    assert "colis@exemple.fr" in seen(advised.session, OBSERVER, learnings)
    advised.ask(CLIENT, do="withdraw", note=agreed)
    assert "colis@exemple.fr" not in seen(advised.session, FACILITATOR)
