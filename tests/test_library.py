"""The library and the return of experience: published by a team, found by others, and taken out."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from lxml.html import document_fromstring
from tornado.httpclient import HTTPResponse

from impactlib.domain import library
from impactlib.domain.agenda import Role
from impactlib.domain.kinds import PROBLEMS
from impactlib.domain.shelf import kits
from impactlib.domain.text import without_mail
from impactlib.export import render
from impactlib.server.pages.library import _ADDRESS
from impactlib.views.render import environment
from tests.conftest import Room
from tests.serving import Browser, Served, served
from tests.test_programme import FORM, TEAM, Operator, opened, post, send, text

ANSWERS = {
    "text": "Un rappel par message la veille.",
    "measured_now": "Le délai médian du premier colis.",
    "next_team": "Comptez les familles, pas les colis.",
    "theme": "Aide alimentaire",
    "had_problem": "grows",
}


async def held(house: Served) -> tuple[Browser, Browser]:
    """The workshop of the house, held, with its facilitator and somebody of its team."""
    ada, marc = await house.joins(Role.FACILITATOR, "Ada"), await house.joins(Role.CLIENT, "Marc")
    await ada.do("start", step="tour")
    return ada, marc


def fields(page: str) -> dict[str, str]:
    """What the form of a page holds."""
    forms = document_fromstring(page).forms
    return {name: value for form in forms for name, value in form.form_values() if name != "do"}


async def tells(marc: Browser, do: str = "keep", **more: str) -> HTTPResponse:
    drawn = fields(text(await marc.get("/experience")))
    return await marc.post("/experience", urlencode({**drawn, "do": do, **ANSWERS, **more}).encode(), FORM)


async def shown(house: Served, query: str = "") -> str:
    return text(await Browser(house, "/library").get(query))


@pytest.mark.process
@served
async def test_a_team_publishes_its_experience_and_takes_it_out(house: Served) -> None:
    await opened(house)
    _, marc = await held(house)
    kept = await tells(marc)
    assert kept.code == 303 and "Comptez les familles" in text(await marc.get("/experience"))
    assert "Comptez les familles" not in await shown(house)
    await tells(marc, in_library="yes", next_team="Comptez les familles d’abord.")
    page = await shown(house)
    assert "Comptez les familles d’abord." in page and "Un rappel par message" in page and "Colis Solidaire" in page
    paths = (
        f"/library/{house.session}.ipynb",
        f"/library/{house.session}/replay",
        f"/library/{house.session}/replay.json",
    )
    assert [(await Browser(house, path).get()).code for path in paths] == [200, 200, 200]
    await tells(marc, in_library="")
    assert "Comptez les familles" not in await shown(house)
    assert [(await Browser(house, path).get()).code for path in paths] == [404, 404, 404]
    await tells(marc, in_library="yes")
    assert (await tells(marc, do="withdraw")).code == 303
    assert "Comptez les familles" not in await shown(house) and "Comptez" not in text(await marc.get("/experience"))


@pytest.mark.process
@served
async def test_what_the_library_shares_has_no_name_and_no_address(house: Served) -> None:
    await opened(house)
    _, marc = await held(house)
    ines = await house.joins(Role.CONSULTANT, "Inès")
    await ines.asks("Marc peut-il écrire à marc.petit@colis.example ?")
    await marc.do("write", kind="contact", text="equipe@colis.example")
    await tells(marc, in_library="yes")
    notebook = text(await Browser(house, f"/library/{house.session}.ipynb").get())
    replay = text(await Browser(house, f"/library/{house.session}/replay.json").get())
    for body in (notebook, replay, await shown(house)):
        assert "@colis.example" not in body and "Inès" not in body and "Marc" not in body
    assert "peut-il écrire" in json.dumps(json.loads(notebook), ensure_ascii=False)


@served
async def test_an_address_in_an_answer_is_refused_and_the_text_is_given_back(house: Served) -> None:
    await opened(house)
    _, marc = await held(house)
    for name in ("text", "measured_now", "next_team", "theme"):
        refused = await tells(marc, in_library="yes", **{name: "Écrivez à marc@colis.example, plutôt"})
        assert refused.code == 422, name
        page = text(refused)
        assert "Une adresse électronique" in page and "Écrivez à marc@colis.example, plutôt" in page, name
    assert (await tells(marc, in_library="yes")).code == 303
    assert "Comptez les familles" in await shown(house)


def test_what_a_file_brought_in_with_an_address_is_published_without_it() -> None:
    assert without_mail("De l.petit@a.example, pour b@c.d.example.") == "De […], pour […]."
    assert without_mail("À @tous, 3 @ 4, a@b") == "À @tous, 3 @ 4, a@b"


@served
async def test_the_library_is_searched_by_words_theme_and_problem(house: Served) -> None:
    await opened(house)
    _, marc = await held(house)
    await tells(marc, in_library="yes")
    for query in ("?q=DELAI+median", "?theme=aide+alimentaire", "?problem=grows", "?q=colis&problem=grows&theme="):
        assert "Comptez les familles" in await shown(house, query), query
    for query in ("?q=logement", "?theme=logement", "?problem=data", "?q=%3Cscript%3Ealert(1)%3C/script%3E"):
        page = await shown(house, query)
        assert "Comptez les familles" not in page and "<script>alert" not in page, query


@served
async def test_a_team_that_withdraws_at_its_private_page_leaves_the_library(house: Served) -> None:
    operator, date = await opened(house)
    own = Browser(house, (await send(house, "a1", "team", date=date, listed="yes", **TEAM)).headers["Location"])
    await operator.does("accept", asked="a1", date=date)
    house.session = (await house.state.announced()).asked["a1"].session
    house.keys = await house.renewed_keys()
    _, marc = await held(house)
    await tells(marc, in_library="yes")
    assert "Comptez les familles" in await shown(house) and "vient le" in await shown(house)
    await post(own)
    page = await shown(house)
    assert "Comptez les familles" not in page and "Colis Solidaire" not in page
    assert (await Browser(house, f"/library/{house.session}.ipynb").get()).code == 404


@served
async def test_only_the_team_tells_and_after_its_hour(house: Served) -> None:
    await opened(house)
    marc, ines = await house.joins(Role.CLIENT, "Marc"), await house.joins(Role.CONSULTANT, "Inès")
    assert "n’a pas encore eu lieu" in text(await marc.get("/experience"))
    assert (await ines.get("/experience")).code == 403
    assert (await tells(ines)).code == 401
    assert "data-join" in text(await house.at(Role.CLIENT).get("/experience"))
    wrong = await tells(marc, text="")
    assert wrong.code == 422 and "Comptez les familles" in text(wrong)
    odd = await tells(marc, had_problem="nothing")
    assert odd.code == 422
    long = await tells(marc, next_team="mot " * 200)
    assert long.code == 422 and "500 caractères au plus" in text(long) and "mot mot" in text(long)
    assert 'name="next_team" aria-invalid="true"' in text(long)


@served
async def test_two_who_tell_at_once_lose_nothing_of_each_other(house: Served) -> None:
    await opened(house)
    _, marc = await held(house)
    await tells(marc)
    drawn = fields(text(await marc.get("/experience")))
    await tells(marc, text="Deux rappels.", theme="Familles")

    async def sends(typed: dict[str, str]) -> HTTPResponse:
        return await marc.post("/experience", urlencode({**typed, "do": "keep"}).encode(), FORM)

    # Another answer of the same moment goes in beside; the same one is told of, with both texts.
    assert (await sends({**drawn, "text": "Deux rappels.", "next_team": "Commencez petit."})).code == 303
    late = await sends({**drawn, "text": "Trois rappels."})
    page = text(late)
    assert late.code == 422 and "Trois rappels." in page and "Deux rappels." in page
    assert (await sends(fields(page))).code == 303
    kept = fields(text(await marc.get("/experience")))
    assert (kept["text"], kept["theme"], kept["next_team"]) == ("Trois rappels.", "Familles", "Commencez petit.")


@served
async def test_there_is_no_library_while_the_programme_is_closed(house: Served) -> None:
    _, marc = await held(house)
    await tells(marc, in_library="yes")
    assert "quand la personne qui tient ce serveur" in text(await marc.get("/experience"))
    for path in ("/library", f"/library/{house.session}.ipynb", f"/library/{house.session}/replay"):
        assert (await Browser(house, path).get()).code == 404
    await Operator(house).does("open", contact="Atelier impact")
    assert "Comptez les familles" in await shown(house)


def test_the_kinds_of_problem_are_needs_of_the_shelf() -> None:
    assert set(PROBLEMS) <= {need.id for need in kits().needs}


def test_what_became_of_an_hour_stands_beside_the_metrics_that_were_kept(lived: Room) -> None:
    lived.ask(Role.CLIENT, do="write", kind="experience", text="Un rappel", in_library="yes")
    told = library.published(lived.session)
    assert told is not None and told.metrics and told.changed == "Un rappel"


def test_the_summary_has_the_three_answers(lived: Room) -> None:
    said = {"measured_now": "Le délai <b>médian</b>", "next_team": "Comptez les familles"}
    lived.ask(Role.CLIENT, do="write", kind="experience", text="Un rappel", **said)
    for form in ("md", "html"):
        made = render(lived.store.to_file(), "summary", form, environment("fr")).decode()
        assert "Un rappel" in made and "Comptez les familles" in made and "Ce que vous mesurez maintenant" in made
        assert "<b>médian" not in made or form == "md"


@pytest.mark.timeout(20)  # where time grew with the square of a word, this took half a minute
def test_a_word_of_any_length_is_looked_at_once_for_addresses() -> None:
    assert _ADDRESS.findall("a" * 100_000 + " marc@colis.example, <ines@colis.example>") == [
        "marc@colis.example",
        "ines@colis.example",
    ]
