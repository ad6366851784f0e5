"""How long pages are: two screens of a computer at most, in each moment of the hour, with 3 and with 12 hypotheses; and
on a phone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import SessionStore, open_store
from tests.browser.conftest import NAMES, Person
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

TWO_SCREENS = 1600  # px, at 1280 by 800
THREE_FULL = 2532  # px, of a phone of 390 by 844: as much as a moment takes there
FOUR_FULL = 3376  # the same, where five metrics are scored or chosen from, and after the end
TWO_LINES = 120  # px, of what a phone of 844 keeps below
COMPUTER, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HEIGHT = "document.documentElement.scrollHeight"
METRICS = (
    "Délai médian avant le premier colis",
    "Taux de familles servies sous 14 jours",
    "Nombre d’appels par semaine",
    "Part des colis perdus",
    "Visites du site",
)
HYPOTHESES = (
    "L’inscription en mairie des familles orientées en urgence raccourcit l’attente du premier colis",
    "Le rappel la veille réduit les rendez-vous manqués",
    "Un suivi par la même personne fidélise les ménages modestes, qui renoncent souvent à leur deuxième demande",
)
LONG: tuple[str, ...] = tuple(
    f"Part des familles modestes satisfaites de ce que devient {what}"
    for what in (
        "la commande des repas",
        "les effectifs du mercredi",
        "le tarif social",
        "l’inscription",
        "la facturation",
    )
)
"""Long names, as people give them."""
SCORES = ((5, 5), (5, 2), (2, 5), (3, 3), (1, 4))
CAST = {
    "Sophie": Role.FACILITATOR,
    "Karim": Role.CLIENT,
    "Camille": Role.CLIENT,
    "Idriss": Role.CLIENT,
    "Nadia": Role.CONSULTANT,
    "Yann": Role.CONSULTANT,
    "Lucie": Role.OBSERVER,
}


class Lived:
    """A workshop of seven people who are away, and what they write in it; `many` hypotheses, each with its metric."""

    def __init__(self, server: Server, many: int, lang: str = "fr") -> None:
        self.links = server.new("Colis Solidaire", lang=lang)
        self.store: SessionStore = open_store(server.data, self.links["observer"].split("/room/")[1].split("/")[0])
        self.many, self._ids = many, itertools.count(1000)
        self.names: tuple[str, ...] = METRICS
        for name in CAST:
            self.ask(name, do="join", name=name)

    def prepare(self) -> None:
        """What the team writes before the hour."""
        many = self.many
        self.write("Karim", "product", "Colis Solidaire aide les familles à trouver un colis près de chez elles")
        for number in range(many):
            about = self.write("Karim", "hypothesis", f"{number + 1}. {HYPOTHESES[number % 3]}")
            self.write("Karim", "metric", self.names[number] if number < 5 else f"Mesure numéro {number + 1}", about)
        for name in self.names[many:]:
            self.write("Camille", "metric", name)

    def ask(self, who: str, **gesture: str) -> str:
        id = f"of-the-test-{next(self._ids)}"
        self.store.ask(Asking(f"{who}-away", CAST[who]), {"id": id, **gesture})
        return id

    def write(self, who: str, kind: str, text: str, about: str = "") -> str:
        return self.ask(who, do="write", kind=kind, text=text, **({"about": about} if about else {}))

    def metrics(self) -> list[str]:
        return [metric.id for metric in self.store.session.notes_of("metric")]

    def moments(self) -> Iterator[str]:
        """Live the hour: each step, or moment of one, once what is said in it has been written."""
        yield "lobby"
        self._to("tour")
        for name in ("Karim", "Camille", "Nadia", "Yann"):
            self.write(name, "expectation", "Repartir avec deux mesures que nous regarderons vraiment")
        yield "tour"
        self._to("problem")
        self.write("Karim", "problem", "Les familles attendent trois semaines, et nous ne savons pas qui renonce")
        self.write("Camille", "problem", "Les antennes ne répondent pas toutes")
        self.write("Karim", "audience", "Les familles orientées en urgence par une mairie")
        self.write("Karim", "goal", "Un chiffre qui nous dise d’arrêter ou de continuer")
        yield "problem"
        self._to("questions")
        for question in ("Qui renonce le plus souvent ?", "Comment le savez-vous ?", "Que mesurez-vous déjà ?"):
            about = self.write("Nadia", "question", question)
            self.write("Karim", "answer", "Nous ne le savons pas encore, faute d’un registre commun", about)
        self.write("Karim", "contract", "Aidez-nous à choisir un seul chiffre à suivre jusqu’en juin")
        yield "questions"
        self._to("recommendations")
        for number, hypothesis in enumerate(self.store.session.notes_of("hypothesis")[:3]):
            self.write("Yann", "recommendation", f"Comparez deux départements, {number + 1}", hypothesis.id)
        self.write("Nadia", "recommendation", "Publiez peu de chiffres")
        yield "advise"
        asked = self.metrics()[:5]
        round = self.ask("Sophie", do="open_round", metrics=" ".join(asked))
        yield "score"
        for shift, name in enumerate(("Karim", "Camille", "Nadia", "Yann")):
            for metric, (value, ease) in zip(asked, SCORES, strict=True):
                given = {"value": 1 + (value + shift) % 5, "ease": max(1, ease - shift % 2)}
                self.ask(name, do="score", metric=metric, **{axis: str(one) for axis, one in given.items()})
        self.ask("Sophie", do="show_round", round=round)
        yield "choose"
        self._to("learnings")
        for metric in asked[:2]:
            self.ask("Karim", do="keep", metric=metric, kept="true")
        self.write("Nadia", "learning", "Le délai en dit plus que les inscriptions")
        self.write("Karim", "learning", "Une seule personne a les accès aux données")
        self.ask("Karim", do="write", kind="action", text="Compter les abandons", owner="Marc", due="2027-01-15")
        yield "learnings"

    def _to(self, step: str) -> None:
        self.ask("Sophie", do="start", step=step)


@pytest.fixture(params=[3, 12])
def lived(server: Server, request: pytest.FixtureRequest) -> Iterator[Lived]:
    made = Lived(server, request.param)
    yield made
    made.store.journal.close()


def arrived(page: Page, moment: str) -> None:
    """Wait until the page is where the room is."""
    within = {"advise": "recommendations", "score": "recommendations", "choose": "recommendations", "lobby": ""}
    expect(page.locator(".bar")).to_have_attribute("data-step", within.get(moment, moment))
    if within.get(moment) == "recommendations":
        expect(page.locator("body")).to_have_attribute("data-in-moment", moment)


def test_each_moment_of_the_hour_is_two_screens_at_most(lived: Lived, person: Callable[..., Person]) -> None:
    people = {role: person(role, viewport=COMPUTER) for role in NAMES}
    for role, one in people.items():
        one.join(lived.links[role], NAMES[role])
        if one.page.url.endswith("/prepare"):
            one.page.goto(one.page.url.replace("/prepare", "?see=workshop"))
            one.ready()
    # The facilitator comes first, before the team has written anything. Many have the longest names too.
    lived.names = LONG if lived.many > 5 else METRICS
    lived.prepare()
    found = {}
    for moment in lived.moments():
        for role, one in people.items():
            arrived(one.page, moment)
            found[moment, role] = one.page.evaluate(HEIGHT)
            one.shot(f"height-{lived.many}-{moment}")
    print(lived.many, found)
    assert {at: tall for at, tall in found.items() if tall > TWO_SCREENS} == {}
    assert [one.errors for one in people.values()] == [[]] * len(people)


def test_on_a_phone_what_is_secondary_is_folded(lived: Lived, person: Callable[..., Person]) -> None:
    people = {role: person(role, viewport=PHONE) for role in ("client", "consultant", "observer")}
    lived.prepare()
    for role, one in people.items():
        one.join(lived.links[role], NAMES[role])
    found = {}
    for moment in lived.moments():
        if moment == "lobby":
            # Whoever helps reads there what the team says of itself.
            expect(people["consultant"].page.locator("details.brief")).to_have_attribute("open", "")
            continue
        for role, one in people.items():
            arrived(one.page, moment)
            found[moment, role] = one.page.evaluate(HEIGHT)
            one.shot(f"phone-height-{lived.many}-{moment}")
        if moment == "advise":
            expect(people["consultant"].page.locator("details.brief")).not_to_have_attribute("open", "")
    lived.ask("Sophie", do="end")
    for role, one in people.items():
        one.sees("C’est fini")
        expect(one.page.locator(".paper details > summary", has_text="Classement")).to_be_visible()
        found["end", role] = one.page.evaluate(HEIGHT)
    print(lived.many, found)
    limits = {moment: FOUR_FULL if moment in ("score", "choose", "end") else THREE_FULL for moment, _ in found}
    assert {at: tall for at, tall in found.items() if tall > limits[at[0]]} == {}
    assert [one.errors for one in people.values()] == [[]] * len(people)


def test_on_a_phone_what_stays_at_the_foot_is_two_lines_wherever_one_is(
    lived: Lived, person: Callable[..., Person]
) -> None:
    lived.prepare()
    facilitator = person("facilitator", viewport=PHONE).join(lived.links["facilitator"], NAMES["facilitator"])
    page = facilitator.page
    for moment in lived.moments():
        arrived(page, moment)
        for below, seen in ((0, "band-seen"), (700, "")):
            page.evaluate("y => scrollTo(0, y)", below)
            expect(page.locator(f"body{'.' + seen if seen else ':not(.band-seen)'}")).to_have_count(1)
            assert page.locator(".at-foot").bounding_box()["height"] <= TWO_LINES, (moment, below)  # type: ignore[index]
            shown = page.locator(".foot .buttons button:visible")
            names = [button.inner_text() for button in shown.all()]
            if moment not in ("lobby", "learnings"):
                assert ("Étape suivante" in names) == (not seen) and "Pause" in names


def test_the_questions_of_a_preparation_are_two_screens_at_most(lived: Lived, person: Callable[..., Person]) -> None:
    lived.prepare()
    karim = person("client", viewport=COMPUTER).join(lived.links["client"], "Marc")
    for stage in ("Hypothèses", "Produit", "Préciser"):
        karim.stage(stage)
        assert karim.page.evaluate(HEIGHT) <= TWO_SCREENS, stage
        karim.shot(f"height-{lived.many}-{stage}")
    # Of many hypotheses the last ones are in sight, the others at one press.
    karim.stage("Hypothèses")
    first = karim.page.locator(".card.draft", has_text="1. L’inscription").first
    if lived.many > 6:
        expect(first).to_be_hidden()
        karim.page.get_by_text("Toutes les hypothèses").click()
    expect(first).to_be_visible()


@pytest.mark.parametrize("begun", [False, True])
def test_each_stage_asks_its_question_on_the_first_screen_of_a_phone(
    server: Server, person: Callable[..., Person], begun: bool
) -> None:
    lived = Lived(server, 3)
    if begun:
        lived.prepare()
    una = person("client", viewport=PHONE).join(lived.links["client"], "Una")
    for stage, field in (
        ("Hypothèses", "#draft-statement"),
        ("Produit", "#text-product"),
        ("Préciser", "#point-value"),
        ("Les données", "#text-source"),
    ):
        una.stage(stage)
        una.shot(f"first-screen-{stage}-{begun}")
        if stage != "Préciser" or begun:
            expect(una.page.locator(field)).to_be_in_viewport(ratio=1)
            foot, box = (una.page.locator(one).bounding_box() for one in (".at-foot", field))
            assert foot and box and box["y"] + box["height"] <= foot["y"], stage
    lived.store.journal.close()


def test_complete_leads_to_the_first_thing_that_is_missing_and_marks_it(
    server: Server, person: Callable[..., Person]
) -> None:
    lived = Lived(server, 3)
    lived.prepare()
    *_, last = lived.moments()
    lived.ask("Sophie", do="end")
    karim = person("client", viewport=COMPUTER).join(lived.links["client"], "Marc")
    if karim.page.url.endswith("/prepare"):
        karim.page.goto(karim.page.url.replace("/prepare", ""))
        karim.ready()
    karim.page.get_by_role("button", name="Compléter").click()
    marked = karim.page.locator(".to-complete")
    expect(marked).to_contain_text(METRICS[0])
    expect(marked).to_be_in_viewport(ratio=1)
    assert last == "learnings" and karim.errors == []
    lived.store.journal.close()
