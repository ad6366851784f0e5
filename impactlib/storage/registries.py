"""A registry at a file, or at an address of a host that the operator allows: today's, or a copy of a past day."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from impactlib.domain.registry import LARGEST, Registry, read
from impactlib.fetching import fetch, is_remote, saved, without_key


def registry_at(source: str, today: date, allowed: Collection[str]) -> Registry:
    """The registry at a file or an address.

    Parameters
    ----------
    today
        The day of a registry that names none, neither in its `source` nor in the name of its file.
    allowed
        The hosts that may be asked.

    Raises
    ------
    Refusal, SheetError
        Saying why there is no registry to read.
    """
    content = fetch(source, allowed, largest=LARGEST) if is_remote(source) else saved(Path(source), LARGEST)
    return named(source, content, today)


def named(name: str, content: bytes, today: date) -> Registry:
    """The registry in a file of that name, which tells the day of a copy that does not. Raises SheetError."""
    return read(content, _day_in(name) or today)


def shown(source: str) -> str:
    """A source as a message says it: an address may hold a key."""
    return without_key(source) if is_remote(source) else source


def _day_in(source: str) -> date | None:
    """The day in the name of a copy, such as registry-2020-06-15.json; None without one."""
    try:
        name = Path(urlsplit(source).path if is_remote(source) else source).name
    except ValueError:
        return None
    for written in re.findall(r"\d{4}-\d{2}-\d{2}", name):
        try:
            return date.fromisoformat(written)
        except ValueError:
            continue
    return None
