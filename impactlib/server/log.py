"""The log of the whole process, ours, tornado's, Voilà's and Jupyter's: without keys, and as JSON on request."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

_KEY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z2-7]{24,}(?![A-Za-z0-9])")
"""Whatever has the shape of a key of `storage/keys.py`: Python's own names have underscores, sessions fewer letters."""
_NAMED = re.compile(r"((?:key|token|code)=|/atelier/|/calendar/|/dates/)[^&\s'\"]+")
"""What stands where addresses have a key or a code, of whatever shape."""
_COMPUTER = re.compile(r" \((?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)\)")
"""The address of a computer, as tornado and Jupyter write it after that of a page. Our line of wrong keys tells it."""

LINES = 600
"""Lines a minute of each logger of tornado."""


def scrubbed(text: str) -> str:
    """A text fit for a log: without keys, and without the address of whoever asked.

    Examples
    --------
    >>> scrubbed("404 GET /voila/files/abcdefghijklmnopqrstuvwx?token=1 (192.0.2.7): not found")
    '404 GET /voila/files/…?token=…: not found'
    """
    return _COMPUTER.sub("", _KEY.sub("…", _NAMED.sub(r"\1…", text)))


class Ceiling(logging.Filter):
    """Let a logger write some lines a minute: the first of a later minute says how many were left out.

    Examples
    --------
    >>> now = [0.0]
    >>> ceiling = Ceiling(2, lambda: now[0])
    >>> [ceiling.filter(logging.makeLogRecord({"msg": "404"})) for _ in range(5)]
    [True, True, False, False, False]
    >>> now[0], later = 60, logging.makeLogRecord({"msg": "404"})
    >>> ceiling.filter(later), later.getMessage()
    (True, '404 (3 more lines were left out)')
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._most, self._clock = most, clock
        self._minute, self._lines = -1, 0

    def filter(self, record: logging.LogRecord) -> bool:
        minute = int(self._clock() // 60)
        if minute != self._minute:
            left_out = self._lines - self._most
            self._minute, self._lines = minute, 0
            if left_out > 0:
                record.msg, record.args = f"{record.getMessage()} ({left_out} more lines were left out)", ()
        self._lines += 1
        return self._lines <= self._most


def bound_requests() -> None:
    """Bound what tornado writes of requests that it or Voilà refuses: anybody may ask without end."""
    for name in ("tornado.access", "tornado.application", "tornado.general"):
        logging.getLogger(name).addFilter(Ceiling(LINES))


def keep_keys_out() -> None:
    """Scrub whatever is logged from now on, tracebacks included, whoever logs it."""
    made, format_exception = logging.getLogRecordFactory(), logging.Formatter().formatException

    def factory(*args: Any, **named: Any) -> logging.LogRecord:
        record = made(*args, **named)
        try:
            said = record.getMessage()
        except (TypeError, ValueError, KeyError):
            said = f"{record.msg} {record.args}"  # who logs must not fail by it, as without us
        record.msg, record.args = scrubbed(said), ()
        if record.exc_info and record.exc_info[0]:
            record.exc_text = scrubbed(format_exception(record.exc_info))
        return record

    logging.setLogRecordFactory(factory)


class JsonLines(logging.Formatter):
    """One JSON object for each fact, on one line: `time` (ISO 8601, UTC), `level`, `logger`, `message`, and `trace`
    where Python has one.

    Examples
    --------
    >>> fact = {"name": "impact", "levelname": "ERROR", "msg": "it was erased", "created": 0}
    >>> JsonLines().format(logging.makeLogRecord(fact))
    '{"time": "1970-01-01T00:00:00.000+00:00", "level": "error", "logger": "impact", "message": "it was erased"}'
    """

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        trace = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else "")
        return json.dumps(said | ({"trace": trace} if trace else {}), ensure_ascii=False)


def write_json() -> None:
    """Write what the process logs from now on as JSON lines, on standard error: the same facts as before."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(JsonLines())
    logging.root.handlers = [handler]
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.setLevel(min(one.level for one in logger.handlers))
            logger.handlers.clear()
            logger.propagate = True
