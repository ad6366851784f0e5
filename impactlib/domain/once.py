"""Values derived from a session or from a part of it, computed once for all who ask: a session never changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def once(function: Callable[[S], T]) -> Callable[[S], T]:
    """Remember the value of the last session: the audiences of one session are drawn one after the other."""
    last: list[tuple[S, T]] = []

    @wraps(function)
    def remembered(session: S) -> T:
        known = last[0] if last else None
        if known is not None and known[0] is session:
            return known[1]
        answer = function(session)
        last[:] = [(session, answer)]
        return answer

    return remembered
