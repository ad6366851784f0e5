"""A program that has one link of a workshop and floods it, in a process of its own.

It reads commands on standard input and answers each on standard output, as lines of JSON:

``{"do": "join", "number"}``
    So many browsers come in. Answers ``{"200": …, "422": …}``, how many were answered what.
``{"do": "listen", "number"}``
    So many of those who came in open their streams, and read.
``{"do": "write", "number", "authors"}``
    So many of them write so many notes. Answers as ``join``, with ``ids``: those of the authors, then of the others.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
AT_ONCE = 20
"""Requests that are under way together."""


class Browser:
    """A browser at the link's door, before or after it came in."""

    def __init__(self, port: int, session: str, role: str, key: str) -> None:
        self._port, self._path = port, f"/room/{session}/{role}"
        self._own, self.id = secrets.token_hex(16), ""
        self._cookie = f"impact-key={key}; impact-person={self._own}"

    async def asks(self, path: str, body: object) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        reader, writer = await self._sends(path, json.dumps(body).encode(), "Connection: close\r\n")
        answer = await reader.read()
        writer.close()
        head, _, content = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), content

    async def _sends(self, path: str, content: bytes, more: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**26)
        kind = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n" if content else ""
        head = f"{'POST' if content else 'GET'} {self._path}{path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
        writer.write(f"{head}Cookie: {self._cookie}\r\n{kind}{more}\r\n".encode() + content)
        await writer.drain()
        return reader, writer

    async def joins(self, name: str) -> int:
        asked = {"id": secrets.token_hex(8), "name": name, "key": self._own}
        status, said = await self.asks("/join", asked)
        self.id = json.loads(said)["person"] if status == 200 else ""
        return status

    async def writes(self, text: str) -> int:
        asked = {"id": secrets.token_hex(8), "do": "write", "kind": "problem", "text": text}
        return (await self.asks("/gestures", asked))[0]

    async def listens(self) -> asyncio.Task[None]:
        """Open the stream of the page, and read what comes."""
        reader, writer = await self._sends("/patches?notebook=workshop&after=", b"", "")
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.splitlines()[0]:
            raise RuntimeError(head.decode())

        async def read() -> None:
            while await reader.read(65536):
                pass
            writer.close()

        return asyncio.create_task(read())


async def many(tasks: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    some = asyncio.Semaphore(AT_ONCE)

    async def one(task: Coroutine[Any, Any, T]) -> T:
        async with some:
            return await task

    return await asyncio.gather(*map(one, tasks))


class Flood:
    """What one link does to a workshop."""

    def __init__(self, link: Sequence[Any]) -> None:
        self._link = link
        self._crowd: list[Browser] = []
        self._streams: list[asyncio.Task[None]] = []

    async def join(self, number: int) -> dict[str, Any]:
        browsers = [Browser(*self._link) for _ in range(number)]
        answers = await many([one.joins(f"Machine {n}") for n, one in enumerate(browsers)])
        self._crowd = [one for one in browsers if one.id]
        return {str(status): times for status, times in Counter(answers).items()}

    async def listen(self, number: int) -> dict[str, Any]:
        self._streams = await many([one.listens() for one in self._crowd[:number]])
        return {}

    async def write(self, number: int, authors: int) -> dict[str, Any]:
        texts = [f"Note {n} d’une machine, sans intérêt" for n in range(number)]
        answers = await many([self._crowd[n % authors].writes(text) for n, text in enumerate(texts)])
        counted = {str(status): times for status, times in Counter(answers).items()}
        return {**counted, "ids": [one.id for one in self._crowd]}


async def main() -> None:
    flood, loop = Flood(json.loads(sys.argv[1])), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        answer = await getattr(flood, command.pop("do"))(**command)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
