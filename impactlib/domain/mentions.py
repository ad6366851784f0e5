"""Where people's names stand in what was written, to replace people and not strings. Pure.

A name is found wherever it stands as whole words. What stands as a name there, « Claire propose » for somebody who
signed « Claire », is replaced; what may be a word, « une réponse claire », « France Travail », is left. Both are told
with the words around them, and whoever shares the session decides of each.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from impactlib.domain.text import NAME_LIMIT, plain
from impactlib.paths import TEMPLATES

Texts = Mapping[tuple[str, str], str]
"""What was written, by the id of its note and by the name of its detail, "" for its text."""

AROUND = 60
"""Characters told before and after a name."""
MOST_WORDS = 100
"""Other words that somebody may have replaced."""
_SHORTEST = 3
"""Letters of a part of a name that is looked for by itself."""
_BEFORE = re.compile(r"(?:(?:^|[\s(«“\"])(?:en|la|le|les|de|du|des|toute|the|a|an|in|of|for)\s+|\bl[’'])\Z", re.I)
"""What stands before a place or a thing rather than a person."""
_OPENS = re.compile(r"(?:\A|[.!?:;…•\n]|[-–—]\s)[\s«“\"(]*\Z")
"""The beginning of a sentence, where every word has a capital."""
_CAPITAL_AFTER = re.compile(r"[ \u00a0]+(?!et\b|and\b)[^\W\d_]")
_CAPITAL_BEFORE = re.compile(r"([^\W\d_][\w’'-]*)[ \u00a0]+\Z")
_JOINED_BEFORE = re.compile(r"\w[-‑]\Z")
_JOINED_AFTER = re.compile(r"[-‑]\w|[’'](?!s\b)\w", re.I)


_ACTS = re.compile(
    r"\s?[:(]|[ \u00a0]+(?:a|est|n[’']|ne|ont|sont|et\s[A-ZÀ-Þ]|veut|dit|pense|propose|demande|fait|va|doit|peut|sera|"
    r"sait|prend|voit|porte|suit|appelle|écrit|envoie|prépare|note|compte|says|will|is|has|wants|thinks|asks|does|can|should|"
    r"and\s[A-Z])\b"
)
"""What somebody does, after their name."""


@dataclass(frozen=True)
class Mention:
    """A place where a name stands: in the text or a detail of a note, between two characters.

    Parameters
    ----------
    label
        What would stand there instead.
    sure
        Whether it stands as a name there, as far as the words around it tell.
    before, words, after
        The name as it was written, and what stands around it.
    """

    note: str
    detail: str
    start: int
    label: str
    sure: bool
    before: str
    words: str
    after: str

    @property
    def key(self) -> str:
        """What it is known by, as long as what was written does not change."""
        return f"{self.note} {self.detail} {self.start} {self.words}"


@dataclass(frozen=True)
class Choice:
    """What whoever shares a session decided of its names.

    Parameters
    ----------
    back
        The keys of sure mentions that are left as they are.
    more
        The keys of unsure ones that are replaced.
    words
        Other words to replace wherever they stand: somebody who was only spoken of.
    """

    back: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: Any) -> Choice:
        """A choice as a file or a page gives it: ``{"back": [...], "more": [...], "words": [...]}``.

        Raises
        ------
        ValueError
            When it is no such thing.
        """
        known = said if isinstance(said, Mapping) else {"back": None}
        lists: list[Any] = [known.get(name, []) for name in ("back", "more", "words")]
        if not all(isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in lists):
            raise ValueError("back, more and words are lists of texts")
        back, more, words = lists
        if len(words) > MOST_WORDS or any(len(word) > NAME_LIMIT for word in words):
            raise ValueError(f"words are {MOST_WORDS} at most, of {NAME_LIMIT} characters at most")
        return cls(frozenset(back), frozenset(more), tuple(word.strip() for word in words if word.strip()))

    def takes(self, mention: Mention) -> bool:
        """Whether a mention is replaced."""
        return mention.key not in self.back if mention.sure else mention.key in self.more


def mentions(
    texts: Texts,
    people: Mapping[str, str],
    team: str = "",
    others: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
) -> list[Mention]:
    """Every place where a name stands, in the order of the texts.

    Parameters
    ----------
    people
        The labels of those who were there by the names that they signed with.
    team
        The name of the team, whose words are no names of people.
    others
        The labels of those who were not there, by the names that details have for them: they may be no people, so that
        no mention of them is sure.
    words
        The labels of other words, which are replaced wherever they stand.

    Examples
    --------
    >>> said = {("note-1", ""): "Claire veut une réponse claire de France Travail"}
    >>> found = mentions(said, {"Claire": "Équipe 1", "France": "Équipe 2"})
    >>> [(one.words, one.sure) for one in found]
    [('Claire', True), ('claire', False), ('France', False)]
    """
    known = {name.casefold(): (label, False) for name, label in (others or {}).items()} | _names(people)
    asked = {word.casefold(): label for word, label in (words or {}).items()}
    pattern = _pattern([*known, *asked])
    if pattern is None:
        return []
    of_team = set(plain(team).split())
    return [
        _mention(note, detail, text, found, known, asked, of_team)
        for (note, detail), text in texts.items()
        for found in pattern.finditer(text)
        if len(found[0]) >= _SHORTEST or _is_whole(text, found)
    ]


def replaced(text: str, taken: Collection[Mention]) -> str:
    """A text with labels for the mentions of it that are taken."""
    for mention in sorted(taken, key=lambda one: one.start, reverse=True):
        text = f"{text[: mention.start]}{mention.label}{text[mention.start + len(mention.words) :]}"
    return text


def _is_whole(text: str, found: re.Match[str]) -> bool:
    """Whether a short name stands alone, with its capital: not the l of « l'accueil »."""
    start, end = found.span()
    joined = _JOINED_BEFORE.search(text[max(0, start - 2) : start]) or _JOINED_AFTER.match(text[end : end + 2])
    return not joined and found[0][0].lower() != found[0][0]


def _names(people: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """The names to look for in small letters, each with its label, and whether a mention of it may be sure: it is what
    somebody signed with, or the first word of that. The other words are looked for too."""
    known: dict[str, tuple[str, bool]] = {}
    for name, label in people.items():
        first, *others = name.split() or [""]
        for word in others:
            if len(word) >= _SHORTEST and word[0].isupper():
                known.setdefault(word.casefold(), (label, False))
        if others and len(first) >= _SHORTEST:
            known.setdefault(first.casefold(), (label, True))
    # Two people of one first name: whose it is cannot be told, but that it is somebody's can.
    known.update((name.casefold(), (label, True)) for name, label in people.items() if name)
    return known


def _pattern(names: Collection[str]) -> re.Pattern[str] | None:
    longest_first = sorted((re.escape(name) for name in names if name), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.I) if longest_first else None


def _mention(
    note: str,
    detail: str,
    text: str,
    found: re.Match[str],
    known: Mapping[str, tuple[str, bool]],
    asked: Mapping[str, str],
    of_team: Collection[str],
) -> Mention:
    start, end, name = found.start(), found.end(), found[0].casefold()
    if name in asked:
        label, sure = asked[name], True
    else:
        label, own = known[name]
        sure = own and _stands_as_name(text, start, end, of_team)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Mention(note, detail, start, label, sure, before, found[0], after)


def _stands_as_name(text: str, start: int, end: int, of_team: Collection[str]) -> bool:
    # A few words on each side tell: a long text must not be read again for each name in it.
    name, before, after = text[start:end], text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if len(name) < 2 or name[0].lower() == name[0] != name[0].upper():
        return False  # a letter alone, or a word without its capital
    if _JOINED_BEFORE.search(before) or _JOINED_AFTER.match(after):
        return False  # Jean-Claire, l'accueil
    words = plain(name).split()
    if len(words) > 1 or not (words[0] in _words() or words[0] in of_team):
        return True
    follows = _CAPITAL_AFTER.match(after)
    if follows and follows[0][-1].isupper():
        return False  # France Travail
    if _OPENS.search(before):
        return _ACTS.match(after) is not None
    precedes = _CAPITAL_BEFORE.search(before)
    capital = precedes is not None and precedes[1][0].isupper() and not _OPENS.search(before[: precedes.start()])
    return not (capital or _BEFORE.search(before))


@cache
def _words() -> frozenset[str]:
    """The names that are words, places or roles too."""
    known = tomllib.loads((TEMPLATES / "names.toml").read_text(encoding="utf-8"))
    return frozenset(word for words in known.values() for word in words)
