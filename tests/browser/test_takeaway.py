"""Leaving with the results: copied for a mail, as a picture for a message, printed on one page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from impactlib.export.html import html
from impactlib.rooms.samples import sample
from impactlib.storage import keys
from impactlib.storage.session_store import import_session
from impactlib.views.render import environment
from tests.harness import Server, join

pytestmark = pytest.mark.browser

A4 = 1123
"""Pixels from the top of a printed page to its foot."""


def test_the_results_hold_on_the_first_page(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "summary.html"
    file.write_text(html(sample("tidy").fold(), environment("fr")), encoding="utf-8")
    page = browser.new_page(viewport={"width": 688, "height": A4})  # between the margins of an A4 page
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    foot = page.locator(".results").evaluate("(results) => results.getBoundingClientRect().bottom")
    assert foot <= A4 - 91  # its margins, 12 mm each
    assert page.evaluate("document.fonts.check('16px \"Atkinson Hyperlegible Next\"')")
    page.close()


def lived(browser: Browser, server: Server, name: str, **context: object) -> Page:
    """The summary of the tidy hour, which all tests share, to somebody of its team whom nobody is called like."""
    store, _ = import_session(server.data, sample("tidy"))
    links = keys.links(server.data, store.journal, server.url)
    store.journal.close()
    person = browser.new_context(viewport={"width": 1280, "height": 900}, **context)  # type: ignore[arg-type]
    page = join(person, links["client"], name)
    expect(page.locator(".summary-pane [data-result]:not([hidden])").first).to_be_visible()
    return page


@pytest.mark.long
@pytest.mark.parametrize("below", ["", "/prepare", "/follow"])
def test_every_file_and_page_that_a_page_leads_to_is_there(browser: Browser, server: Server, below: str) -> None:
    """The pages of a role, and those below it, which show some of the same panes."""
    page = lived(browser, server, f"Zoé{below.replace('/', ' ')}")
    page.goto(f"{page.url.partition('?')[0]}{below}")
    page.wait_for_selector("body[data-ready]")
    links: set[str] = set(page.locator("a[href]").evaluate_all("links => links.map(link => link.href.split('#')[0])"))
    here = {link for link in links if link.startswith(server.url)}
    files = {link.rsplit("/", 1)[1] for link in here}
    assert (set() if below == "/follow" else {"metrics.xlsx", "matrix.docx", "session.ipynb"}) <= files
    gone = {link: answer.status for link in here if (answer := page.context.request.get(link)).status >= 400}
    assert gone == {}
    page.context.close()


def test_names_are_looked_at_one_by_one_before_a_session_is_shared(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    page = lived(browser, server, "Claire")
    for words in ("Claire propose une réponse claire", "Claire et nette, la demande", "M. Oyono a tout noté"):
        page.locator('[data-look="learnings"]').first.click()
        form = page.locator('form[data-kind="learning"]')
        form.locator("textarea").fill(words)
        form.locator("button.btn").click()
        expect(page.locator(".words", has_text=words).first).to_be_visible()
    page.locator('[data-look="summary"]').first.click()
    page.get_by_text("Autres fichiers").click()
    page.get_by_role("button", name="Le notebook de séance, à partager").click()
    dialog = page.get_by_role("dialog", name="Le notebook de séance, à partager")
    replaced, left = dialog.locator("[data-sure] li"), dialog.locator("[data-unsure] li")
    expect(replaced.filter(has_text="Claire propose une réponse claire")).to_have_count(1, timeout=60_000)
    expect(left.filter(has_text="Claire et nette")).to_have_count(1)
    expect(left.filter(has_text="une réponse claire")).to_have_count(1)
    replaced.filter(has_text="Claire propose").get_by_role("checkbox").uncheck()
    left.filter(has_text="Claire et nette").get_by_role("checkbox").check()
    dialog.get_by_label("D’autres mots à remplacer").fill("M. Oyono")
    with page.expect_download(timeout=60_000) as file:
        dialog.get_by_role("button", name="Faire le fichier").click()
    expect(dialog).to_be_hidden()
    assert file.value.suggested_filename.startswith("repit-voisin-partage-20")
    file.value.save_as(tmp_path / "shared.ipynb")
    told = (tmp_path / "shared.ipynb").read_text(encoding="utf-8")
    assert "Claire propose une réponse claire" in told  # put back
    assert "Claire et nette" not in told and " et nette, la demande" in told  # added
    assert "Oyono" not in told and "Responsable" in told
    page.context.close()


def copied(page: Page, form: str) -> str:
    """What the clipboard holds in that format."""
    text: str = page.evaluate(
        """async (form) => {
        const [item] = await navigator.clipboard.read();
        const held = await item.getType(form);
        return form.startsWith('text/') ? held.text() : `${held.type} ${held.size > 1000}`;
        }""",
        form,
    )
    return text


def test_the_results_are_copied_for_a_mail_and_the_picture_for_a_message(browser: Browser, server: Server) -> None:
    page = lived(browser, server, "Maël", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier pour un courriel").click()
    expect(page.locator("[data-toast]")).to_contain_text("copiés")
    rich, plain = copied(page, "text/html"), copied(page, "text/plain")
    assert "<h3>Mesures gardées</h3>" in rich and "<li>" in rich and "class=" not in rich and "<button" not in rich
    title, _, plain = plain.partition("\n\n")
    assert title == "COMPTE RENDU DE L’ATELIER IMPACT\u00a0: RÉPIT VOISIN"  # a mail has no page around it
    assert plain.startswith("LA DEMANDE EN UNE PHRASE\nAidez-nous à voir à temps")
    assert "412\u00a0aidants (13/10/2026) · Potentiel maximal\u00a0: 0\u00a0aidants · Paliers" in plain
    assert "À compléter" not in plain
    page.get_by_role("button", name="Copier l’image").click()
    expect(page.locator("[data-toast]")).to_contain_text("image", timeout=60_000)
    assert copied(page, "image/png") == "image/png true"
    page.context.close()


def test_a_browser_that_keeps_its_clipboard_still_copies_words_that_a_mail_takes(
    browser: Browser, server: Server
) -> None:
    page = lived(browser, server, "Rokia", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error('no https')); }")
    page.get_by_role("button", name="Copier pour un courriel").click()
    expect(page.locator("[data-toast]")).to_contain_text("copiés")
    assert "<h3>Mesures gardées</h3>" in copied(page, "text/html")
    assert copied(page, "text/plain").startswith("COMPTE RENDU DE L’ATELIER IMPACT")
    page.context.close()


def test_the_page_to_print_opens_beside_and_no_file_goes_by_two_names(browser: Browser, server: Server) -> None:
    page = lived(browser, server, "Yaël")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Imprimer ou enregistrer en PDF").click()
    expect(opened.value.locator("h1")).to_contain_text("Compte rendu", timeout=60_000)
    # Its style is its own, and allowed: the page that prints looks like the kit.
    assert "Atkinson" in opened.value.evaluate("getComputedStyle(document.body).fontFamily")
    assert opened.value.evaluate("document.fonts.check('16px \"Atkinson Hyperlegible Next\"')")
    names: dict[str, set[str]] = {}
    for link in page.locator("a[download]").all():
        names.setdefault(str(link.get_attribute("href")), set()).add(link.inner_text())
    assert all(len(said) == 1 for said in names.values())
    with page.expect_download(timeout=60_000) as file:
        page.get_by_role("link", name="Télécharger pour Word (.docx)").click()
    assert file.value.suggested_filename.startswith("repit-voisin-compte-rendu-20")
    page.context.close()
