"""The rows of `bench.json`, and how they are shown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def row(name: str, unit: str, values: Sequence[float], n: int | None = None) -> Row:
    """One line of `bench.json`; p95 is the nearest rank, so the worst of fewer than twenty values."""
    ranked = sorted(values)
    p95 = ranked[max(0, -(-95 * len(ranked) // 100) - 1)]
    median = statistics.median(ranked)
    return {"name": name, "unit": unit, "n": n or len(ranked), "median": round(median, 3), "p95": round(p95, 3)}


def show(rows: Iterable[Row]) -> None:
    """A small table on standard output."""
    print(f"{'':26} {'median':>12} {'p95':>12} {'n':>6}")
    for line in rows:
        print(f"{line['name']:26} {line['median']:12g} {line['p95']:12g} {line['n']:6} {line['unit']}", flush=True)


def pss(pids: Iterable[int]) -> float:
    """MiB of proportional set size of processes; one that has ended counts for nothing."""
    return sum(map(_pss, pids)) / 1024


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)
