"""Workshops, and what the programme keeps of people, erased by the server on their day, and what was erased before and
is back; each day, and at its start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date

from impactlib.server.sessions import Sessions
from impactlib.storage import forgetting
from impactlib.storage.journal import JournalMissing
from impactlib.storage.programme import ProgrammeStore
from impactlib.storage.store import PROGRAMME

log = logging.getLogger("impact")

LOOK = 600.0
"""Seconds between two looks at the calendar."""


async def daily(
    sessions: Sessions, programme: ProgrammeStore | None = None, today: Callable[[], date] = date.today
) -> None:
    """Erase what is due, each day; never ends."""
    done: date | None = None
    while True:
        if done != (now := today()):
            # The programme first: whether a team came is read in its workshop.
            well = programme is None or await _well(sessions, sessions.run(PROGRAMME, programme.erase, now))
            if await _well(sessions, erase_due(sessions, now)) and well:
                done = now
        await asyncio.sleep(LOOK)


async def _well(sessions: Sessions, work: Awaitable[object]) -> bool:
    """Whether something was done; the log tells what kept it from being."""
    try:
        await work
    except Exception as error:
        # A task that ends would keep everything for ever in silence.
        if not sessions.troubles.tell("", error):
            log.exception("what is due was not erased; trying again")
        return False
    return True


async def erase_due(sessions: Sessions, today: date) -> None:
    """Erase the workshops whose day has come, a line of the log for each."""
    data = sessions.data
    for session in await asyncio.to_thread(forgetting.carry_out, data):
        log.warning("workshop %s: erased once more, after a copy or a file brought it back.", session)
    first = await asyncio.to_thread(forgetting.erases_from, data, today)
    for one in await asyncio.to_thread(lambda: [*forgetting.due(data, today)]):
        if today < first:
            said = "workshop %s: it was to be erased on %s. It is on %s, unless another day is chosen before."
            log.warning(said, one.session, one.on, first)
        else:
            # Of several servers, another may just have done it.
            with suppress(JournalMissing):
                await sessions.run(one.session, sessions.erase, one.session)
            log.warning("workshop %s: erased, as it was to be on %s.", one.session, one.on)
