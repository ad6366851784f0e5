"""The letters of a file: which encoding it is in, proved by its first bytes or by the letters that each one gives.

A file that says nothing is in the encoding that puts French letters where French puts them; one whose letters
make sense in none is refused. Deterministic.
"""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Mapping

from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets.grid import SIZE
from impactlib.domain.text import N_, is_blank

_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of spreadsheets begin: .xlsx and .ods are zips, .xls is older."""
_OTHERS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
"""How other files begin that people take for their table: a report, a letter, a picture of a screen."""
_PAGE = re.compile(rb"\s*<(?:\?xml|!doctype|html|table|meta|style|head)", re.I)
"""How a web page begins: some programs save one under a name of a spreadsheet."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_TEXT = N_("This is not a text file: save the table as CSV, then try again.")
_NO_LETTERS = N_("The accents of this file make sense in no known encoding: save it as CSV UTF-8, then try again.")
_CANDIDATES: Mapping[str, str] = {
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "cp850": "MS-DOS (850)",
    "cp858": "MS-DOS (858)",
    "cp437": "MS-DOS (437)",
    "iso8859_15": "ISO 8859-15",
}
"""Encodings of one byte a letter, the likeliest first, with their names."""

_SMALL, _CAPITAL = "éèêëàâîïôöûùüçœæ", "ÉÈÊËÀÂÎÏÔÖÛÙÜÇŒÆ"
_OPENING, _CLOSING = "«“‘(", "»”’)"
_FREE = "€°²³–—…·•×½¼¾µ§©®£±÷™‰→"
"""Signs that stand by themselves, or beside digits."""
_FOREIGN = "ñáíóúäßøå"
"""Letters of other languages, inside names."""
_JUDGED = 20_000
"""Letters that are judged: more prove nothing more."""
_GARBLED = re.compile(r"(?<=[a-z])(?:Ã[©¨ª§¢´®¯»¹]|â€™)|Ã[©¨ª§¢´®¯»¹€‰‡](?=[a-z])")
"""How UTF-8 that was once taken for Windows-1252 looks."""
_RIGHT = re.compile(r"(?<=[a-z])[éèêàçùôî]|[éèêàçÉÀ](?=[a-z])")
"""A letter that was not: a file that has one was saved right."""
_FEW = 2
"""Garbled letters that a file may have for another reason."""


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file, and the name of its encoding where it is not UTF-8.

    Raises
    ------
    SheetError
        When it is no text, or its letters make sense in no encoding.

    Examples
    --------
    >>> decode("Délai d’accès;élèves".encode("cp850", "replace").replace(b"?", b"'"))
    ("Délai d'accès;élèves", 'MS-DOS (850)')
    """
    if len(content) > SIZE:
        raise SheetError(N_("This file is larger than 2 MB: it was not read. Keep the hypotheses alone in it."))
    if content.startswith(_BOOKS):
        raise SheetError(
            N_("This is a spreadsheet's own file: save it as .xlsx, .ods or CSV, without a password, then try again.")
        )
    if content.startswith(_OTHERS):
        raise SheetError(N_("This file is no table: bring a spreadsheet (.xlsx, .ods) or CSV."))
    if _PAGE.match(content.removeprefix(codecs.BOM_UTF8)):
        raise SheetError(
            N_(
                "This file is a web page, whatever its name: "
                "open it in a spreadsheet, save it as .xlsx, then try again."
            )
        )
    text, name = _decode(content)
    if "\0" in text:
        raise SheetError(_NO_TEXT)
    if is_blank(text):
        raise SheetError(N_("This file is empty: nothing was read."))
    return text, name


def _decode(content: bytes) -> tuple[str, str]:
    encoding = _wide(content)
    try:
        text = content.decode(encoding or "utf-8-sig")
    except UnicodeDecodeError:
        if encoding:
            raise SheetError(_NO_TEXT) from None
        return _by_its_letters(content)
    if encoding:
        return text.removeprefix("\ufeff"), "UTF-16"
    return _mended(text)


def _wide(content: bytes) -> str:
    """UTF-16, by its mark or by the zeros that stand at every other byte of any Latin text."""
    if content.startswith(_UTF_16):
        return "utf-16"
    sample = content[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.7 * len(sample[1::2]) and not even:
        return "utf-16-le"
    return "utf-16-be" if sample and even > 0.7 * len(sample[::2]) and not odd else ""


def _mended(text: str) -> tuple[str, str]:
    """A text whose UTF-8 was taken for Windows-1252 and saved again is put right."""
    garbled = list(itertools.islice(_GARBLED.finditer(text), _FEW + 1))
    if not garbled or _RIGHT.search(text):
        return text, ""
    try:
        return text.encode("cp1252").decode("utf-8"), "UTF-8 × 2"
    except UnicodeError:
        if len(garbled) <= _FEW:
            return text, ""  # somebody may have quoted one
        raise SheetError(_NO_LETTERS) from None


def _by_its_letters(content: bytes) -> tuple[str, str]:
    best: tuple[int, int, str, str] | None = None
    for encoding, name in _CANDIDATES.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        right, wrong = _judged(text)
        if best is None or (right - 4 * wrong) > (best[0] - 4 * best[1]):
            best = (right, wrong, text, name)
    if best is None or "\0" in best[2]:
        raise SheetError(_NO_TEXT)
    right, wrong, text, name = best
    if wrong * 10 > right:
        raise SheetError(_NO_LETTERS)
    return text, name


def _judged(text: str) -> tuple[int, int]:
    """How many letters beyond ASCII stand where French or English puts them, and how many do not."""
    found = itertools.islice(re.finditer("[^\x00-\x7f]", text), _JUDGED)
    fit = [
        _fits(letter[0], text[letter.start() - 1 : letter.start()], text[letter.end() : letter.end() + 1])
        for letter in found
    ]
    return sum(fit), len(fit) - sum(fit)


def _fits(letter: str, before: str, after: str) -> bool:
    in_word, beside_digit = before.isalpha() or after.isalpha(), before.isdigit() or after.isdigit()
    if letter in _SMALL:
        return not beside_digit and not (before.isupper() and after.isupper()) and (in_word or letter == "à")
    if letter in _CAPITAL:
        at_its_place = not before.islower() and not (before.isalpha() and after.islower())
        return not beside_digit and at_its_place and (in_word or letter == "À")
    if letter in _FOREIGN:
        return before in _ASCII and after in _ASCII
    if letter in "’‘":
        return before.isalpha() or not after.isspace()
    if letter in _OPENING:
        return not before.isalnum()
    if letter in _CLOSING:
        return not after.isalnum()
    if letter in "\xa0\u202f\u2009":
        return before.isalnum() or after.isalnum() or before in "«" or after in "»:;!?%€"
    return letter in _FREE and not (before.isalpha() and after.isalpha())


_ASCII = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
