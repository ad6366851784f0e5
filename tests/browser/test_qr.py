"""A phone that reads the QR codes of the room's screen, or of the links page, in pictures of them, comes in."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageFilter
from playwright.sync_api import expect

from tests.browser.conftest import NAMES, Person
from tests.browser.test_rounds import PHONE
from tests.harness import Server

pytestmark = pytest.mark.browser

FAR = 627 / 1280
"""A phone's camera, 4,000 pixels across 65 degrees, has 627 of them for a screen of one metre, five metres away."""
SOFT = 0.5  # px: a picture taken by hand is not sharp


def read(picture: bytes, scale: float = 1) -> set[str]:
    """What the QR codes of a picture say, when it is seen so much smaller."""
    image = Image.open(BytesIO(picture)).convert("L")
    if scale < 1:
        seen = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BOX)
        image = seen.filter(ImageFilter.GaussianBlur(SOFT))
    return {code.text for code in zxingcpp.read_barcodes(image)}


def test_the_codes_of_the_screen_are_read_from_five_metres_and_open_the_entrance_of_their_role(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    ada = person("facilitator").join(links["facilitator"], "Ada")
    with ada.context.expect_page() as opened:
        ada.page.get_by_role("link", name="Écran de la salle").click()
    wall = opened.value
    wall.wait_for_selector("body[data-ready]")
    wall.set_viewport_size({"width": 1280, "height": 720})
    ways = {links[role] for role in ("client", "consultant", "observer")}
    for theme in ("light", "dark"):
        wall.emulate_media(color_scheme=theme)
        picture = wall.screenshot()
        assert read(picture) == ways, theme
        assert read(picture, FAR) == ways, theme
    for role in ("client", "consultant", "observer"):
        phone = person(role, **PHONE)
        [link] = [way for way in read(wall.screenshot(), FAR) if way == links[role]]
        phone.join(link, NAMES[role])
        expect(phone.page.locator("body")).to_have_attribute("data-role", role)
        assert phone.errors == []


def test_the_codes_of_the_links_page_are_the_links_beside_them(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    ada = person("facilitator").join(links["facilitator"], "Ada")
    ada.page.goto(links["facilitator"].split("?")[0] + "/links")
    ada.ready()
    ada.page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true })")
    for_all = ada.page.locator("#url-all").input_value()
    assert {*links.values(), for_all} <= read(ada.page.screenshot(full_page=True))
