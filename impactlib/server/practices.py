"""The practices that go on: each a rehearsal that somebody facilitates in person, among simulated people."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from functools import partial

from impactlib.domain.refusal import Refusal
from impactlib.rehearsal.practice import Company, Incident
from impactlib.rehearsal.script import team
from impactlib.server.sessions import COMMON, Sessions

log = logging.getLogger("impact")

MOST = 4
"""Practices that go on at once."""


class Practices:
    """The companies of simulated people, by session. Only `open`, `play` and `plays` are called from the event loop;
    `find` and `remove` are called in the lane of their session."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._companies: dict[str, Company] = {}

    async def open(self, lang: str, hurried: bool, incidents: Collection[Incident]) -> tuple[str, dict[str, str]]:
        """Open a rehearsal: its session's id, and its keys by role; `play` then lets people act in it.

        Raises
        ------
        Refusal
            When as many as the server holds go on already.
        """
        session, keys = await self._sessions.run(COMMON, self._open, lang)
        await self._sessions.run(session, self._begin, session, hurried, incidents)
        return session, keys

    def _open(self, lang: str) -> tuple[str, dict[str, str]]:
        if len(self._companies) >= MOST:
            raise Refusal("%(number)s rehearsals are going on here: end one of them, or come back later.", number=MOST)
        return self._sessions.open(team=team(lang), lang=lang, rehearsal=True)

    def _begin(self, session: str, hurried: bool, incidents: Collection[Incident]) -> None:
        room = self._sessions.room(session)
        ask, mark = partial(self._sessions.ask, room), partial(self._sessions.mark, session)
        company = Company(room.store, ask, mark, hurried, incidents)
        # The team is there, and has prepared, before anybody looks.
        company.turn()
        self._companies[session] = company

    async def play(self, session: str) -> None:
        """Let people act until the facilitator has left for good, and remove the rehearsal; or until it is removed."""
        company = self._companies[session]
        try:
            while await self._sessions.run(session, self._turn, session):
                await asyncio.sleep(company.pace.look)
        except Exception:
            log.exception("the simulated people of session %s have left", session)
            await self._sessions.run(session, self._end, session)

    def _turn(self, session: str) -> bool:
        company = self._companies.get(session)
        if company is None:
            return False  # it was removed
        going_on = company.turn()
        if not going_on:
            self._end(session)
            with suppress(Refusal):
                self._sessions.remove(session)
        return going_on

    def _end(self, session: str) -> None:
        company = self._companies.pop(session, None)
        if company:
            company.leave()

    def plays(self, session: str) -> bool:
        """Whether simulated people are in that session."""
        return session in self._companies

    def find(self, session: str) -> Company:
        """The company of a session. Raises Refusal where nobody plays."""
        if session not in self._companies:
            raise Refusal("Nobody plays the others in this rehearsal any more: begin a new one.")
        return self._companies[session]

    def remove(self, session: str) -> None:
        """Remove a rehearsal. Raises Refusal for any other workshop."""
        self._sessions.remove(session)
        self._companies.pop(session, None)
