"""People's words: cleaned once at the door, made safe once on the way out.

Nothing else in the kit turns what somebody typed into HTML or Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

LIMIT = 20_000
"""Characters in one text: about eight printed pages, far above any note."""
NAME_LIMIT = 80
"""Characters in somebody's name."""
ERASED = {"fr": "[effacé]", "en": "[erased]"}
"""What stands in the place of words and names that were erased, in the language of the workshop."""

# C0 and C1 controls but for tab and newline, surrogates, and the non-characters that
# break XML, spreadsheets, SQLite and JSON; then the overrides that reorder other people's text.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
# Characters that Markdown reads anywhere; an ampersand only where it makes an entity. No more
# than that, so that the file also reads well as it is: hyphens and brackets are everywhere in French.
_BLANKS = re.compile(r"[ \t]+")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<|~$]|&(?=#?\w+;)")
# Marks that begin a heading, a quotation or a list, at the start of a line: the backslash goes before the mark.
_OPENING = re.compile(r"^(\d+(?=[.)])|(?=[#>+\-=]))")
# Line ends and plain spaces only: the no-break spaces of French typography stay.


# What stands in JSON for one of them: escaped, or as it is.
_UNFIT = re.compile(
    r"\\(?:u00[01]|u007f|u00[89]|ud[89a-f]|u202|u206|uf[df]|[bf])|"
    "[\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]",
    re.IGNORECASE,
)


def unfit(json: str) -> bool:
    """Whether JSON may hold a text that breaks a format, as what was not cleaned on its way in does."""
    return bool(_UNFIT.search(json))


def fit(value: Any) -> Any:
    """A value of JSON without the characters that break a format, in each of its texts."""
    match value:
        case str():
            return _FORBIDDEN.sub("", value)
        case list():
            return [fit(one) for one in value]
        case dict():
            return {fit(name): fit(one) for name, one in value.items()}
    return value


def clean(text: str) -> str:
    """A text fit to be stored: composed, with plain line ends and no character that breaks a format.

    >>> clean("  un\\r\\ndeux\\x00 ")
    'un\\ndeux'
    """
    allowed = _FORBIDDEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", allowed).strip()


def clean_line(text: str) -> str:
    """The same on one line, for names and titles."""
    return " ".join(clean(text).split())


def plain(text: str) -> str:
    """Small letters without accents, spaces all alike: how words are compared."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.replace("’", "'").split())


def in_short(text: str, longest: int) -> str:
    """A text on one line, of at most that many characters.

    >>> in_short("Délai médian du premier colis", 12)
    'Délai média…'
    """
    line = clean_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def repeated(names: Sequence[str]) -> int | None:
    """The index of the first name that also stands before it.

    >>> repeated(["tour", "questions", "tour"])
    2
    """
    return next((i for i, name in enumerate(names) if name in names[:i]), None)


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen: no character but spaces, marks and invisible ones."""
    return all(unicodedata.category(character)[0] in "CMZ" for character in text.strip())


def inline(text: str) -> Markup:
    """A name or a title as HTML that cannot be anything else, isolated from the direction around it; "" for none."""
    return Markup(f"<bdi>{escape(text)}</bdi>" if text else "")


def block(text: str) -> Markup:
    """A note as HTML: a paragraph for each blank line, a break for each line."""
    paragraphs = (Markup("<br>").join(escape(line) for line in part.split("\n")) for part in re.split(r"\n{2,}", text))
    return Markup("").join(Markup(f'<p dir="auto">{part}</p>') for part in paragraphs)


def markdown(text: str) -> str:
    """Return the note as one line of Markdown; line breaks become ` / `, and Markdown syntax is escaped.

    >>> markdown("<b> 2 * 3\\nfin")
    '\\\\<b> 2 \\\\* 3 / fin'
    >>> markdown("1. Y a-t-il (encore) une liste ?")
    '1\\\\. Y a-t-il (encore) une liste ?'
    """
    line = " / ".join(line for part in text.split("\n") if (line := _BLANKS.sub(" ", part).strip()))
    return _OPENING.sub(r"\1\\", _MARKDOWN.sub(r"\\\g<0>", line))


def N_(message: str) -> str:
    """Marks a sentence that is translated where it is shown, and returns it as it is."""
    return message


# As one writes it; then with spaces around the sign or another spelling of it, which is one only before a dotted
# domain with letters at its end: « 3 @ 4 » and « à 3 h @ la mairie » are none.
_MAIL = re.compile(
    r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\".]{1,64}(?:\.[^@\s,;<>\".]{1,64})+|"
    r"[^@\s,;<>\"]{0,63}\w\s{0,9}(?:@|%40|[(\[{]\s?(?:at|arobase)\s?[)\]}])\s{0,9}"
    r"(?:[\w-]{1,63}\.){1,9}(?:xn--[a-z0-9-]{1,59}|[^\W\d_]{2,63})",
    re.IGNORECASE,
)
NO_MAIL_HERE = N_("An e-mail address stands in what may be published: take it out. The rest of your text is kept.")


def names_mail(text: str) -> bool:
    """Whether an e-mail address stands in a text.

    >>> names_mail("À camille@quartier.example, le 3"), names_mail("@camille, à 3 h")
    (True, False)
    """
    return _MAIL.search(_usual(text)) is not None


def without_mail(text: str) -> str:
    """A text with […] in the place of each e-mail address."""
    kept, end = [], 0
    for found in _MAIL.finditer(_usual(text)):
        kept.append(text[end : found.start()])
        end = found.end()
    return "[…]".join([*kept, text[end:]])


def _usual(text: str) -> str:
    """A text of the same length, each character in its usual form: a wide @ or dot is read as one."""
    if text.isascii():
        return text
    usual = (unicodedata.normalize("NFKC", character) for character in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(usual, text, strict=True)).replace("。", ".")


class Worded(Exception):
    """An error for people: its message is English with its facts apart, and is translated where it is shown.

    >>> str(Worded("Line %(line)s cannot be read.", line=4))
    'Line 4 cannot be read.'
    """

    def __init__(self, message: str, code: str = "refused", **facts: Any) -> None:
        super().__init__(message % facts if facts else message)
        self.message, self.code, self.facts = message, code, facts


class Unreadable(Worded):
    """A value that a field cannot take: the message says what it takes."""
