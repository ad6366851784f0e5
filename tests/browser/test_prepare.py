"""The team prepares before the hour: three questions, several at once, left and resumed, there when the hour begins."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Person
from tests.browser.test_access import agree, tab_to
from tests.harness import Server

pytestmark = pytest.mark.browser

UNFOLD = "it => it.querySelectorAll('details').forEach(fold => { fold.open = true; })"
SHEET = """Hypothèse;Mesure;Cible;Couleur
Moins de non-recours;Taux de recours;beaucoup;bleu
Les familles sont servies plus tôt;Délai d’accès;12,5;vert
"""


@pytest.fixture
def two(server: Server, person: Callable[..., Person]) -> tuple[Person, Person, dict[str, str]]:
    """Two members of one team on *Préparer*, and the links of their workshop."""
    links = server.new("Colis Solidaire")
    marc, salome = (person("client").join(links["client"], name) for name in ("Marc", "Salomé"))
    return marc, salome, links


def answers(member: Person, statement: str = "", metric: str = "", source: str = "") -> None:
    """Answer the three questions, or some of them, and keep the hypothesis."""
    for name, value in (("statement", statement), ("metric", metric), ("source", source)):
        member.page.fill(f"#draft-{name}", value)
    member.page.get_by_role("button", name="Garder cette hypothèse").click()


def card(member: Person, text: str) -> Locator:
    return member.page.locator(".card.draft", has_text=text)


def say_more(member: Person, text: str) -> Locator:
    card(member, text).get_by_role("button", name=re.compile("^Préciser")).click()
    dialog = member.page.locator("dialog[open]")
    dialog.evaluate(UNFOLD)
    return dialog


def save(member: Person) -> None:
    member.page.locator("dialog[open]").get_by_role("button", name="Enregistrer").click()


def test_two_members_prepare_at_once_leave_and_resume_and_the_hour_finds_it_all(
    two: tuple[Person, Person, dict[str, str]], person: Callable[..., Person]
) -> None:
    marc, salome, links = two
    assert marc.page.url.endswith("/prepare")
    marc.shot("prepare-empty")
    answers(marc)
    expect(marc.page.locator('form[data-form="draft"] .said')).to_contain_text("rien à envoyer")
    salome.page.fill("#draft-metric", "Part des familles qui ren")
    answers(marc, "Les familles attendent moins", "Délai médian", "Registre des antennes")
    expect(card(salome, "Les familles attendent moins")).to_contain_text("Registre des antennes")
    # What another sends moves nothing of what one types; half a hypothesis is one.
    expect(salome.page.locator("#draft-metric")).to_have_value("Part des familles qui ren")
    salome.reload()
    expect(salome.page.locator("#draft-metric")).to_have_value("Part des familles qui ren")
    salome.page.locator("#draft-metric").press_sequentially("oncent")
    salome.page.get_by_role("button", name="Garder cette hypothèse").click()
    expect(card(marc, "Part des familles qui renoncent")).to_contain_text("Ce qui doit changer est encore à dire")
    expect(salome.page.locator("#draft-metric")).to_have_value("")
    marc.stage("Produit")
    salome.stage("Produit")
    marc.write("product", "Colis Solidaire trouve un colis près de chez soi")
    marc.page.locator('form[data-form="objective"] select').select_option("direct")
    marc.write("objective", "Un premier colis en deux semaines")
    marc.page.locator('form[data-form="change"] input').fill("le délai médian")
    marc.write("change", "Plus aucune famille sans repas")
    salome.sees("trouve un colis près")
    salome.sees("atteint directement")
    salome.sees("le délai médian")
    salome.page.locator(".card", has_text="Plus aucune").get_by_role("button", name=re.compile("^Modifier")).click()
    salome.page.fill("#change-proxy", "la part des demandes sans colis")
    save(salome)
    marc.sees("la part des demandes sans colis")
    marc.shot("prepare-full")

    # The hour begins: who reads is taken along, who writes is told.
    facilitator = person("facilitator").join(links["facilitator"], "Ada")
    salome.stage("Hypothèses")
    salome.page.locator("#draft-statement").press_sequentially("Et aussi")
    facilitator.forward()
    marc.sees("Qui est là")
    assert not marc.page.url.endswith("/prepare")
    expect(salome.page.locator(".band")).to_contain_text("L’atelier a commencé")
    expect(salome.page.locator("#draft-statement")).to_have_value("Et aussi")
    salome.page.get_by_role("link", name="Rejoindre l’atelier").click()
    salome.ready().page.get_by_role("button", name="Recommandations").click()
    hypothesis = salome.page.locator(".card", has_text="Les familles attendent moins").first
    expect(hypothesis.get_by_text("Registre des antennes")).to_be_hidden()
    hypothesis.get_by_text("Sa définition").click()
    expect(hypothesis.get_by_text("Registre des antennes")).to_be_visible()
    assert marc.errors == salome.errors == []


def test_the_page_asks_for_one_point_at_a_time(
    two: tuple[Person, Person, dict[str, str]],
) -> None:
    marc, salome, _ = two
    answers(marc, "Moins d’attente", "Délai médian", "Registre")
    answers(marc, "Moins d’abandons", "Nombre d’abandons", "Registre")
    marc.stage("Préciser")
    question, form = marc.page.locator('form[data-form="point"] label'), marc.page.locator('form[data-form="point"]')
    expect(question).to_have_text("De quelle population parle-t-on ?")
    # Asked once for both; the answer is not for one of them, which is asked next.
    marc.page.locator(".ask button", has_text="Nombre d’abandons").filter(visible=True).click()
    form.get_by_role("textbox").fill("familles orientées en urgence")
    form.get_by_role("button", name="Garder la réponse").click()
    expect(card(salome, "Moins d’attente")).to_contain_text("familles orientées en urgence")
    expect(card(salome, "Moins d’abandons")).not_to_contain_text("familles orientées en urgence")
    expect(question).to_have_text("De quelle population parle-t-on ?")
    expect(marc.page.locator(".ask").filter(visible=True)).to_contain_text("Nombre d’abandons")
    # One passes, and is asked another; what cannot be read is said, and stays.
    form.get_by_role("button", name="Plus tard").click()
    expect(question).not_to_have_text("De quelle population parle-t-on ?")
    while "aujourd’hui" not in question.inner_text():
        form.get_by_role("button", name="Plus tard").click()
    form.get_by_role("textbox").fill("beaucoup")
    form.get_by_role("button", name="Garder la réponse").click()
    expect(form.locator(".said")).to_contain_text("pas un nombre")
    expect(form.get_by_role("textbox")).to_have_value("beaucoup")
    marc.shot("prepare-points")


def test_preparing_is_a_path_that_says_what_is_enough(two: tuple[Person, Person, dict[str, str]]) -> None:
    marc, _, _ = two
    enough, titles = marc.page.locator(".enough"), marc.page.locator("section.step h2").filter(visible=True)
    expect(enough).to_contain_text("Il manque encore pour l’atelier : une hypothèse")
    answers(marc, "Moins d’attente", "Délai médian")
    expect(enough).to_contain_text("ce qu’est le produit")
    # One stage at a time, each with its address; Back returns to the one before.
    expect(titles).to_have_count(1)
    marc.page.get_by_role("button", name="Continuer").click()
    expect(titles).to_contain_text(["Le produit"])
    marc.page.locator('form[data-form="product"] textarea').fill("Colis Solidaire trouve un colis")
    marc.page.locator('form[data-form="product"] button.btn').click()
    expect(enough).to_contain_text("C’est assez pour l’atelier.")
    marc.shot("prepare-path")
    marc.page.go_back()
    expect(titles).to_contain_text(["Trois questions"])


def test_to_go_on_keeps_what_is_written(two: tuple[Person, Person, dict[str, str]]) -> None:
    marc, salome, _ = two
    marc.page.get_by_label("Quel chiffre le montrerait").fill("Délai médian")
    marc.page.get_by_role("button", name="Continuer").click()
    marc.page.locator('form[data-form="product"] textarea').fill("Colis Solidaire trouve un colis")
    marc.page.get_by_role("button", name="Continuer").click()
    card(salome, "Délai médian").wait_for()
    salome.stage("Produit")
    salome.sees("Colis Solidaire trouve un colis")


def test_two_people_who_detail_one_hypothesis_keep_their_fields_and_see_both_values_of_a_shared_one(
    two: tuple[Person, Person, dict[str, str]],
) -> None:
    marc, salome, _ = two
    answers(marc, "Moins d’attente", "Délai médian")
    card(salome, "Moins d’attente").wait_for()
    for member in (marc, salome):
        say_more(member, "Moins d’attente")
    marc.page.fill("#precise-population", "familles en urgence")
    marc.page.fill("#precise-baseline", "21,5")
    marc.page.locator("#precise-concept").select_option("impactful")
    save(marc)
    expect(marc.page.locator("dialog[open]")).to_have_count(0)
    expect(card(salome, "21,5")).to_contain_text("Impactant")
    salome.page.fill("#precise-population", "toutes les familles")
    salome.page.fill("#precise-owner", "Salomé")
    salome.page.fill("#precise-target", "beaucoup")
    save(salome)
    expect(salome.page.locator("[data-told=population]")).to_contain_text("familles en urgence")
    expect(salome.page.locator("[data-told=target]")).to_contain_text("pas un nombre")
    expect(salome.page.locator("#precise-population")).to_have_value("toutes les familles")
    expect(card(marc, "Salomé")).to_contain_text("familles en urgence")
    salome.shot("prepare-conflict")
    salome.page.locator("[data-told=population]").get_by_role("button", name="Garder sa version").click()
    salome.page.fill("#precise-target", "14")
    save(salome)
    expect(salome.page.locator("dialog[open]")).to_have_count(0)
    expect(card(marc, "Salomé")).to_contain_text("14")
    expect(card(marc, "Salomé")).to_contain_text("familles en urgence")
    # The dialog left by Escape is a draft; by its button it is not.
    say_more(marc, "Moins d’attente")
    marc.page.fill("#precise-limits", "Ne dit rien de ceux qui")
    marc.page.keyboard.press("Escape")
    marc.reload()
    say_more(marc, "Moins d’attente")
    expect(marc.page.locator("#precise-limits")).to_have_value("Ne dit rien de ceux qui")
    marc.page.locator("dialog[open]").get_by_role("button", name="Annuler").click()
    say_more(marc, "Moins d’attente")
    expect(marc.page.locator("#precise-limits")).to_have_value("")


def test_a_hypothesis_without_a_metric_gets_exactly_one(two: tuple[Person, Person, dict[str, str]]) -> None:
    marc, _, _ = two
    answers(marc, "Moins d’attente")
    say_more(marc, "Moins d’attente")
    marc.page.fill("#precise-metric", "Délai médian")
    marc.page.fill("#precise-target", "peu")
    save(marc)
    # Nothing of the metric is taken while a part of it cannot be read.
    expect(marc.page.locator("[data-told=target]")).to_be_visible()
    marc.page.fill("#precise-target", "14")
    save(marc)
    expect(marc.page.locator("dialog[open]")).to_have_count(0)
    expect(card(marc, "Délai médian").locator(".measure")).to_have_count(1)
    expect(card(marc, "Délai médian")).to_contain_text("14")


def test_details_saved_offline_wait_and_leave(two: tuple[Person, Person, dict[str, str]]) -> None:
    marc, salome, _ = two
    answers(marc, "Moins d’attente", "Délai médian")
    say_more(marc, "Moins d’attente")
    marc.page.fill("#precise-population", "familles en urgence")
    marc.context.set_offline(True)
    save(marc)
    expect(marc.page.locator("[data-banner]")).to_contain_text("Connexion perdue")
    marc.context.set_offline(False)
    expect(card(salome, "familles en urgence")).to_be_visible(timeout=30_000)


def test_a_spreadsheet_is_imported_once_without_its_unreadable_rows(
    two: tuple[Person, Person, dict[str, str]],
) -> None:
    marc, salome, _ = two
    for member, said in ((marc, "2 hypothèses sont entrées"), (salome, "Rien de nouveau")):
        member.page.get_by_text("Apporter des hypothèses d’un tableur").click()
        member.page.set_input_files("#sheet", {"name": "h.csv", "mimeType": "text/csv", "buffer": SHEET.encode()})
        expect(member.page.locator("[data-sheet-said] .said")).to_contain_text(said)
        rows = [row.locator("td").all_inner_texts() for row in member.page.locator("[data-sheet-said] tbody tr").all()]
        assert [(line, column) for line, column, _ in rows] == [("1", "Couleur"), ("2", "Cible")]
        expect(member.page.locator(".card.draft")).to_have_count(2)
    expect(card(salome, "Délai d’accès")).to_contain_text("12,5")
    agree(marc.page, "a spreadsheet with problems")
    salome.shot("prepare-sheet")
    marc.page.set_input_files("#sheet", {"name": "h.xlsx", "mimeType": "x/y", "buffer": b"PK\x03\x04 a spreadsheet"})
    expect(marc.page.locator("[data-sheet-said] .said")).to_contain_text("Ce classeur est abîmé")
    expect(marc.page.locator("[data-sheet-said] .scroll")).to_be_hidden()


def test_a_corrected_file_asks_cell_by_cell_where_somebody_changed_what_it_had_brought(
    two: tuple[Person, Person, dict[str, str]],
) -> None:
    marc, salome, _ = two
    page = marc.page

    def brings(*rows: str) -> None:
        buffer = "\n".join(("Hypothèse;Mesure;Unité;Cible;Source", *rows)).encode()
        page.set_input_files("#sheet", {"name": "mesures.csv", "mimeType": "text/csv", "buffer": buffer})

    page.get_by_text("Apporter des hypothèses d’un tableur").click()
    brings("Moins d’attente;Délai;jours;8;registre", "Moins d’appels;Appels;appels;30;standard", "Zut;Part;%;soixante;")
    expect(page.locator("[data-sheet-said] .said")).to_contain_text("3 hypothèses sont entrées")
    for name, target in (("Délai", "9"), ("Appels", "25")):
        say_more(salome, name)
        salome.page.fill("#precise-target", target)
        save(salome)
        expect(card(marc, name)).to_contain_text(target)
    brings("Moins d’attente;Délai;jours;7;registre", "Moins d’appels;Appels;appels;20;standard", "Zut;Part;%;60;")
    asked = page.locator("[data-asked]")
    expect(page.locator("[data-sheet-said] .said")).to_contain_text("2 cases ont aussi été changées ici")
    expect(card(marc, "Part")).to_contain_text("60")
    expect(asked.locator("li")).to_have_count(2)
    expect(asked.locator("li").first).to_contain_text("7 jours")
    agree(page, "what a file and a page say differently")
    asked.scroll_into_view_if_needed()
    marc.shot("prepare-again")
    asked.get_by_role("button", name="Garder ce qui est ici Cible, Délai").click()
    expect(asked.locator("li")).to_have_count(1)
    button = asked.get_by_role("button", name="Prendre celui du fichier Cible, Appels")
    expect(asked.locator("li").get_by_role("button").first).to_be_focused()
    button.click()
    expect(asked).to_be_hidden()
    expect(card(salome, "Appels")).to_contain_text("20")
    expect(card(salome, "Délai")).to_contain_text("9 jours")
    brings("Moins d’attente;Délai;jours;7;registre", "Moins d’appels;Appels;appels;20;standard", "Zut;Part;%;60;")
    expect(page.locator("[data-sheet-said] .said")).to_contain_text("Rien de nouveau")
    expect(asked).to_be_hidden()


def test_a_table_is_pasted_and_another_sheet_of_a_workbook_is_chosen(
    two: tuple[Person, Person, dict[str, str]],
) -> None:
    marc, _, _ = two
    page = marc.page
    page.get_by_text("Apporter des hypothèses d’un tableur").click()
    page.get_by_label("Ou collez votre tableau").fill("Mesure\tCible 2027\nBacs à l’heure\t90 %\nBacs pleins\t+5 %")
    page.get_by_role("button", name="Apporter ce tableau").click()
    expect(page.locator("[data-sheet-said] .said")).to_contain_text("2 mesures sont entrées")
    expect(page.get_by_label("Comment il a été lu")).to_contain_text("« Cible 2027 » est lu comme Cible")
    expect(page.locator("[data-sheet-said] tbody tr")).to_contain_text("C’est une évolution")
    expect(page.get_by_label("Ou collez votre tableau")).to_have_value("")
    agree(page, "a pasted table with problems")
    page.locator("[data-sheet-said] .scroll").scroll_into_view_if_needed()
    marc.shot("prepare-pasted")
    page.set_input_files("#sheet", {"name": "h.xlsx", "mimeType": "x/y", "buffer": workbook()})
    expect(card(marc, "Retard du bac")).to_be_visible()
    page.get_by_label("Une autre feuille de ce fichier").select_option("Été")
    expect(card(marc, "Attente du bac")).to_be_visible()
    expect(page.get_by_label("Comment il a été lu")).to_contain_text("La feuille « Été » a été lue")
    page.get_by_label("Comment il a été lu").scroll_into_view_if_needed()
    marc.shot("prepare-workbook")


def workbook() -> bytes:
    """Two sheets, each with a metric."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for name, metric in (("Hiver", "Retard du bac"), ("Été", "Attente du bac")):
        sheet = book.create_sheet(name)
        sheet.append(["Mesure", "Cible"])
        sheet.append([metric, 8])
    del book["Sheet"]
    book.save(content)
    return content.getvalue()


def test_an_author_puts_back_a_withdrawn_hypothesis(two: tuple[Person, Person, dict[str, str]]) -> None:
    marc, salome, _ = two
    answers(marc, "Moins d’attente", "Délai médian")
    salome.more(card(salome, "Moins d’attente"), "Retirer").click()
    expect(card(marc, "Moins d’attente")).to_have_count(0)
    salome.page.locator("[data-toast]").get_by_role("button", name="Annuler").click()
    expect(card(marc, "Moins d’attente")).to_have_count(1)


def test_the_workshops_room_is_one_link_away_and_only_the_team_prepares(
    two: tuple[Person, Person, dict[str, str]], person: Callable[..., Person]
) -> None:
    marc, _, links = two
    marc.page.get_by_role("link", name="Voir la salle de l’atelier").click()
    marc.ready().sees("L’atelier n’a pas commencé")
    marc.page.get_by_role("link", name="English").click()
    marc.ready().sees("The workshop has not begun")
    marc.page.get_by_role("link", name="Français").click()
    marc.ready().page.get_by_role("link", name="Préparer").first.click()
    marc.ready().sees("Trois questions")
    facilitator = person("facilitator").join(links["facilitator"], "Ada")
    facilitator.page.get_by_role("link", name="Préparer avec l’équipe").click()
    facilitator.ready().sees("Trois questions")
    for role, name in (("consultant", "Lou"), ("observer", "Sami")):
        other = person(role).join(links[role], name)
        assert other.page.get_by_role("link", name=re.compile("^Préparer")).count() == 0
        answer = other.page.goto(other.page.url + "/prepare")
        assert answer and answer.status == 403
        refused = other.page.request.post(
            links[role].split("?")[0] + "/hypotheses",
            data=SHEET.encode(),
            headers={"Content-Type": "application/octet-stream"},
        )
        assert refused.status == 401


@pytest.mark.long
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_prepare_is_accessible_and_fits_both_widths(server: Server, person: Callable[..., Person], lang: str) -> None:
    client = person("client").join(server.new("Colis Solidaire", lang=lang)["client"], "Marc")
    page = client.page
    agree(page, f"prepare, empty, {lang}")
    page.set_viewport_size({"width": 1280, "height": 844})
    page.fill(
        "#draft-statement", "Anticonstitutionnellement" * 8 + " et " + "les familles attendent moins longtemps " * 12
    )
    page.fill("#draft-metric", "Délai médian")
    page.locator('form[data-form="draft"] .btn').click()
    page.locator(".card.draft").wait_for()
    page.locator("#main").evaluate(UNFOLD)
    agree(page, f"prepare, long, {lang}")
    client.shot(f"prepare-long-{lang}")
    page.locator(".card.draft .head .link").first.click()
    page.locator("dialog[open]").evaluate(UNFOLD)
    agree(page, f"say more, {lang}")
    client.shot(f"prepare-dialog-{lang}")


def test_a_first_hypothesis_is_drafted_by_keyboard_alone(server: Server, person: Callable[..., Person]) -> None:
    client = person("client")
    page = client.page
    page.goto(server.new("Colis Solidaire")["client"])
    page.keyboard.type("Marc")
    page.keyboard.press("Enter")
    client.ready()
    for field, words in (
        ("draft-statement", "Moins d’attente"),
        ("draft-metric", "Délai"),
        ("draft-source", "Le registre"),
    ):
        tab_to(page, field)
        page.keyboard.type(words)
    tab_to(page, "Garder cette hypothèse")
    page.keyboard.press("Enter")
    card(client, "Moins d’attente").wait_for()
    tab_to(page, "3 Préciser 5")
    page.keyboard.press("Enter")
    tab_to(page, "point-value")
    page.keyboard.type("familles en urgence")
    page.keyboard.press("Enter")
    expect(card(client, "Moins d’attente")).to_contain_text("familles en urgence")
    # The next question is under the same field.
    expect(page.locator("#point-value")).to_be_focused()


def test_a_team_name_without_spaces_widens_no_page_of_a_phone(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("W" * 80)
    member = person("facilitator", viewport={"width": 390, "height": 844})
    member.page.goto(links["facilitator"])
    assert member.page.evaluate("document.documentElement.scrollWidth") <= 390, "join"
    member.join(links["facilitator"], "Ada")
    room = member.page.url.split("?")[0]
    for page in ("", "/prepare", "/links", "/script"):
        member.page.goto(f"{room.removesuffix('/prepare')}{page}")
        member.page.wait_for_load_state()
        assert member.page.evaluate("document.documentElement.scrollWidth") <= 390, page or "room"
