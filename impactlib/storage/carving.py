"""The rows of a SQLite file, read page by page whatever the rest of the file says.

SQLite gives up a file whose first page is damaged, and a table in which one page is. Each page holds whole rows with
their own lengths, so that those of the other pages can still be read. What comes out may be nonsense: whoever asks
knows what is true, by its checksum.

The format is that of https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

PAGE = 4096
"""Bytes of a page, unless the file says otherwise."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a row that is believed."""
_HEADER = 100
"""Bytes that stand before the first page's own."""
_WIDTHS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of each kind of integer."""

Value = int | float | str | bytes | None


def rows(content: bytes) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """The number and the values of each row of a table, those twice that stand in two places of the file."""
    for size in _sizes(content):
        for start in range(0, len(content), size):
            page = content[start : start + size].ljust(size, b"\0")
            yield from _rows_of(content, page, _HEADER if start == 0 else 0)


def _sizes(content: bytes) -> list[int]:
    """The sizes that the pages may have: what the file says may be damaged."""
    said = int.from_bytes(content[16:18])
    return [PAGE, said] if said != PAGE and 512 <= said < 65536 and said.bit_count() == 1 else [PAGE]


def _rows_of(content: bytes, page: bytes, at: int) -> Iterator[tuple[int, tuple[Value, ...]]]:
    many = int.from_bytes(page[at + 3 : at + 5])
    for place in range(at + 8, len(page) - 1, 2):
        cell = int.from_bytes(page[place : place + 2])
        within = at + 8 <= cell < len(page)
        # How many rows there are may be damaged too: it is counted on while it makes sense.
        if not within and (place - at - 8) // 2 >= many:
            return
        if within:
            try:
                yield _row(content, page, cell)
            except (ValueError, IndexError, struct.error):
                continue


def _row(content: bytes, page: bytes, at: int) -> tuple[int, tuple[Value, ...]]:
    length, at = _varint(page, at)
    number, at = _varint(page, at)
    if length > LARGEST:
        raise ValueError("too long to be a row")
    here = _here(length, len(page))
    payload = page[at : at + here]
    if here < length:
        payload += _overflow(content, int.from_bytes(page[at + here : at + here + 4]), length - here, len(page))
    return number, _values(payload)


def _here(length: int, size: int) -> int:
    """How many bytes of a row are in its page; the others are in pages of their own."""
    if length <= size - 35:
        return length
    least = (size - 12) * 32 // 255 - 23
    fitting = least + (length - least) % (size - 4)
    return fitting if fitting <= size - 35 else least


def _overflow(content: bytes, number: int, length: int, size: int) -> bytes:
    found = b""
    while len(found) < length:
        page = content[(number - 1) * size : number * size] if number else b""
        if len(page) < 4:
            raise ValueError("the rest of the row is gone")
        number = int.from_bytes(page[:4])
        found += page[4 : 4 + length - len(found)]
    return found


def _values(payload: bytes) -> tuple[Value, ...]:
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    return tuple(_read(payload, kinds, end))


def _read(payload: bytes, kinds: Sequence[int], at: int) -> Iterator[Value]:
    for kind in kinds:
        width = _WIDTHS.get(kind, 8 if kind == 7 else (kind - 12) // 2 if kind >= 12 else 0)
        raw, at = payload[at : at + width], at + width
        if len(raw) < width:
            raise ValueError("the row is cut")
        yield _value(kind, raw)
    if at != len(payload):
        raise ValueError("the row has more than its values")


def _value(kind: int, raw: bytes) -> Value:
    if kind in _WIDTHS:
        return int.from_bytes(raw, signed=True)
    if kind == 7:
        return float(struct.unpack(">d", raw)[0])
    if kind in (8, 9):
        return kind - 8
    if kind >= 12:
        return raw.decode() if kind % 2 else raw
    return None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where the next one begins."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9
