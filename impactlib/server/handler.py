"""The base of every handler: headers, cookies, languages, keys, and the one place that answers what was raised."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from tornado.web import HTTPError, RequestHandler

from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.agenda_files import AgendaError
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_, Worded
from impactlib.rooms.room import Room
from impactlib.server.addresses import Reach, reach
from impactlib.server.exports import CannotExport
from impactlib.server.fingerprint import fingerprint
from impactlib.server.hub import browser_protocol
from impactlib.server.layouts import CannotDraw
from impactlib.server.sessions import COMMON, Admission, Closed, Door, Unknown
from impactlib.server.state import State
from impactlib.server.troubles import trouble
from impactlib.storage import keys
from impactlib.storage.faults import Fault
from impactlib.views.catalogue import words_element
from impactlib.views.render import environment, say, translation

T = TypeVar("T")

OPERATOR, KEY, PERSON, LANG = "impact-operator", "impact-key", "impact-person", "impact-lang"
AT, NETWORK = "impact-at", "network"
"""The cookie, and its value, of who gives links with the address that this computer has on its network."""
_YEAR = 365
FILE = "application/octet-stream"
"""The type that our pages send a file as."""
BODY = 256 * 1024
"""Bytes that a gesture may weigh: 20,000 characters, in any script and escaping, and some."""

WORTH_COMPRESSING = 1024
"""Bytes from which a page is compressed."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Page(Exception):
    """A page that says why there is no other: raised anywhere in a handler, answered by it."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status, self.kind = status, kind


TROUBLES = {
    Fault.DAMAGED: N_(
        "On the server, the file of this workshop is damaged, or of a newer version of the kit: nothing of it is read "
        "any more. Whoever runs this server can repair it."
    ),
    Fault.FULL: N_("The server can write nothing more: its disk is full."),
    Fault.READ_ONLY: N_("The server may not write in its folder."),
    Fault.BUSY: N_("The server is waiting for another program that holds the file of this workshop."),
    Fault.DISK: N_("The server’s disk does not answer as it should."),
    Fault.MOVED: N_("The file of this workshop is no longer where it was on the server."),
    Fault.AWAY: N_("The server cannot reach its database."),
}
"""What people are told of a trouble of the machine."""
WAITS = N_("What you write is kept on this device, and leaves by itself as soon as that is over.")

NOT_HERE = N_("This server does not know this workshop any more. What you write is kept on this device.")

ANSWERED = (Refusal, AgendaError, Closed, CannotDraw, CannotExport, Page)
"""Exceptions that are answers: none of them is a fault of the server."""


class Handler(RequestHandler):
    """A handler of ours. Refusals, closed doors and pages that cannot be drawn are raised, and answered here."""

    @property
    def state(self) -> State:
        """The state that all handlers share."""
        state: State = self.settings["impact"]
        return state

    @property
    def base(self) -> str:
        """The address of the home page, with a slash at both ends."""
        return self.state.base_url

    def prepare(self) -> None:
        # Behind a hub: addresses that we show, and whether cookies are for TLS alone, are the browser's affair.
        self.request.protocol = browser_protocol(self.request.headers, self.request.protocol)
        # An address with a key is first made clean, by the door that the key opens.
        if self.request.method == "GET" and not (self._asks("key") or self._asks("token")):
            self._choose_language()

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        # Addresses may hold keys.
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    def check_xsrf_cookie(self) -> None:
        """Ours are SameSite=Lax cookies and JSON bodies, from our own origin: see ``read_json``."""

    told = False
    """Whether the log was told what is the matter."""

    # Language ------------------------------------------------------------

    session_lang = ""
    """The language of the workshop at whose door we are, once that door has opened."""

    def lang(self, default: str = "") -> str:
        """The language of the answer: the browser's choice, else `default`, the workshop's, the server's."""
        asked = self.get_cookie(LANG, "") or default or self.session_lang or self.state.lang
        return str(asked) if asked in LANGUAGES else LANGUAGES[0]

    def words(self, message: str) -> str:
        """A sentence in the language of the answer."""
        return translation(self.lang()).gettext(message)

    def _choose_language(self) -> None:
        """``?lang=en`` on any page keeps that language, and leads to a clean address."""
        if (asked := self._asks("lang")) in LANGUAGES:
            self.keep(LANG, asked, self.base)
            # A browser takes what begins with two slashes for another host.
            here = "/" + self.request.path.lstrip("/")
            self.see_other(here + ("?see=workshop" if self.sees_workshop else ""))

    def _asks(self, name: str) -> str:
        return str(self.get_query_argument(name, ""))

    @property
    def sees_workshop(self) -> bool:
        """Before the hour, a team asks for the room instead of *Prepare*."""
        return self._asks("see") == "workshop"

    # Answers -------------------------------------------------------------

    def render_page(self, template: str, *, lang: str = "", **values: Any) -> None:
        """Answer with a page of the views' templates."""
        lang = lang or self.lang()
        page = environment(lang).get_template(template)
        assets = f"{self.base}assets/{fingerprint()}"
        given = {"base": self.base, "assets": assets, "here": self.request.path, "see": self.sees_workshop}
        html = page.render(given, catalogue=partial(words_element, lang), **values)
        self.finish_compressed(html, "text/html; charset=utf-8")

    def finish_compressed(self, text: str, kind: str) -> None:
        """Answer with a text, compressed where the browser takes it."""
        body = text.encode()
        self.set_header("Content-Type", kind)
        self.set_header("Vary", "Accept-Encoding")
        if len(body) > WORTH_COMPRESSING and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            body = gzip.compress(body, compresslevel=5, mtime=0)
        self.finish(body)

    def see_other(self, path: str) -> None:
        """Answer with a redirection."""
        self.set_status(303)
        self.set_header("Location", path)
        self.finish()

    def answer(self, status: int, **values: Any) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(values, ensure_ascii=False, default=str))  # a refusal's facts: numbers, days

    def refuse(self, refusal: Worded) -> None:
        """Say no to a gesture, in the person's language."""
        self.answer(422, refused=say(refusal, self.lang()), code=refusal.code, **refusal.facts)

    def log_exception(self, *error: Any) -> None:
        """As tornado does, but for the address, which may hold a key, and for what is an answer."""
        if self.state.troubles.tell(self._session, error[1]):
            self.told = True
            return
        answered = isinstance(error[1], ANSWERED) or (isinstance(error[1], HTTPError) and error[1].status_code < 500)
        if not answered:
            self.state.log.error("%s %s", self.request.method, self.request.uri, exc_info=error)

    @property
    def _session(self) -> str:
        """The session of the address, "" for none, and before tornado has looked: at a method that it does not know."""
        return str(getattr(self, "path_kwargs", {}).get("session") or "")

    def write_error(self, status_code: int, **named: Any) -> None:
        """Answer whatever a handler raised."""
        if self._finished:
            return
        raised = named.get("exc_info", (None, None, None))[1]
        match raised:
            case Refusal():
                self.refuse(raised)
            case AgendaError():
                self.answer(422, refused=f"{raised.where}: {say(raised, self.lang())}", code=raised.code)
            case Closed():
                self._close(raised)
            case Page():
                self._page_of(raised.status, raised.kind)
            case CannotDraw():
                self._page_of(503, "undrawn")
            case CannotExport():
                self._page_of(503, "error")
            case _ if (found := trouble(raised)) is not None:
                self._tell(found)
            case _ if self.request.method == "POST":
                self.answer(status_code, refused=self.words(self._failed))
            case _:
                self._page_of(status_code, "missing" if status_code == 404 else "error")

    def _tell(self, found: Fault) -> None:
        """Say that the machine is in trouble, and what becomes of what one writes."""
        said = [self.words(TROUBLES[found]), self.words(WAITS)]
        if self.request.method == "POST":
            return self.answer(503, refused=" ".join(said), code="trouble")
        self.set_status(503)
        self.render_page("message.html", status=503, kind="trouble", said=said)

    @property
    def _failed(self) -> str:
        # A file stays where its reader has it: no text of theirs is kept in the page.
        if self.request.headers.get("Content-Type") == FILE:
            return N_("The server did not come to the end of this file: try again.")
        return N_("The server could not do this. Your text is kept: try again.")

    def _page_of(self, status: int, kind: str) -> None:
        self.set_status(status)
        self.render_page("message.html", status=status, kind=kind)

    def _close(self, closed: Closed) -> None:
        """The same page for every door that a key does not open: it says nothing of what is behind, only whether this
        browser came with nothing at all, neither a key nor a cookie. To who brings a key, that the workshop was erased,
        or that it is not here."""
        if closed.why:
            self.state.attempts.count(closed.why, self.request.remote_ip or "", self._session or "(none)")
        page, code, said = self._told_at(closed)
        if self.request.method == "POST":
            return self.answer(401, refused=self.words(said), code=code)
        self._page_of(410 if page == "erased" else 403, page)

    def _told_at(self, closed: Closed) -> tuple[str, str, str]:
        """The page of a closed door, and what a gesture is answered there: a code and a sentence."""
        if closed.erased:
            return "erased", "closed", N_("This workshop was erased.")
        if isinstance(closed, Unknown):
            return "gone", "unknown", NOT_HERE
        nothing = not self.request.cookies and not self._asks("key")
        said = N_("This link opens nothing here any more: ask for the new one.")
        return "unknown" if nothing else "closed", "closed", said

    def read_file(self, largest: int, too_large: str) -> bytes:
        """The file that one of our pages sends, of `largest` bytes at most. Raises Refusal."""
        self.refuse_other_sites()
        # No form of another site's can send this type without asking first.
        if self.request.headers.get("Content-Type") != FILE:
            raise Refusal("This page asks for something the kit does not know: reload it.")
        if len(self.request.body) > largest:
            raise Refusal(too_large, code="file")
        return bytes(self.request.body)

    def refuse_other_sites(self) -> None:
        """Raises Refusal where a page of another site asks."""
        origin = self.request.headers.get("Origin")
        if origin and origin.split("://")[-1] != self.request.host:
            raise Refusal("This request comes from another site: nothing was changed.")

    def read_json(self) -> dict[str, Any]:
        """The body of a POST from one of our pages. Raises Refusal."""
        self.refuse_other_sites()
        if not self.request.headers.get("Content-Type", "").startswith("application/json"):
            raise Refusal("This page asks for something the kit does not know: reload it.")
        if len(self.request.body) > BODY:
            raise Refusal("This text is too long (fewer than 20,000 characters are taken): shorten it.")
        try:
            body = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise Refusal("This page asks for something the kit does not know: reload it.") from None
        if not isinstance(body, dict):
            raise Refusal("This page asks for something the kit does not know: reload it.")
        return body

    # Keys ----------------------------------------------------------------

    def keep(self, name: str, value: str, path: str) -> None:
        """Keep a value in a cookie of this browser."""
        secure = self.request.protocol == "https"
        self.set_cookie(name, value, path=path, expires_days=_YEAR, httponly=True, samesite="Lax", secure=secure)

    @property
    def own_address(self) -> str:
        """The address of the home page, as this browser writes it."""
        return f"{self.request.protocol}://{self.request.host}{self.base}"

    @property
    def given_address(self) -> str:
        """The address that links to give begin with: this page's, or the one chosen in its place."""
        own = self.own_address
        chosen = self.get_cookie(AT) == NETWORK and reach(own) == Reach.COMPUTER
        return (self.state.network() if chosen else "") or own

    def room_path(self, session: str, role: str) -> str:
        """The address of a room's page for a role."""
        return f"{self.base}room/{session}/{role}"

    async def is_operator(self) -> bool:
        """Whether this browser holds the operator's key."""
        key = await self.state.sessions.run(COMMON, self.state.operator_key)
        return keys.same(self.get_cookie(OPERATOR, ""), key)

    async def inside(self, session: str, role: str, work: Callable[[Admission, Room], T]) -> tuple[Admission, T]:
        """Open a room's door with this browser's keys and work in it, in one visit to the session's lane.

        Raises
        ------
        Closed
            When the key opens nothing; and whatever `work` raises.
        """
        door = Door(session, role, self.get_cookie(KEY, "") or "", self.get_cookie(PERSON, "") or "")
        return await self.state.sessions.inside(door, work)
