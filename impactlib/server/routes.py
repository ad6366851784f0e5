"""The kit's addresses, and the handler of each."""

from __future__ import annotations

import re
from typing import Any

from impactlib.server.pages import (
    calendars,
    codes,
    compose,
    downloads,
    entries,
    figures_upload,
    home,
    hypotheses_upload,
    imports,
    library,
    links,
    practices,
    programme,
    replays,
    room,
    screen,
    shelf,
    understand,
)
from impactlib.server.pages.assets import Asset
from impactlib.server.pages.stream import Patches
from impactlib.server.state import State

ROOM = r"room/(?P<session>[a-z0-9]+)/(?P<role>[a-z]+)"
BELOW = r"(?:/(?P=role))?"
"""A pane gives the addresses of files from its role's page; one below it, such as the preparation, shows it too."""
SCREEN = r"room/(?P<session>[a-z0-9]+)/screen"


def routes(base_url: str) -> list[tuple[str, Any]]:
    """The pages under a base address; `rest` is for what is left below it."""
    base = re.escape(base_url)
    return [
        (base, home.Home),
        (base + "workshops", home.Workshops),
        (base + "practice", practices.Practise),
        (base + "import", imports.Import),
        (base + "api", home.Api),
        (base + "health", home.Health),
        (base + "metrics", home.Figures),
        (base + "(?P<page>privacy|glossary|for-you)", home.Told),
        (base + "compose", compose.Compose),
        (base + "compose/check", compose.Check),
        (base + "understand", understand.Understand),
        (base + "shelf", shelf.TheShelf),
        (base + "voila/templates/(?P<short>[^/]*/?[^/]*)", home.Missing),  # Voilà fails at one so short
        (base + "dates", programme.Dates),
        (base + r"dates\.ics", programme.Calendar),
        (base + "dates/(?P<asked>[a-z0-9]+)-(?P<key>[a-z0-9]+)", programme.Own),
        (base + r"dates/(?P<asked>[a-z0-9]+)-(?P<key>[a-z0-9]+)\.ics", programme.OwnCalendar),
        (base + "programme", programme.Desk),
        (base + "library", library.Library),
        (base + r"library/(?P<session>[a-z0-9]+)\.ipynb", library.Notebook),
        (base + r"library/(?P<session>[a-z0-9]+)/replay(?P<json>\.json)?", library.Replay),
        (base + "atelier", codes.Ask),
        (base + "atelier/(?P<code>[^/]{1,40})", codes.Choose),
        (base + "coaches", calendars.Coaches),
        (base + r"calendar/coach/(?P<coach>[a-z0-9]+)-(?P<key>[a-z0-9]+)\.ics", calendars.OfCoach),
        (base + r"calendar/(?P<session>[a-z0-9]+)-(?P<key>[a-z0-9]+)\.ics", calendars.Subscribed),
        (base + "replay", replays.WithoutSlash),
        (base + "replay/", replays.Choose),
        (base + "replay/file", replays.OwnFile),
        (base + r"replay/(?P<name>tidy|messy)(?P<json>\.json)?", replays.Sample),
        (base + r"assets/[0-9a-f]+/([a-z0-9.-]+)", Asset),
        (base + SCREEN, screen.Screen),
        (base + SCREEN + "/patches", screen.ScreenPatches),
        (base + ROOM, room.RolePage),
        (base + ROOM + "/patches", Patches),
        (base + ROOM + "/gestures", room.Gestures),
        (base + ROOM + "/join", room.Join),
        (base + ROOM + "/here", room.Here),
        (base + ROOM + "/older", room.Older),
        (base + ROOM + "/entries", entries.Entries),
        (base + ROOM + "/links", links.Links),
        (base + ROOM + "/script", room.Script),
        (base + ROOM + "/screen", screen.OpenScreen),
        (base + ROOM + "/practice", practices.During),
        (base + ROOM + "/prepare", room.Prepare),
        (base + ROOM + "/follow", room.Follow),
        (base + ROOM + "/experience", library.Tell),
        (base + ROOM + "/hypotheses", hypotheses_upload.Hypotheses),
        (base + ROOM + "/figures", figures_upload.FiguresOverTime),
        (base + ROOM + r"/replay(?P<json>\.json)?", replays.RoomReplay),
        (base + ROOM + "/import", imports.Merge),
        (base + ROOM + BELOW + f"/(?P<name>{'|'.join(map(re.escape, downloads.NAMES))})", downloads.Download),
    ]


def rest(base_url: str) -> list[tuple[str, Any]]:
    """Every other address."""
    return [(re.escape(base_url) + ".*", home.Missing)]


def settings(state: State) -> dict[str, Any]:
    """The settings of tornado that our handlers need."""

    def log_request(handler: Any) -> None:
        """One line for what failed; `log.keep_keys_out` takes keys out of it."""
        if handler.get_status() >= 500 and not getattr(handler, "told", False):
            state.log.error("%s %s %s", handler.get_status(), handler.request.method, handler.request.uri)

    return {"impact": state, "log_function": log_request, "default_handler_class": home.Missing}
