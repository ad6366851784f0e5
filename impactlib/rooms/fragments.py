"""The algebra of fragments: compared, applied, placed in a page. Pure.

The browser's side of the same rules is `assets/fragments.js`.

A patch is ``{id: html}``. "" says that a fragment is gone. The id ``*`` says that the patch is the whole: fragments
that it does not name are gone. An id that begins with ``?`` is for pages that show that fragment: the others ignore it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Patch = dict[str, str]
WHOLE, IF_SHOWN = "*", "?"

_FRAGMENT = {"ul": "li", "span": "span"}
_ZONE = re.compile(r"<(?P<tag>\w+) [^>]*data-zone=\"(?P<zone>[a-z-]+)\"[^>]*><!--zone [a-z-]+-->")


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> Patch:
    """The patch that leads from one set of fragments to another.

    >>> compare({"a/": "1", "b/": "2"}, {"a/": "1", "c/": "3"})
    {'c/': '3', 'b/': ''}
    """
    changed = {id: html for id, html in after.items() if before.get(id) != html}
    return changed | dict.fromkeys(before.keys() - after.keys(), "")


def apply(fragments: Patch, patch: Mapping[str, str]) -> None:
    """Bring a set of fragments up to date with a patch, in place.

    >>> shown = {"a/": "1", "b/": "2"}
    >>> apply(shown, {"a/": "", "b/": "3", "?c/": "4"})
    >>> shown
    {'b/': '3'}
    """
    if WHOLE in patch:
        fragments.clear()
    for id, html in patch.items():
        known = id.removeprefix(IF_SHOWN)
        if id == WHOLE or (known != id and known not in fragments):
            continue
        if html:
            fragments[known] = html
        else:
            fragments.pop(known, None)


def merge(patches: Iterable[Mapping[str, str]]) -> Patch:
    """One patch that does what several do, one after the other.

    >>> merge([{"a/": "1", "?b/": "1"}, {"?a/": "2", "b/": ""}, {"?b/": "2"}])
    {'a/': '2', 'b/': ''}
    """
    merged: Patch = {}
    for patch in patches:
        if WHOLE in patch:
            merged = {WHOLE: ""}
        for id, html in patch.items():
            known = id.removeprefix(IF_SHOWN)
            if known == id:
                # In the order of the last patch: what was said of a fragment before is over.
                merged.pop(f"{IF_SHOWN}{id}", None)
                merged.pop(id, None)
                merged[id] = html
            elif known in merged:
                if merged[known]:
                    merged[known] = html
            elif WHOLE not in merged and merged.get(id) != "":
                merged[id] = html
    return merged


def place(page: str, fragments: Mapping[str, str]) -> str:
    """A page with its empty zones filled, each fragment in the order of its id.

    The tag of a fragment follows its zone's: a list's zone holds list items.

    >>> place('<ul class="zone" data-zone="a"><!--zone a--></ul>', {"a/1": "one"})
    '<ul class="zone" data-zone="a"><li class="fragment" id="a/1">one</li></ul>'
    """
    zones: dict[str, list[str]] = {}
    for id in sorted(fragments):
        zones.setdefault(id.partition("/")[0], []).append(id)

    def fill(zone: re.Match[str]) -> str:
        tag = _FRAGMENT.get(zone["tag"], "div")
        opening = zone[0].partition("<!--")[0]
        inside = (f'<{tag} class="fragment" id="{id}">{fragments[id]}</{tag}>' for id in zones.get(zone["zone"], ()))
        return opening + "".join(inside)

    return _ZONE.sub(fill, page)
