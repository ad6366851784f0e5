"""One small app in a real Chromium: a room of ours, beside plain Voilà, Panel, Streamlit, marimo and Solara.

The app is a list of short notes, a field and a button: what one person adds, all others see without a reload. Ours is
the page of a consultant in the step « questions », with all else that it holds; theirs are in `peer_apps`, each with
the means of its own documentation. Nothing of ours is in them; each server is started as its documentation says, and
asks nobody for a name. They take turns, so that a machine that is busy is so for all.

Panel and Solara push what changed. Streamlit, marimo and plain Voilà look again every second, which is the period
that their apps ask for: on average half of it is in ``seen_ms``, and a shorter one would cost more at rest.

For each ``NAME`` of ours, voila, panel, streamlit, marimo, solara:

``peer_NAME_cold_s``, ``peer_NAME_again_s``
    In a browser context of its own: from navigation to the field that can be written in; once more in the same context.
``peer_NAME_requests``, ``peer_NAME_bytes``
    What the first of both asks for, and what the answers weigh on the wire, with the frames of its socket.
``peer_NAME_seen_ms``
    From the press on the button to the text visible in another's browser, two people connected.
``peer_NAME_empty_mb``, ``peer_NAME_mb_12``, ``peer_NAME_mb_30``
    Proportional set size (PSS) of a fresh server and all its processes before anybody came, in MiB, and what 12, then
    30 open pages add, each in a browser context of its own. A page that is ready is frozen, its socket open: thirty
    that look again every second would be more than two cores.
``peer_NAME_cold_ratio``, ``peer_NAME_again_ratio``, ``peer_NAME_seen_ratio``
    Ours beside theirs, turn by turn: below 1 where ours is faster or smaller.

Each has a group for its memory (``peers_mb_NAME``), but for Streamlit. The group ``peers_restart`` tells what an app
keeps when its server is killed and started again, 1 for kept:

``peer_NAME_restart_kept``
    What was added before, in a page opened after.
``peer_NAME_returns``
    Both pages go on without being opened again: what one adds then, the other sees.
``peer_NAME_down_kept``
    What was added while no server answered, once one does, without being typed again.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page

from tests.bench.long import CAST
from tests.bench.pages import PEERS, PRESS, Visit, served
from tests.bench.rooms import Members, wait_until_laid_out, workshop
from tests.bench.rows import Row, pss, row
from tests.harness import READY, Server, family, free_port

APPS = Path(__file__).parent / "peer_apps"
VISITS, GESTURES = 4, 20
TWELVE, THIRTY = 12, 30
GOLDEN = 0.618
WRITER = CAST.index("consultant")
"""Who writes and is measured, the next of the same role being the other."""
AT_ONCE = 6
"""Pages that are opened at the same time, where only what they leave in memory counts."""
SETTLE = 4.0
"""Seconds for a server to be done with what was asked last."""
WITHIN = 60_000
"""Milliseconds that a page may take."""
RETURN = 10_000
"""Milliseconds that an open page may take to find its server again, then to show what was added."""

# Some draw in shadow roots, and each in its own way: what a page shows is looked through every 8 milliseconds.
LOOK_OUT = r"""([text, within]) => {
  const shows = (root) => {
    if (root.textContent.includes(text)) {
      const all = [...root.querySelectorAll('*')].filter((one) => one.textContent.includes(text));
      const own = all.filter((one) => !all.some((inner) => inner !== one && one.contains(inner)));
      if (own.some((one) => one.checkVisibility())) return true;
    }
    return [...root.querySelectorAll('*')].some((one) => one.shadowRoot && shows(one.shadowRoot));
  };
  globalThis.seen = new Promise((resolve) => {
    const deadline = performance.now() + within;
    const look = () => {
      if (shows(document.body)) resolve(performance.timeOrigin + performance.now());
      else if (performance.now() > deadline) resolve(0);
      else setTimeout(look, 8);
    };
    look();
  });
}"""


@dataclass(frozen=True)
class App:
    """An app that is served: where, by which process, and where one writes there."""

    address: str
    pid: int
    field: str = "input[type=text]:visible, input:not([type]):visible"
    button: str = ""
    ready: str = ""
    people: Members | None = None
    """Those who have joined: ours alone knows its people."""

    def context(self, browser: Browser, number: int) -> BrowserContext:
        """A browser in which nothing is kept yet but, for ours, who one is."""
        context = browser.new_context()
        if self.people:
            member = self.people[number]
            names = {"impact-key": member["key"], "impact-person": member["person"]}
            path = f"/room/{member['session']}/"
            context.add_cookies(
                [{"name": one, "value": value, "domain": "127.0.0.1", "path": path} for one, value in names.items()]
            )
        return context

    def go(self, page: Page, number: int) -> None:
        role = self.people[number]["role"] if self.people else ""
        page.goto(self.address + role, wait_until="commit", timeout=WITHIN)

    def wait(self, page: Page) -> None:
        """Until one can write, or, where one's role does not write, until the page is ready."""
        page.wait_for_selector(self.ready or self.field, timeout=WITHIN)

    def writing(self, page: Page) -> Locator:
        found = page.locator(self.field).first
        found.wait_for(timeout=WITHIN)
        return found

    def press(self, page: Page, text: str) -> float:
        """Write a note and press; when, on the clock that pages share."""
        page.locator(self.field).first.fill(text, timeout=RETURN)
        page.wait_for_timeout(150)  # some send what is typed, a moment after
        button = page.locator(self.button) if self.button else page.get_by_role("button", name="add", exact=True)
        return float(button.first.evaluate(PRESS))


QUIET = ("--server.headless", "true", "--browser.gatherUsageStats", "false")
Served = Callable[[Path], AbstractContextManager[App]]

# The apps ------------------------------------------------------------------------------------------


@contextmanager
def ours(folder: Path, port: int = 0, people: Members | None = None) -> Iterator[App]:
    """A workshop of thirty people in the step where questions are asked: a new one, or that of people given."""
    with Server(folder / "ours", port=port or None) as server:
        wait_until_laid_out(server)
        people = people or workshop(server, people=THIRTY)
        form, address = 'form[data-form="question"]', f"{server.url}room/{people[0]['session']}/"
        yield App(address, server.pid, f"{form} textarea", f"{form} button.btn", READY, people)


@contextmanager
def theirs(name: str, folder: Path, port: int = 0) -> Iterator[App]:
    """An app of `peer_apps`, in a folder that becomes its own."""
    own, port = folder / name, port or free_port()
    if not own.exists():
        shutil.copytree(APPS, own)
    bin = PEERS / "bin"
    command, path = {
        "voila": (
            [sys.executable, "-m", "voila", "voila_notes.ipynb", "--no-browser", f"--port={port}", "--template=lab"],
            "",
        ),
        "panel": ([str(bin / "panel"), "serve", "panel_notes.py", "--port", str(port)], "panel_notes"),
        "streamlit": (
            [str(bin / "streamlit"), "run", "streamlit_notes.py", "--server.port", str(port), *QUIET],
            "",
        ),
        "marimo": ([str(bin / "marimo"), "run", "marimo_notes.py", "--headless", "--port", str(port)], ""),
        "solara": (
            [str(bin / "solara"), "run", "solara_notes.py", "--production", "--no-open", "--port", str(port)],
            "",
        ),
    }[name]
    address = f"http://127.0.0.1:{port}/"
    # What they keep in a person's folder is kept in this one, and Solara tells its makers nothing.
    more = {"HOME": str(own), "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false"}
    with served(command, own / "server.log", f"{address}favicon.ico", **more) as pid:
        yield App(address + path, pid)


NAMES = ("voila", "panel", "streamlit", "marimo", "solara")
WEIGHED = ("ours", "panel", "solara", "marimo", "voila")
"""All but Streamlit: three attempts to open thirty of its pages did not come to an end on two cores."""
ALL: dict[str, Served] = {"ours": ours, **{name: partial(theirs, name) for name in NAMES}}

# What is measured ----------------------------------------------------------------------------------


def peers(browser: Browser) -> list[Row]:
    """Visits, then gestures, each in turn, while all the servers run."""
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as name, ExitStack() as stack:
        apps = {one: stack.enter_context(serve(Path(name))) for one, serve in ALL.items()}
        seen = _gestures(browser, apps)
        visits = in_turn(apps, lambda app: visit(browser, app, WRITER))
    rows = []
    for one in ALL:
        colds, agains = zip(*visits[one], strict=True)
        rows += [
            row(f"peer_{one}_cold_s", "s", [cold.seconds for cold in colds]),
            row(f"peer_{one}_again_s", "s", agains),
            row(f"peer_{one}_requests", "requests", [cold.requests for cold in colds]),
            row(f"peer_{one}_bytes", "bytes", [cold.bytes for cold in colds]),
            row(f"peer_{one}_seen_ms", "ms", seen[one]),
        ]
    for one in NAMES:
        both = list(zip(visits["ours"], visits[one], strict=True))
        rows += [
            row(f"peer_{one}_cold_ratio", "ratio", [mine[0].seconds / other[0].seconds for mine, other in both]),
            row(f"peer_{one}_again_ratio", "ratio", [mine[1] / other[1] for mine, other in both]),
            row(f"peer_{one}_seen_ratio", "ratio", [statistics.median(seen["ours"]) / t for t in seen[one]]),
        ]
    return rows


def size(name: str, browser: Browser) -> list[Row]:
    """What the server of one app takes, empty and with 12 and 30 open pages."""
    sizes = memory(browser, ALL[name])
    return [
        row(f"peer_{name}_empty_mb", "MiB", [sizes[0]]),
        row(f"peer_{name}_mb_12", "MiB", [sizes[TWELVE]]),
        row(f"peer_{name}_mb_30", "MiB", [sizes[THIRTY]]),
    ]


def in_turn(apps: dict[str, App], measure: Callable[[App], Any]) -> dict[str, list[Any]]:
    """What is measured of each app, one after the other; each server was visited before."""
    taken: dict[str, list[Any]] = {one: [] for one in apps}
    for _ in range(VISITS):
        for one, app in apps.items():
            taken[one].append(measure(app))
    return taken


def visit(browser: Browser, app: App, number: int) -> tuple[Visit, float]:
    """A first visit with an empty cache, and the seconds of a second one."""
    context = app.context(browser, number)
    page = context.new_page()
    traffic = Wire(page)
    seconds = _opened(app, page, number)
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)
    cold = Visit(seconds, float(traffic.requests), float(traffic.bytes))
    page.close(run_before_unload=True)
    page = context.new_page()
    again = _opened(app, page, number)
    page.close(run_before_unload=True)
    context.close()
    return cold, again


def _opened(app: App, page: Page, number: int) -> float:
    began = time.monotonic()
    app.go(page, number)
    app.wait(page)
    app.writing(page)
    return time.monotonic() - began


class Wire:
    """The requests and bytes of a page, with answers that do not end and the frames of sockets."""

    def __init__(self, page: Page) -> None:
        self.requests, self._frames, self._answers = 0, 0, dict[str, int]()
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.requestWillBeSent", self._asked)
        devtools.on("Network.webSocketCreated", self._socket)
        devtools.on("Network.responseReceived", self._began)
        devtools.on("Network.dataReceived", self._more)
        devtools.on("Network.loadingFinished", self._whole)
        devtools.on("Network.webSocketFrameReceived", self._frame)
        devtools.send("Network.enable")

    @property
    def bytes(self) -> int:
        return self._frames + sum(self._answers.values())

    def _asked(self, event: dict[str, Any]) -> None:
        self.requests += event["request"]["url"].startswith("http")

    def _socket(self, event: dict[str, Any]) -> None:
        self.requests += 1

    def _began(self, event: dict[str, Any]) -> None:
        self._answers[event["requestId"]] = int(event["response"]["encodedDataLength"])

    def _more(self, event: dict[str, Any]) -> None:
        self._answers[event["requestId"]] = self._answers.get(event["requestId"], 0) + int(event["encodedDataLength"])

    def _whole(self, event: dict[str, Any]) -> None:
        self._answers[event["requestId"]] = int(event["encodedDataLength"])

    def _frame(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        # What is not text is told in base64.
        self._frames += (
            len(frame["payloadData"].encode()) if frame["opcode"] == 1 else len(frame["payloadData"]) * 3 // 4
        )


def _gestures(browser: Browser, apps: dict[str, App]) -> dict[str, list[float]]:
    with ExitStack() as leaving:
        pairs = {one: _two(browser, leaving, app) for one, app in apps.items()}
        taken: dict[str, list[float]] = {one: [] for one in apps}
        for turn in range(GESTURES + 1):
            for one, app in apps.items():
                # Spread over the second after which some look again: a turn ends as they do, and would begin alike.
                pairs[one][0].wait_for_timeout(1000 * (turn * GOLDEN % 1))
                taken[one].append(gesture(app, *pairs[one], f"remark number {turn}."))
    return {one: values[1:] for one, values in taken.items()}


def _two(browser: Browser, leaving: ExitStack, app: App) -> tuple[Page, Page]:
    pages = []
    for number in (WRITER, WRITER + 1):
        context = app.context(browser, number)
        leaving.callback(context.close)
        pages.append(context.new_page())
        _opened(app, pages[-1], number)
    return pages[0], pages[1]


def gesture(app: App, page: Page, other: Page, text: str) -> float:
    """Milliseconds from a press to the text visible in another's page."""
    other.evaluate(LOOK_OUT, [text, 15_000])
    pressed = app.press(page, text)
    seen = float(other.evaluate("() => globalThis.seen"))
    if not seen:
        raise RuntimeError(f"{app.address}: not seen by the other: {text}")
    return seen - pressed


def memory(browser: Browser, serve: Served) -> dict[int, float]:
    """MiB of a fresh server (0), and what open pages add to it, by their number."""
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as name, serve(Path(name)) as app, ExitStack() as leaving:
        time.sleep(SETTLE)
        sizes = {0: pss(family(app.pid))}
        numbers = iter(range(THIRTY))
        for crowd, more in ((TWELVE, TWELVE), (THIRTY, THIRTY - TWELVE)):
            for _ in range(0, more, AT_ONCE):
                pages = []
                for number in (next(numbers) for _ in range(AT_ONCE)):
                    context = app.context(browser, number)
                    leaving.callback(context.close)
                    pages.append(context.new_page())
                    app.go(pages[-1], number)
                for page in pages:
                    app.wait(page)
                    page.wait_for_timeout(100)
                    page.context.new_cdp_session(page).send("Page.setWebLifecycleState", {"state": "frozen"})
            time.sleep(SETTLE)
            sizes[crowd] = pss(family(app.pid)) - sizes[0]
    return sizes


# What is kept --------------------------------------------------------------------------------------


def restarts(browser: Browser) -> list[Row]:
    """What each app keeps when its server is killed without a word, and started again."""
    return [one for name in ALL for one in _restarted(browser, name)]


def _restarted(browser: Browser, name: str) -> list[Row]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as folder, ExitStack() as leaving:
        with _again(name, Path(folder), port, None) as app:
            page, other = _two(browser, leaving, app)
            gesture(app, page, other, "added before.")
            for pid in family(app.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(SETTLE)
        with suppress(Error):  # a page may take its field away while no server answers
            app.press(page, "added meanwhile.")
        with _again(name, Path(folder), port, app.people) as app:
            page.wait_for_timeout(RETURN)
            returns = False
            with suppress(Error):
                other.evaluate(LOOK_OUT, ["added after.", RETURN])
                app.press(page, "added after.")
                returns = bool(other.evaluate("() => globalThis.seen"))
            context = app.context(browser, WRITER + 2)
            leaving.callback(context.close)
            third = context.new_page()
            _opened(app, third, WRITER + 2)
            kept = [_shows(third, text) for text in ("added before.", "added meanwhile.")]
    return [
        row(f"peer_{name}_restart_kept", "kept", [float(kept[0])]),
        row(f"peer_{name}_returns", "kept", [float(returns)]),
        row(f"peer_{name}_down_kept", "kept", [float(kept[1])]),
    ]


def _again(name: str, folder: Path, port: int, people: Members | None) -> AbstractContextManager[App]:
    return ours(folder, port, people) if name == "ours" else theirs(name, folder, port)


def _shows(page: Page, text: str) -> bool:
    page.evaluate(LOOK_OUT, [text, RETURN // 2])
    return bool(page.evaluate("() => globalThis.seen"))
