"""The page that composes an agenda: its fields, and what is said of them as one writes. Nothing is kept here."""

from __future__ import annotations

import math

from msgspec import structs

from impactlib.domain import composing
from impactlib.domain.agenda import Agenda
from impactlib.domain.agenda_files import DEFAULT, LARGEST, AgendaError, admit, doubts, load, load_text, names
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.server.handler import Handler
from impactlib.views import composing as views
from impactlib.views.render import say

_TOO_LARGE = N_("This file is larger than an agenda can be (100 kB): it was not opened.")


class Compose(Handler):
    """GET <base>compose?from=: the page, which begins with an agenda of the kit; for everybody."""

    async def get(self) -> None:
        chosen = self.get_query_argument("from", DEFAULT)
        chosen = chosen if chosen in names() else DEFAULT
        text, source = load_text(chosen)
        # Its name is made of its title: what is changed of it is another agenda.
        draft, lang = structs.replace(composing.draft(text, source), name=""), self.lang()
        self.render_page(
            "compose.html",
            kit=[(name, load(name).title[lang]) for name in names()],
            chosen=chosen,
            fields=views.fields(draft, lang),
            checked=views.checked(admit(text, source), None, doubts(text), lang),
            operator=await self.is_operator(),
        )


class Check(Handler):
    """POST <base>compose/check: {draft, act, at}, the fields as typed, or {text, source}, a file. The TOML, whether it
    is an agenda, what is said of it; and the fields anew after an act or from a file. 422 for a file that is none."""

    def post(self) -> None:
        asked, lang = self.read_json(), self.lang()
        if wait := self.state.pace.wait(f"compose/{self.request.remote_ip}"):
            self.set_header("Retry-After", str(math.ceil(wait)))
            return self.answer(429, refused=say(Refusal("Too much at once: wait a few seconds."), lang), code="slow")
        act = str(asked.get("act") or "")
        if "text" in asked:
            draft = _from_file(str(asked["text"]), str(asked.get("source") or "agenda"))
        else:
            draft = composing.received(asked.get("draft"))
        if act:
            draft = composing.acted(draft, act, _place(asked.get("at")))
        text = composing.toml(draft)
        agenda, fault = _admitted(text)
        said = views.checked(agenda, fault, doubts(text) if agenda else [], lang)
        fields = views.fields(draft, lang) if act or "text" in asked else None
        name = agenda.name if agenda else ""
        self.answer(200, toml=text, valid=agenda is not None, name=name, checked=said, fields=fields)


def _from_file(text: str, source: str) -> composing.Draft:
    if len(text.encode(errors="replace")) > LARGEST:
        raise Refusal(_TOO_LARGE)
    return composing.draft(text, source[:80])


def _admitted(text: str) -> tuple[Agenda | None, AgendaError | None]:
    try:
        return admit(text, "agenda"), None
    except AgendaError as error:
        return None, error


def _place(raw: object) -> int:
    return raw if isinstance(raw, int) else -1
