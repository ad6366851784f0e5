"""Four people live an hour through their pages, on a server of this machine or behind a hub."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.test_rounds import by_marks

SUMMARY = Path(__file__).parent / "summary.md"


def settled(markdown: str) -> str:
    """The summary without what changes from one run to the next: the picture's bytes, the day, the minutes taken."""
    words = markdown.split("\n[matrix]:", maxsplit=1)[0]
    words = re.sub(r"Le \d\d/\d\d/\d{4}\.", "Le JJ/MM/AAAA.", words, count=1)
    words = re.sub(r"effacées du serveur le \d\d/\d\d/\d{4}\.", "effacées du serveur le JJ/MM/AAAA.", words)
    words = re.sub(r", à \d+\u00a0min\)", ", à N\u00a0min)", words)
    return re.sub(r"(\d+ min \|) \d min \|", r"\1 N min |", words)


def live_the_hour(four: dict[str, Person]) -> None:
    """The whole agenda, by one person per role, to the summary, which is checked word for word."""
    facilitator, client, consultant, observer = (four[r] for r in ("facilitator", "client", "consultant", "observer"))

    # Tour de table: everybody follows the facilitator.
    facilitator.forward()
    for person in four.values():
        person.sees("Qui est là")
    client.write("expectation", "Repartir avec deux mesures")
    consultant.write("expectation", "Comprendre vos usagers")
    for person in four.values():
        person.sees("Repartir avec deux mesures")
        person.sees("Comprendre vos usagers")
        person.shot("1-tour")

    # Problem: the client writes, the others read; observers have no form.
    facilitator.forward()
    client.write("problem", "Les familles attendent trois semaines")
    client.write("audience", "Les familles orientées en urgence")
    client.write("goal", "Un chiffre à suivre jusqu’en juin")
    for person in (facilitator, consultant, observer):
        person.sees("Les familles attendent trois semaines")
        person.sees("Un chiffre à suivre jusqu’en juin")
        person.shot("2-problem")
    assert observer.page.locator("main form[data-do]:not([data-do=rename], [data-do=forget])").count() == 0

    # A refresh in the middle finds the person, the step, and what was being typed.
    client.page.locator("#text-problem").fill("Et nous ne savons pas lesquelles renon")
    client.reload()
    expect(client.page.locator("#text-problem")).to_have_value("Et nous ne savons pas lesquelles renon")
    client.page.locator('form[data-form="problem"] button.btn').click()
    consultant.sees("lesquelles renon")

    # Q&A: two people write at once, and neither loses what they type.
    facilitator.forward()
    client.sees("Questions et réponses")
    client.page.locator("#text-contract").fill("Aidez-nous à mesurer")
    consultant.page.locator("#text-question").fill("Qui renonce ?")
    form = facilitator.page.locator('form[data-form="question"]')
    form.locator("textarea").fill("Comment le mesurez-vous ?")
    form.get_by_role("button", name="Inès").click()
    form.locator("button.btn").click()
    consultant.page.locator('form[data-form="question"] button.btn').click()
    for person in four.values():
        person.sees("Qui renonce ?")
        person.sees("Comment le mesurez-vous ?")
        person.sees("noté par Ada")
    expect(client.page.locator("#text-contract")).to_have_value("Aidez-nous à mesurer")
    client.page.locator(".card", has_text="Qui renonce ?").get_by_role("button", name=re.compile("^Répondre")).click()
    client.write("answer", "Nous ne le savons pas encore")
    client.page.locator("#text-contract").press_sequentially(" le délai")
    client.page.locator('form[data-form="contract"] button.btn').click()
    for person in four.values():
        person.sees("Nous ne le savons pas encore")
        person.sees("Aidez-nous à mesurer le délai")
        person.shot("3-questions")

    # Recommendations: a hypothesis, advice on it, metrics scored blind, then the ranking.
    facilitator.forward()
    client.write("hypothesis", "L’inscription en mairie raccourcit l’attente")
    consultant.advise(
        consultant.page.locator(".card.line", has_text="raccourcit l’attente"), "Comparez deux départements"
    )
    client.page.locator('form[data-form="metric"] select').select_option("50")
    client.write("metric", "Délai médian avant le premier colis")
    client.sees("Délai médian avant le premier colis")
    client.write("metric", "Visites du site")
    facilitator.sees("Visites du site")
    facilitator.page.get_by_role("button", name="Ouvrir le tour").click()
    for person, scores in ((client, ((5, 3), (2, 5))), (consultant, ((4, 3), (1, 5)))):
        person.sees("Visites du site")
        for name, (value, ease) in zip(("Délai médian", "Visites"), scores, strict=True):
            by_marks(person.page, name, value, ease)
    facilitator.sees("2 sur 2 ont fini")
    for person in four.values():
        assert person.page.get_by_text("4,5").count() == 0
    facilitator.page.get_by_role("button", name="Montrer les avis").click()
    for person in four.values():
        person.sees("13,5")
        person.shot("4-recommendations")

    facilitator.forward()
    client.sees("Choisissez")

    # Learnings: one learning, a metric kept, an action with an owner and a date.
    facilitator.forward()
    client.write("learning", "Le délai en dit plus que les inscriptions")
    client.page.locator(".slim", has_text="Délai médian").get_by_role("button").click()
    client.page.locator('form[data-form="action"] [name=owner]').fill("Marc")
    client.page.locator('form[data-form="action"] [name=due]').fill("2026-12-31")
    client.write("action", "Compter les demandes restées sans colis")
    for person in four.values():
        person.sees("Compter les demandes restées sans colis")
        person.sees("pour le 31/12/2026")
        person.shot("5-learnings")

    facilitator.forward()
    for person in four.values():
        person.sees("C’est fini")
        person.sees("Aidez-nous à mesurer le délai")
        person.shot("6-summary")
        assert person.errors == []
        assert len(person.hosts - {""}) == 1

    facilitator.page.get_by_text("Autres fichiers").click()
    with facilitator.page.expect_download() as download:
        facilitator.page.locator('a[href$="/summary.md"]').click()
    markdown = download.value.path().read_text(encoding="utf-8")
    assert settled(markdown) == SUMMARY.read_text(encoding="utf-8")
