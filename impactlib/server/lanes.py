"""Work done in lanes: what is given to one lane is done in turn, and no lane waits for another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
THREADS = 16
"""Lanes that are at work at once: so many blocked ones keep the others waiting."""


class Lanes:
    """Threads that lanes share. A lane is a name; it has a thread only while it has work."""

    def __init__(self, name: str, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._waiting: dict[str, deque[Callable[[], None]]] = {}
        self._lock = threading.Lock()
        self._here = threading.local()

    @property
    def here(self) -> str | None:
        """The lane in whose work we are; None outside."""
        return getattr(self._here, "lane", None)

    def submit(self, lane: str, work: Callable[[], T]) -> Future[T]:
        """Do some work once all that the lane was given before is done; from any thread."""
        future: Future[T] = Future()
        with self._lock:
            begins = lane not in self._waiting
            self._waiting.setdefault(lane, deque()).append(lambda: _settle(future, work))
        if begins:
            self._pool.submit(self._one, lane)
        return future

    def _one(self, lane: str) -> None:
        """Do one piece of work of a lane, then let the others go first."""
        self._here.lane = lane
        try:
            self._waiting[lane][0]()
        finally:
            self._here.lane = None
        with self._lock:
            self._waiting[lane].popleft()
            more = bool(self._waiting[lane])
            if not more:
                del self._waiting[lane]
        if more:
            self._pool.submit(self._one, lane)

    def close(self) -> None:
        """Wait until all that was given is done; nothing more is taken."""
        while True:
            with self._lock:
                lanes = list(self._waiting)
            if not lanes:
                break
            for lane in lanes:
                self.submit(lane, lambda: None).result()
        self._pool.shutdown()


def _settle(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
