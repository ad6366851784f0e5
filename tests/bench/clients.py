"""Many people who listen to their rooms and write: plain sockets, in a process of their own.

It reads commands on standard input and answers each on standard output, as lines of JSON:

``{"do": "open", "members": [...], "at_once": n}``
    Each member opens their page, then their stream, n of them at the same time. Answers ``{"pages": [ms], "errors"}``.
``{"do": "write", "seconds", "every"}``
    In each session somebody writes a note every so many seconds. Answers ``{"delays": [ms], "across", "bytes",
    "errors"}``: a delay is from the request to the patch with the note in the stream of one of the others, across
    those of the others on another port; the bytes are those of one stream for one note. A note that one of them never
    sees is an error, and so are a stream that ends and a request that fails.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

LATE = 10.0
"""Seconds after which a note that was not seen is an error."""
LARGEST = 2**25
"""Bytes of one patch."""
KINDS = ("question", "expectation", "learning")
_EVENT = re.compile(r'data-event="([^"]+)"')
_TOKEN = re.compile(rb"note-(\d{6})-seen")


class Member:
    """Somebody who has come in: their page, their stream, what they write."""

    def __init__(self, crowd: Crowd, port: int, session: str, role: str, key: str, person: str) -> None:
        self.crowd, self.port, self.session, self.role = crowd, port, session, role
        self.path = f"/room/{session}/{role}"
        self._cookie = f"impact-key={key}; impact-person={person}"
        self.received = 0

    async def open(self) -> float:
        """Open the page, and go on listening; the milliseconds that the page took."""
        began = time.perf_counter()
        head, body = await self._ask("GET", "?see=workshop", "Accept-Encoding: gzip\r\n")
        taken = 1000 * (time.perf_counter() - began)
        if b"content-encoding: gzip" in head.lower():
            body = gzip.decompress(body)
        found = _EVENT.search(body.decode())
        if found is None:
            raise RuntimeError(f"{self.path}: no page of a room: {head[:200]!r}")
        reader, writer = await self._request("GET", f"/patches?notebook=workshop&after={found[1]}")
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.splitlines()[0]:
            raise RuntimeError(f"{self.path}: no stream: {head[:200]!r}")
        self._listening = asyncio.create_task(self._listen(reader, writer))
        return taken

    async def write(self, number: int) -> None:
        """Write a note whose text is recognised in the others' streams."""
        text = f"Et si l’on comptait plutôt les renoncements ? note-{number:06}-seen"
        gesture = {"id": f"gesture-{number:06}", "do": "write", "kind": KINDS[number % len(KINDS)], "text": text}
        self.crowd.asked[number] = (self, time.perf_counter())
        body = json.dumps(gesture).encode()
        head, _ = await self._ask("POST", "/gestures", "Content-Type: application/json\r\n", body)
        self.crowd.errors += b" 200 " not in head.splitlines()[0]

    async def _ask(self, method: str, path: str, headers: str = "", body: bytes = b"") -> tuple[bytes, bytes]:
        reader, writer = await self._request(method, path, f"{headers}Connection: close\r\n", body)
        answer = await reader.read()
        writer.close()
        head, _, content = answer.partition(b"\r\n\r\n")
        return head, content

    async def _request(
        self, method: str, path: str, headers: str = "", body: bytes = b""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LARGEST)
        head = f"{method} {self.path}{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self._cookie}\r\n"
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        writer.write(f"{head}{headers}{length}\r\n".encode() + body)
        await writer.drain()
        return reader, writer

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                event = await reader.readuntil(b"\n\n")
                at = time.perf_counter()
                if b"event: pulse" not in event:
                    self.received += len(event)
                for number in set(map(int, _TOKEN.findall(event))):
                    self.crowd.seen(self, number, at)
        except (OSError, asyncio.IncompleteReadError):
            self.crowd.errors += 1
        finally:
            writer.close()


class Crowd:
    """All the members, and what they saw of the notes that were written."""

    def __init__(self) -> None:
        self.errors = 0
        self.asked: dict[int, tuple[Member, float]] = {}
        self.delays: dict[tuple[int, Member], float] = {}
        self._members: dict[str, list[Member]] = defaultdict(list)
        self._numbers = itertools.count()

    def seen(self, member: Member, number: int, at: float) -> None:
        """A member's stream holds a note."""
        writer, asked = self.asked.get(number, (member, 0.0))
        if member is not writer:
            self.delays.setdefault((number, member), 1000 * (at - asked))

    async def open(self, members: list[dict[str, Any]], at_once: int) -> dict[str, Any]:
        """Everybody comes in."""
        some, before = asyncio.Semaphore(at_once), self.errors

        async def come_in(member: Member) -> float:
            async with some:
                return await member.open()

        new = [Member(self, **member) for member in members]
        pages = await asyncio.gather(*map(come_in, new))
        for member in new:
            self._members[member.session].append(member)
        return {"pages": pages, "errors": self.errors - before}

    async def write(self, seconds: float, every: float) -> dict[str, Any]:
        """Notes in every session, spread evenly over the time."""
        before, received = self.errors, {m: m.received for m in self._everybody()}
        self.asked, self.delays = {}, {}
        writers = [[m for m in members if m.role != "observer"] for members in self._members.values()]
        gap, tasks, began = every / len(writers), [], time.perf_counter()
        for turn in range(int(seconds / gap)):
            await asyncio.sleep(max(0.0, began + turn * gap - time.perf_counter()))
            own = writers[turn % len(writers)]
            number = next(self._numbers)
            tasks.append(asyncio.create_task(own[number // len(writers) % len(own)].write(number)))
        await asyncio.gather(*tasks)
        await self._until_seen()
        notes = len(self.asked) / len(writers)
        return {
            "delays": list(self.delays.values()),
            "across": [
                delay for (number, member), delay in self.delays.items() if member.port != self.asked[number][0].port
            ],
            "bytes": [(m.received - received[m]) / notes for m in self._everybody()],
            "errors": self.errors - before + self._missing(),
        }

    def _everybody(self) -> Iterator[Member]:
        return itertools.chain.from_iterable(self._members.values())

    def _missing(self) -> int:
        others = sum(len(self._members[writer.session]) - 1 for writer, _ in self.asked.values())
        return others - len(self.delays)

    async def _until_seen(self) -> None:
        deadline = time.monotonic() + LATE
        while self._missing() and time.monotonic() < deadline:
            await asyncio.sleep(0.05)


async def main() -> None:
    crowd, loop = Crowd(), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        answer = await getattr(crowd, command.pop("do"))(**command)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
