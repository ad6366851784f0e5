"""Two texts compared word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

Piece = tuple[str, str]
"""Some words of a text, and whether they are the "same", or were taken out ("del") or put in ("ins")."""

# Tokenise numbers, dates and elisions (l'eau) as one token, so that a diff never splits them.
_WORDS = re.compile(r"\w+(?:[’'-]\w+|(?<=\d)[.,/\u00a0\u202f](?=\d)\w+)*|\s+|[^\w\s]")
_APART = re.compile(r"\s+|\S(?:.*\S)?", re.DOTALL)
_BLANKS = re.compile(r"[ \t\n]+")


def compared(before: str, after: str) -> list[Piece]:
    """Two texts word by word: the pieces of both, in order.

    >>> compared("en trois semaines", "en dix jours")
    [('en ', 'same'), ('trois semaines', 'del'), ('dix jours', 'ins')]
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(_is_blank, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("".join(old[i:j]), "same"))
        else:
            gone, come = "".join(old[i:j]), "".join(new[k:m])
            pieces += [piece for piece in ((gone, "del"), (come, "ins")) if piece[0]]
    return pieces


def legible(pieces: Iterable[Piece]) -> list[Piece]:
    """The same pieces for reading: blanks stand apart, and what was taken out or put in touches no other word.

    >>> legible(compared("en dix jours", "en huit"))
    [('en', 'same'), (' ', 'same'), ('dix jours', 'del'), (' ', 'same'), ('huit', 'ins')]
    """
    made: list[Piece] = []
    for text, what in pieces:
        for part in _APART.findall(text):
            piece = (_BLANKS.sub(" ", part), "same") if part.isspace() else (part, what)
            made += [(" ", "same"), piece] if made and _touch(made[-1], piece) else [piece]
    return made


def _touch(one: Piece, next_one: Piece) -> bool:
    """Whether two pieces would be read as one word, or two marks as one."""
    (before, kind), (after, next_kind) = one, next_one
    if before[-1].isspace() or after[0].isspace() or kind == next_kind == "same":
        return False
    beside = {kind: before[-1], next_kind: after[0]}.get("same", "x")
    return beside.isalnum()


# Spaces are alike everywhere: they must not tie together words that are not.
def _is_blank(word: str) -> bool:
    return word.isspace()
