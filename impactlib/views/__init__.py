"""What people see: a session turned into keyed fragments of HTML, for one audience. Pure.

Each module here is one pane. It has two functions:

``frame(eye)``
    What never changes for an audience: headings, forms, and empty *zones*.
``fragments(session, eye)``
    What changes: ``{"zone/key": html}``. In a page, the fragments of a zone stand in the order of
    their ids; one that is no longer given disappears.

Inputs are in frames only, people's words in fragments only: a patch never touches what somebody types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from impactlib import kinds
from impactlib.agenda import Role, Step
from impactlib.session import Note, Person, Session
from impactlib.summary import minute
from impactlib.views.render import environment

Fragments = dict[str, Markup]


@dataclass(frozen=True)
class Eye:
    """Who looks: the audience's role and language, the journal's time, and who is present."""

    role: Role
    lang: str = "fr"
    now: float = 0.0
    speed: float = 1.0
    present: frozenset[str] = field(default_factory=frozenset)

    @property
    def facilitates(self) -> bool:
        return self.role == Role.FACILITATOR

    def writes(self, kind: str) -> bool:
        """Whether this role has a form for that kind of note."""
        return self.role in kinds.writers(kind)

    def may_change(self, note: Note) -> bool:
        """Whether whoever has this role may change that note, its author or not."""
        return self.facilitates or (kinds.row(note.kind).together and self.writes(note.kind))


def draw(eye: Eye, template: str, macro: str, **values: Any) -> Markup:
    """Call a macro of one of the views' templates in the language of the audience."""
    module = environment(eye.lang).get_template(f"{template}.html").module
    return Markup(getattr(module, macro)(eye=eye, **values))


def key(zone: str, note: Note) -> str:
    """The id of a note's fragment: its place in the journal keeps the order."""
    return f"{zone}/{note.order:05}"


def signature(session: Session, note: Note) -> dict[str, Any]:
    """Who spoke, who wrote, and at which minute of the hour (None before it)."""
    speaker, writer = session.people.get(note.speaker), session.people.get(note.by)
    return {"speaker": speaker, "writer": writer if note.behalf else None, "minute": minute(session, note)}


def signed(session: Session, notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Notes with their signatures, as the templates take them."""
    return [{"note": note, **signature(session, note)} for note in notes]


def place(session: Session, note: Note) -> dict[str, Any]:
    """Among the notes of its kind: the one above, and before which note it goes to stand one higher (`up`) or
    one lower (`down`), "" for last; None where it cannot."""
    alike = session.notes_of(note.kind)
    at = next(i for i, one in enumerate(alike) if one.id == note.id)
    above, below = alike[at - 1] if at else None, alike[at + 1 :]
    down = None if not below else below[1].id if below[1:] else ""
    return {"above": above, "up": above.id if above else None, "down": down}


def around_the_table(session: Session) -> list[Person]:
    """Whom a note can be written for: all but the observers."""
    return [p for role in (Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR) for p in session.here(role)]


def opener(session: Session, pane: str) -> Step | None:
    """The first step that shows a pane, if this agenda has one."""
    return next((step for step in session.steps if pane in step.shows), None)
