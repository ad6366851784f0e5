"""The files of a room: each made once for a state of a session, one at a time, by a process that ends.

matplotlib weighs a hundred megabytes, and thirty people press the same button when the hour ends: the process takes
its memory away with it, and the others are given what the first one waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections import Counter, OrderedDict

from impactlib.storage.stores import Data, store_of

log = logging.getLogger("impact")

KEPT = 16
"""Files remembered, of some 60 kB each."""
SHARED = "shared.ipynb"
FILES = {
    "summary.md": "--format md",
    "summary.html": "--format html",
    "summary.odt": "--format odt",
    "summary.docx": "--format docx",
    "picture.png": "--format png",
    "metrics.csv": "--format csv",
    "metrics.xlsx": "--format xlsx",
    "metrics.ods": "--format ods",
    **{f"readings.{form}": f"--format {form} --kind readings" for form in ("csv", "xlsx", "ods")},
    **{f"review.{form}": f"--format {form} --kind review" for form in ("csv", "xlsx", "ods")},
    **{f"forecasts.{form}": f"--format {form} --kind forecasts" for form in ("csv", "xlsx", "ods")},
    "inventory.csv": "--format csv --kind inventory",
    "inventory.xlsx": "--format xlsx --kind inventory",
    "inventory.ods": "--format ods --kind inventory",
    "followup.ics": "--format ics",
    **{
        f"matrix.{form}": f"--format {form} --kind matrix"
        for form in ("docx", "odt", "xlsx", "ods", "csv", "html", "md")
    },
    **{f"committee.{form}": f"--format {form} --kind committee" for form in ("docx", "odt", "html")},
    **{f"product.{form}": f"--format {form} --kind product" for form in ("html", "odt", "xlsx", "json")},
    "calendar.ics": "--format ics --kind calendar",
    **{
        f"{kind}.{form}": f"--format {form} --kind {kind}"
        for kind in ("stats", "stats-with-reasons")
        for form in ("html", "zip", "csv", "json")
    },
    "session.ipynb": "--format ipynb --shown",
    "names.json": "--format json --kind names",
    SHARED: "--format ipynb --share --names -",
    "replay.html": "--format html --kind replay",
}
"""The files that a room offers, and the command line's options for each; none holds scores not shown yet."""
WITHIN = 60.0
"""Seconds that one file may take."""


class CannotExport(Exception):
    """A file that could not be made: the log says why. Nothing of it is remembered."""


class Exports:
    """Make it once per server."""

    def __init__(self, data: Data) -> None:
        self._store = store_of(data)
        self._made: OrderedDict[tuple[str, int, str, str, bytes], bytes] = OrderedDict()
        self._one = asyncio.Semaphore(1)
        self._erasures: Counter[str] = Counter()

    async def file(self, session: str, seq: int, name: str, lang: str, names: bytes = b"{}") -> bytes:
        """One of FILES, of a session as it is once it has `seq` entries. Raises CannotExport.

        `names` is what was decided of the names in the one to share, as ``--names`` reads it.
        """
        wanted = (session, seq, name, lang, names)
        async with self._one:
            if wanted not in self._made:
                erasures = self._erasures[session]
                made = await self._export(session, name, lang, names)
                if erasures != self._erasures[session]:
                    raise CannotExport(session)  # it may hold what was erased meanwhile
                self._made[wanted] = made
                while len(self._made) > KEPT:
                    self._made.popitem(last=False)
            return self._made[wanted]

    def forget(self, session: str) -> None:
        """Give no file any more that was made of a session before something was erased in it; from any thread."""
        self._erasures[session] += 1
        for wanted in [wanted for wanted in list(self._made) if wanted[0] == session]:
            self._made.pop(wanted, None)

    async def _export(self, session: str, name: str, lang: str, names: bytes) -> bytes:
        where, found = self._store.child()
        options = [*where, "--lang", lang, "-o", "-", *FILES[name].split()]
        command = [sys.executable, "-m", "impactlib.cli", "export", session, *options]
        pipe = asyncio.subprocess.PIPE
        environment = {**os.environ, **found}
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
        out, error = b"", b"it took too long"
        try:
            with contextlib.suppress(TimeoutError):
                out, error = await asyncio.wait_for(process.communicate(names), WITHIN)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode or not out:
            log.error("a file of %s was not made: %s", session, error.decode(errors="replace"))
            raise CannotExport(session)
        return out
