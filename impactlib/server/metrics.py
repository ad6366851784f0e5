"""What a server counts of its work since it began, as Prometheus reads it; nothing of it says who, where or what."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

KIND = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of Prometheus' text."""
BOUNDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Seconds up to which durations are counted together."""


class Count(StrEnum):
    """What is counted, under a label."""

    GESTURES = "impact_gestures_total"
    TROUBLES = "impact_troubles_total"
    DOORS = "impact_doors_closed_total"


class Time(StrEnum):
    """What is timed."""

    APPEND = "impact_append_seconds"
    DRAW = "impact_draw_seconds"


_SAID = {
    Count.GESTURES: ("result", "Gestures that were granted, refused, or met a trouble of the machine."),
    Count.TROUBLES: ("trouble", "Errors of the machine or of the store."),
    Count.DOORS: ("why", "Doors that did not open."),
    Time.APPEND: ("", "Time that a gesture took to be checked, written and committed."),
    Time.DRAW: ("", "Time that all pages of a workshop took to be drawn again."),
}
"""The name of the label, and what the figure is."""


class Metrics:
    """Make it once per server; any thread may count.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.count(Count.GESTURES, "granted")
    >>> print(metrics.text({}).splitlines()[2])
    impact_gestures_total{result="granted"} 1
    """

    def __init__(self) -> None:
        self._counts: dict[Count, Counter[str]] = {what: Counter() for what in Count}
        self._below: dict[Time, Counter[float]] = {what: Counter() for what in Time}
        self._sums: Counter[Time] = Counter()
        self._seconds: dict[Time, float] = dict.fromkeys(Time, 0.0)
        self._lock = threading.Lock()

    def count(self, what: Count, label: str) -> None:
        """Count one more."""
        with self._lock:
            self._counts[what][label] += 1

    @contextmanager
    def timed(self, what: Time) -> Iterator[None]:
        """Count how long something takes, if it comes to its end."""
        began = time.perf_counter()
        yield
        taken = time.perf_counter() - began
        with self._lock:
            self._seconds[what] += taken
            self._sums[what] += 1
            for bound in BOUNDS:
                self._below[what][bound] += taken <= bound

    def text(self, now: Mapping[str, tuple[str, float]], doors: Mapping[str, int] | None = None) -> str:
        """All of it, with figures of this moment: by name, what each is and how many."""
        with self._lock:
            counts = {**self._counts, Count.DOORS: Counter(doors or {})}
            lines = [line for what, counted in counts.items() for line in _counter(what, counted)]
            for what in Time:
                lines += [f"# HELP {what} {_SAID[what][1]}", f"# TYPE {what} histogram"]
                lines += [f'{what}_bucket{{le="{bound:g}"}} {self._below[what][bound]}' for bound in BOUNDS]
                lines += [f'{what}_bucket{{le="+Inf"}} {self._sums[what]}']
                lines += [f"{what}_sum {self._seconds[what]:.6f}", f"{what}_count {self._sums[what]}"]
        for name, (said, value) in now.items():
            lines += [f"# HELP {name} {said}", f"# TYPE {name} gauge", f"{name} {value:g}"]
        return "\n".join([*lines, ""])


def _counter(what: Count, counted: Counter[str]) -> list[str]:
    label, said = _SAID[what]
    rows = [f'{what}{{{label}="{name}"}} {number}' for name, number in sorted(counted.items())]
    return [f"# HELP {what} {said}", f"# TYPE {what} counter", *rows]
