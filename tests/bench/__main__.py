"""``python -m tests.bench [NAME ...]``: measure all the groups of rows, or only those that are named.

A group that fails is reported and the others are measured; `bench.json` then keeps the rows that it had of it.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench import costs, curves, drawing, pages, peers, rooms, servers, weaknesses
from tests.bench.rows import Row, show
from tests.harness import launch

RESULT = Path("bench.json")
GROUPS: dict[str, Callable[[], list[Row]]] = {
    "draw_ms": drawing.draws,
    "fold_ms": drawing.folds,
    "first_page_ms": rooms.first_pages,
    "room_mb": rooms.memory,
    "crowded_note": rooms.crowded_note,
    "hundred_workshops": rooms.hundred_workshops,
    "crowd_300": rooms.crowd,
    "idle_cpu": rooms.rest,
    "two_servers": servers.two_servers,
    "database_workshop_mb": servers.memory,
    "costs": costs.costs,
    "store_copy_s": servers.copies,
    "replay_build_s": drawing.replays,
    "replay_5000": drawing.large_replays,
    "check": weaknesses.checks,
    "curves": curves.curves,
}
SEEN: dict[str, Callable[[Browser], list[Row]]] = {
    "big_page": pages.big_page,
    "join_s": pages.joins,
    "join_ratio": pages.plain_joins,
    "chart_drag_ms": pages.drags,
    "propagation_ms": pages.crowd,
    "peers": peers.peers,
    **{f"peers_mb_{name}": partial(peers.size, name) for name in peers.WEIGHED},
    "peers_restart": peers.restarts,
}
"""The groups that need a browser."""


def measured(name: str) -> list[Row]:
    """The rows of a group."""
    if name in GROUPS:
        return GROUPS[name]()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            return SEEN[name](browser)
        finally:
            browser.close()


def keep(rows: Iterable[Row]) -> None:
    """Put rows in `bench.json`, in the place of those of the same name."""
    known = json.loads(RESULT.read_text()) if RESULT.exists() else []
    kept = {one["name"]: one for one in (*known, *rows)}
    RESULT.write_text(json.dumps(list(kept.values()), indent=2) + "\n")


def main(names: list[str]) -> None:
    everything = [*GROUPS, *SEEN]
    if unknown := set(names) - set(everything):
        raise SystemExit(f"{', '.join(sorted(unknown))}: no such group; there are {', '.join(everything)}")
    failed = []
    for name in names or everything:
        try:
            rows = measured(name)
        except Exception:
            traceback.print_exc()
            failed.append(name)
            continue
        keep(rows)
        show(rows)
    if failed:
        raise SystemExit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
