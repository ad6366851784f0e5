"""The views: a session turned into keyed fragments of HTML, for one audience. Pure.

Each module here is one pane, and ends with its `Pane`:

``frame(eye)``
    The part that never changes for an audience: headings, forms, and empty *zones*.
``parts``
    The part that changes. A `Part` is one fragment, ``{"zone/": html}``; `Cards` are one fragment an item,
    ``{"zone/key": html}``. Each says once what it reads of the session: it is drawn again when that has changed,
    and only then, in a room, in JupyterLab and in a replay alike.

In a page, the fragments of a zone stand in the order of their ids; one that is no longer given disappears.
Inputs are in frames only, people's words in fragments only: a patch never touches what somebody types.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from markupsafe import Markup

from impactlib.domain.agenda import Role, Step
from impactlib.domain.names import here, named
from impactlib.domain.once import once
from impactlib.domain.session import Note, Person, Session
from impactlib.domain.summary import minute
from impactlib.views.parts import (
    Cards,
    Eye,
    Fragments,
    Pane,
    Part,
    Reads,
    Scene,
    cards,
    key,
    of_kind,
    signatures,
    signing,
)
from impactlib.views.render import environment

__all__ = [
    "Cards",
    "Eye",
    "Fragments",
    "Pane",
    "Part",
    "Reads",
    "Scene",
    "cards",
    "draw",
    "key",
    "of_kind",
    "once",
    "opener",
    "place",
    "signatures",
    "signed",
    "signing",
    "speakers",
]


def draw(eye: Eye, template: str, macro: str, **values: Any) -> Markup:
    """Call a macro of one of the views' templates in the language of the audience."""
    module = environment(eye.lang).get_template(f"{template}.html").module
    return Markup(getattr(module, macro)(eye=eye, **values))


def signature(session: Session, note: Note) -> dict[str, Any]:
    """Who spoke, who wrote, at which minute of the hour (None before it), and whether it came from before."""
    speaker, writer = named(session).get(note.speaker), named(session).get(note.by)
    came = session.took_along(note)
    return {
        "speaker": speaker,
        "writer": writer if note.behalf else None,
        "minute": minute(session, note),
        "came": came,
    }


def signed(session: Session, notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Notes with their signatures, as the templates take them."""
    return [{"note": note, **signature(session, note)} for note in notes]


def place(session: Session, note: Note) -> dict[str, Any]:
    """Where a note can be moved among the notes of its kind: the one `above`, and the id of the note before which it
    goes to stand one higher (`up`) or one lower (`down`), "" for last; None where it cannot."""
    alike = session.notes_of(note.kind)
    at = bisect_left(alike, note.order, key=attrgetter("order"))
    above, below = alike[at - 1] if at else None, alike[at + 1 : at + 3]
    down = None if not below else below[1].id if below[1:] else ""
    return {"above": above, "up": above.id if above else None, "down": down}


@once
def _around_the_table(session: Session) -> list[tuple[str, Person]]:
    """The people that a note can be written for, all but the observers, by keys that keep their order."""
    came = {id: place for place, id in enumerate(session.people)}
    roles = (Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR)
    return [(f"{number}.{came[one.id]:05}", one) for number, role in enumerate(roles) for one in here(session, role)]


def speakers(kind: str, form: str = "") -> Cards[Person]:
    """The chips by which somebody says for whom they write, for those who write that kind of note, in that `form`."""

    def drawn(session: Session, eye: Eye, person: Person) -> Markup:
        return draw(eye, "note", "speaker", person=person) if eye.writes(kind) else Markup()

    def reads(scene: Scene) -> Reads:
        return (scene.session.people,)

    return Cards(f"speakers-{form or kind}", _around_the_table, reads, lambda scene, person: (), drawn)


def opener(session: Session, pane: str) -> Step | None:
    """The first step that shows a pane, if this agenda has one."""
    return next((step for step in session.steps if pane in step.shows), None)
