"""Keeps keys out of the logs of the whole process: ours, tornado's, Voilà's and Jupyter's."""

from __future__ import annotations

import logging
import re
from typing import Any

_KEY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z2-7]{24,}(?![A-Za-z0-9])")
"""Whatever has the shape of a key of `storage/keys.py`: Python's own names have underscores, sessions fewer letters."""
_NAMED = re.compile(r"((?:key|token|code)=|/atelier/|/calendar/)[^&\s'\"]+")
"""What stands where addresses have a key or a code, of whatever shape."""
_COMPUTER = re.compile(r" \((?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)\)")
"""The address of a computer, as tornado and Jupyter write it after that of a page. Our line of wrong keys tells it."""


def scrubbed(text: str) -> str:
    """A text fit for a log: without keys, and without the address of whoever asked.

    Examples
    --------
    >>> scrubbed("404 GET /voila/files/abcdefghijklmnopqrstuvwx?token=1 (192.0.2.7): not found")
    '404 GET /voila/files/…?token=…: not found'
    """
    return _COMPUTER.sub("", _KEY.sub("…", _NAMED.sub(r"\1…", text)))


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
