"""A process that draws a replay, and ends: ``python -m impactlib.server.replay_process LANGUAGE``.

The process reads a session notebook on its standard input and writes JSON: ``{"replay": ...}``, or
``{"refused": words}`` in that language. A stranger's file is read here, where it can take neither the server's time nor
its memory.
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from typing import Any

from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import DAMAGED, read
from impactlib.rooms.replay import build, told
from impactlib.views.render import say

MEMORY = 2**30
"""Bytes that a replay may take; one of an hour takes some 60 MB, this process included."""


def answer(content: bytes, lang: str) -> dict[str, Any]:
    """The replay that a session notebook holds, or why there is none."""
    try:
        return {"replay": told(build(read(content), lang), lang)}
    except Refusal as refusal:
        return {"refused": say(refusal, lang)}
    except Exception:
        # A file written by hand can fold to a session that no template handles; a fault of ours looks the same.
        traceback.print_exc()
        return {"refused": say(Refusal(DAMAGED), lang)}


def main() -> None:
    """Read a notebook on standard input, and write the answer within a bounded memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    print(json.dumps(answer(sys.stdin.buffer.read(), sys.argv[1]), ensure_ascii=False))


if __name__ == "__main__":
    main()
