"""``impact replay``: what was done in a workshop, a line each, or its state at a moment."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import asdict

from impactlib.cli.command import Commands, command
from impactlib.cli.files import read
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.text import clean_line


def add(commands: Commands) -> None:
    replay = command(commands, "replay", _replay, "list what was done in a workshop, or print its state at a moment")
    replay.add_argument("session", metavar="ID|FILE", help="a session of the data folder, a .journal or a .ipynb")
    replay.add_argument("--at", type=_moment, metavar="HH:MM:SS", help="stop there; before the hour: --at=-00:05:00")
    replay.add_argument("--json", action="store_true", help="with --at, the state then, as session.json says it")
    replay.add_argument("--lang", choices=LANGUAGES, help="by default the session's")


def _moment(raw: str) -> float:
    before, parts = raw.startswith("-"), raw.removeprefix("-").split(":")
    whole = len(parts) in (2, 3) and all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts)
    if not whole or any(int(part) > 59 for part in parts[1:]):
        raise argparse.ArgumentTypeError(f"{raw}: give a time of the hour as HH:MM:SS or MM:SS, such as 00:24:10")
    seconds = 0.0
    for part in parts:
        seconds = 60 * seconds + int(part)
    return -seconds if before else seconds


def _replay(args: argparse.Namespace) -> None:
    from impactlib.domain.timeline import state_at, timeline
    from impactlib.views.render import translation
    from impactlib.views.wording import about, done

    file = read(args.data, args.session)
    session = file.fold()
    lang = args.lang or session.lang
    lines = [line for line in timeline(file) if args.at is None or line.at <= args.at]
    if args.json and args.at is not None:
        from impactlib.export.session_json import session_json

        print(session_json(state_at(file, args.at)), end="")
    elif args.json:
        worded = [{**asdict(line), "what": done(line, lang), "text": about(line, lang)} for line in lines]
        print(json.dumps(worded, ensure_ascii=False))
    else:
        titles = {step.id: step.title[lang] for step in session.steps}
        colon = translation(lang).gettext("%(label)s: %(content)s") % {"label": "", "content": ""}
        for line in lines:
            # The words of a completed note end with a colon and the detail already.
            then = " · " if line.detail and not line.before else colon
            said = then.join(filter(None, (done(line, lang), clean_line(about(line, lang)))))
            step = clean_line(titles.get(line.step, ""))
            print(f"{_time_of(line.at)}  {step:16} {clean_line(line.who):12} {said}".rstrip())


def _time_of(seconds: float) -> str:
    # Rounded up: what is said at a time is in the state at that time.
    whole = math.ceil(seconds)
    return f"{'-' if whole < 0 else ''}{abs(whole) // 3600:02}:{abs(whole) // 60 % 60:02}:{abs(whole) % 60:02}"
