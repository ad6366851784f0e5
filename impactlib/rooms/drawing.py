"""A drawing: the fragments of one audience, kept up to date by drawing only the parts whose reads have changed.

A page is given the latest cards of each zone. Older ones come on demand (`older`); when one of them changes, the patch
is for the pages that show it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal

from impactlib.domain.agenda import Role
from impactlib.domain.session import Note, Session
from impactlib.rooms.fragments import IF_SHOWN, Patch, apply
from impactlib.views import draw
from impactlib.views.parts import LATEST, Cards, Eye, Pane, Part, Reads, Scene, place_key

Demanded = Literal["button", "itself", "nothing"]

PAGE = 100
"""Older cards that come at once."""


class Drawing:
    """The fragments of some panes for a role and a language. Belongs to one thread at a time.

    With `whole`, its fragments hold every card, as a replay needs; no more is drawn at each change. `demanded` says
    what stands for cards that are drawn on demand: a button that asks for them, themselves, or nothing. The reads of
    the latest cards of each zone are `compared` at each change; older ones follow the notes that they show.
    """

    def __init__(
        self,
        panes: Iterable[Pane],
        eye: Eye,
        *,
        whole: bool = False,
        demanded: Demanded = "button",
        compared: int = LATEST,
    ) -> None:
        self.fragments: Patch = {}
        self._parts = [part for pane in panes for part in pane.parts]
        self._eye, self._whole, self._demanded = eye, whole, demanded
        self._compared = compared
        self._read: dict[int, Reads] = {}
        self._cards: dict[int, dict[str, tuple[object, Reads]]] = {}
        self._session: Session | None = None

    def update(self, scene: Scene) -> Patch:
        """Draw the parts whose reads have changed, and return the patch."""
        eye = scene.seen_by(self._eye)
        patch: Patch = {}
        for part in self._parts:
            reads, before = scene.read(part), self._read.get(id(part))
            if before == reads:
                continue
            if isinstance(part, Part):
                self._put(patch, part.id, str(part.draw(scene.session, eye) or ""))
            else:
                # No note says that a person's new name, or a ranking that is shown, changes the older cards.
                every = self._whole and (before is None or _more_than_notes(before, reads))
                self._draw_cards(patch, part, scene, eye, every)
            # Only now: a part that could not be drawn is drawn with the next change.
            self._read[id(part)] = reads
        self._session = scene.session
        return patch

    def _put(self, patch: Patch, id: str, html: str) -> None:
        """Keep a fragment, "" for none, and note in the patch that it has changed."""
        if self.fragments.get(id, "") != html:
            patch[id] = html
            apply(self.fragments, {id: html})

    def _draw_cards(self, patch: Patch, part: Cards[Any], scene: Scene, eye: Eye, every: bool) -> None:
        """Draw the cards that have changed among the latest, or among `every` one."""
        # A page may hold cards that it asked for, of which this drawing knows nothing: those that are gone are named.
        asked_for = not part.kinds and f"{part.zone}/" in self.fragments
        waits = self._demanded != "itself" and part.on_demand(scene.session)
        items, before = [] if waits else part.items(scene.session), self._cards.get(id(part), {})
        latest = list(items if every or not part.kinds else items[-self._compared :])
        drawn = {key: (item, scene.read_card(part, key, item)) for key, item in latest}
        for key, item in latest:
            if before.get(key) != drawn[key]:
                fragment, html = f"{part.zone}/{key}", str(part.draw(scene.session, eye, item))
                self._put(patch, fragment, html)
                if asked_for and not html:
                    patch[f"{IF_SHOWN}{fragment}"] = ""
        self._cards[id(part)] = {key: drawn[key] for key, _ in (latest[-self._compared :] if part.kinds else latest)}
        others = (before.keys() | _keys(part, scene.changed_since(self._session))) - drawn.keys()
        if others:
            for key in sorted(others):
                self._follow(patch, part, scene, eye, key, _item(items, key), before.get(key))
        if waits:
            self._put(patch, f"{part.zone}/", _demand(eye.lang, part.zone) if self._demanded == "button" else "")
        elif not self._whole or not part.kinds:
            self._put(patch, f"{part.zone}/", _more(eye, part.zone, items) if part.kinds else "")

    def _follow(
        self, patch: Patch, part: Cards[Any], scene: Scene, eye: Eye, key: str, item: object | None, before: object
    ) -> None:
        """Bring up to date a card that is not among the latest: it is gone, it has become older, or it was older."""
        id = f"{part.zone}/{key}"
        if item is None:
            if self.fragments.pop(id, None) is not None:
                patch[id] = ""
            elif not self._whole:
                patch[f"{IF_SHOWN}{id}"] = ""
            return
        if not self._whole:
            # A page that shows it keeps it; a new page asks for it.
            self.fragments.pop(id, None)
        if before == (item, scene.read_card(part, key, item)):
            return
        html = str(part.draw(scene.session, eye, item))
        if self._whole:
            self._put(patch, id, html)
        else:
            patch[f"{IF_SHOWN}{id}"] = html

    def older(self, scene: Scene, zone: str, before: str) -> Patch:
        """The cards of a zone that come before a key, the nearest `PAGE` of them, with the button for those left; all
        of them where they are drawn on demand. Empty for an unknown zone."""
        eye = scene.seen_by(self._eye)
        for part in self._parts:
            if part.zone != zone or isinstance(part, Part):
                continue
            items = part.items(scene.session)
            if part.kinds:
                items = items[: bisect_left(items, before, key=itemgetter(0))]
            drawn = {f"{zone}/{key}": str(part.draw(scene.session, eye, item)) for key, item in items[-PAGE:]}
            return drawn | {f"{zone}/": _more(eye, zone, items, PAGE)}
        return {}


def _item(items: Sequence[tuple[str, object]], key: str) -> object | None:
    """The item of a key; None when there is none."""
    at = bisect_left(items, key, key=itemgetter(0))
    return items[at][1] if at < len(items) and items[at][0] == key else None


def _more_than_notes(before: Reads, after: Reads) -> bool:
    """Whether a zone has read something else than notes that is no longer the same."""
    pairs = zip(before, after, strict=True)
    return any(old != new for old, new in pairs if not (_are_notes(old) or _are_notes(new)))


def _are_notes(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Note)


def _more(eye: Eye, zone: str, items: Sequence[tuple[str, object]], shown: int = LATEST) -> str:
    """The button that brings older cards; "" when all are there."""
    left = len(items) - shown
    return _older(eye.lang, zone, left, items[-shown][0]) if left > 0 else ""


@lru_cache(maxsize=64)  # the roles of a room ask for the same one after the other
def _older(lang: str, zone: str, left: int, before: str) -> str:
    return str(draw(Eye(Role.OBSERVER, lang), "note", "older", zone=zone, left=left, before=before))


@lru_cache(maxsize=64)
def _demand(lang: str, zone: str) -> str:
    """The button that asks for cards which are drawn on demand."""
    return str(draw(Eye(Role.OBSERVER, lang), "note", "demand", zone=zone))


def _keys(part: Cards[Any], changed: Iterable[tuple[Note, Session]]) -> set[str]:
    """The keys of the cards that show a changed note: its own, and those of the notes that it belongs to."""
    return {place_key(one) for note, session in changed for one in _shown_in(note, session) if one.kind in part.kinds}


def _shown_in(note: Note, session: Session) -> Iterator[Note]:
    """A note, the one that it is about, the recommendation that it repeats, and the one that this is about."""
    yield note
    for id in (note.about, note.details.get("same_as", "")):
        other = session.notes.get(id)
        if other is not None:
            yield other
            if above := session.notes.get(other.about):
                yield above
