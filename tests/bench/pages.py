"""The kit's pages in a real Chromium, beside stock Voilà and Panel.

``join_s``
    A light page opened by somebody who has joined: from navigation to ``body[data-ready]``. Each
    visit has a browser context of its own, hence an empty cache.
``join_requests``, ``join_bytes``
    What that visit asks for, and what the answers weigh on the wire, headers included.
``plain_voila_join_s``
    The same for a plain Voilà page, default template, with ten sliders: to the last slider shown.
``join_ratio``
    What a visit takes beside one of stock Voilà, in turn.
``panel_join_s``, ``panel_join_ratio``
    The same for a page of Panel with ten sliders, in the same turns; Panel is installed apart, in ``.venv/peers``.
``bare_join_s``, ``bare_join_ratio``
    The same for a page of ten words without style or script, in the same turns, beside stock Voilà: what the browser
    itself takes, below which no page can come.
``propagation_ms``
    From a press on a send button to the text visible in another role's browser, 12 people connected.
``reveal_ms``
    From the facilitator's press that shows a round to its ranking visible in another's browser, 12 people
    connected; n is the number of rounds.
``chart_drag_ms``
    The time between two frames while a point of a chart of 40 metrics is dragged; n is the number of frames.
``mb_per_visitor``
    What each visitor adds to the server and its kernels between 12 and 30 visitors: the slope of their
    proportional set size (PSS), in MiB; n is the number of visitors measured.
``big_page_s``, ``big_page_bytes``
    The page of a session of 10,000 notes, visited like the one of `join_s`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.paths import ASSETS
from impactlib.storage.session_store import open_store
from tests.bench.long import CAST
from tests.bench.rooms import wait_until_laid_out, workshop
from tests.bench.rows import Row, pss, row
from tests.harness import READY, START_WITHIN, STOP_WITHIN, Server, family, free_port, join

VISITS = 20
PLAIN_VISITS = 7
"""Fewer: each starts a kernel and loads Voilà's front end, some seconds."""
CONNECTED, CROWD = 12, 30
GESTURES = 40
ROUNDS = 12
PEERS = Path(sys.prefix) / "peers"
DRAGGED = 40
"""Metrics of the chart in which one is dragged."""
BIG, OPENINGS = 10_000, 7
SLIDERS = 10
SETTLE = 3.0
"""Seconds for a server to be done with what a visit started, before its memory is read."""

# Timed by the pages themselves, on the one clock that they share: what drives the browser takes time too.
PRESS = "(button) => { const at = performance.timeOrigin + performance.now(); button.click(); return at; }"
LOOK_OUT = r"""([where, text]) => {
  globalThis.seen = new Promise((resolve, reject) => {
    const observer = new MutationObserver(() => {
      const notes = [...document.querySelectorAll(`main ${where}`)];
      const says = (note) => note.textContent.replace(/\s+/g, ' ').includes(text);
      const shown = notes.some((note) => says(note) && note.checkVisibility());
      if (!shown) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    });
    observer.observe(document.querySelector('main'), { childList: true, subtree: true });
    setTimeout(() => reject(new Error(`not seen: ${text}`)), 15000);
  });
}"""

# A chart alone in the page, with its points spread over it, and the times of frames while one is dragged.
MATRIX = """async (count) => {
  await import('/sources/plot.js');
  const plot = document.createElement('impact-plot');
  plot.move = () => {};
  document.body.replaceChildren(plot);
  const points = Array.from({ length: count }, (_, i) => ({
    id: `metric-${i}`, name: `Délai médian avant la remise du colis numéro ${i}`,
    value: 1 + i % 5, ease: 1 + (i * 3) % 5,
  }));
  plot.draw(points);
}"""
FRAMES = """() => {
  globalThis.frameTimes = [];
  const note = (at) => { frameTimes.push(at); requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""

# A light page -------------------------------------------------------------------------------------


def joins(browser: Browser) -> list[Row]:
    """Visits by people who have joined, each in a context with their cookies and an empty cache."""
    with opened() as server:
        page = Visited(browser, server.new("Colis Solidaire")["consultant"])
        visits = [page.visit() for _ in range(VISITS)]
    return [
        row("join_s", "s", [one.seconds for one in visits]),
        row("join_requests", "requests", [one.requests for one in visits]),
        row("join_bytes", "bytes", [one.bytes for one in visits]),
    ]


@contextmanager
def opened() -> Iterator[Server]:
    """A server in a folder of its own, its notebooks laid out."""
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as folder, Server(Path(folder)) as server:
        wait_until_laid_out(server)
        yield server


@dataclass(frozen=True)
class Visit:
    """The seconds until a page was ready; its requests, and their bytes."""

    seconds: float
    requests: float
    bytes: float


class Visited:
    """A page that somebody who has joined by a link visits, each time with an empty cache."""

    def __init__(self, browser: Browser, link: str) -> None:
        self._browser = browser
        first = browser.new_context()
        self.address = join(first, link, "Ada").url
        self._known = first.storage_state()
        first.close()

    def visit(self) -> Visit:
        with visitor(self._browser, self._known) as page:
            traffic = Traffic(page)
            began = time.monotonic()
            page.goto(self.address, wait_until="commit")
            page.wait_for_selector(READY)
            seconds = time.monotonic() - began
            # The fonts come a moment after.
            page.wait_for_load_state("load")
            page.wait_for_timeout(200)
            return Visit(seconds, float(traffic.requests), float(traffic.bytes))


def big_page(browser: Browser) -> list[Row]:
    """The consultants' page of a session of many notes."""
    with opened() as server:
        [member] = [one for one in workshop(server, notes=BIG) if one["role"] == "consultant"][:1]
        link = f"{server.url}room/{member['session']}/consultant?key={member['key']}"
        page = Visited(browser, link)
        visits = [page.visit() for _ in range(OPENINGS)]
    return [
        row("big_page_s", "s", [one.seconds for one in visits]),
        row("big_page_bytes", "bytes", [one.bytes for one in visits]),
    ]


@contextmanager
def visitor(browser: Browser, known: Any) -> Iterator[Page]:
    context = browser.new_context(storage_state=known)
    try:
        yield context.new_page()
    finally:
        context.close()


class Traffic:
    """The requests and the bytes of a page, counted by the browser itself, on the wire."""

    def __init__(self, page: Page) -> None:
        self.requests = self.bytes = 0
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.requestWillBeSent", self._asked)
        devtools.on("Network.loadingFinished", self._received)
        devtools.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        self.requests += not event["request"]["url"].startswith("data:")

    def _received(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


# Plain pages of others ---------------------------------------------------------------------------


def plain_joins(browser: Browser) -> list[Row]:
    """Visits of our page and of the others' pages of sliders, in turn; the first of each, cold, is not counted."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="impact-bench-")))
        server = stack.enter_context(opened())
        page = Visited(browser, server.new("Colis Solidaire")["consultant"])
        voila, panel, bare = (stack.enter_context(peer(folder)) for peer in (plain_voila, plain_panel, bare_words))
        turns = [
            (
                page.visit().seconds,
                _plain_visit(browser, voila, ".widget-slider"),
                _plain_visit(browser, panel, ".noUi-target"),
                _plain_visit(browser, bare, "b"),
            )
            for _ in range(PLAIN_VISITS + 1)
        ][1:]
    return [
        row("plain_voila_join_s", "s", [voila for _, voila, _, _ in turns]),
        row("join_ratio", "ratio", [ours / voila for ours, voila, _, _ in turns]),
        row("panel_join_s", "s", [panel for _, _, panel, _ in turns]),
        row("panel_join_ratio", "ratio", [ours / panel for ours, _, panel, _ in turns]),
        row("bare_join_s", "s", [bare for _, _, _, bare in turns]),
        row("bare_join_ratio", "ratio", [bare / voila for _, voila, _, bare in turns]),
    ]


def _plain_visit(browser: Browser, address: str, slider: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    began = time.monotonic()
    page.goto(address, wait_until="commit", timeout=60_000)
    page.locator(slider).nth(SLIDERS - 1).wait_for(timeout=60_000)
    taken = time.monotonic() - began
    # Leaving as people do: the page then tells Voilà to end its kernel.
    page.close(run_before_unload=True)
    context.close()
    return taken


@contextmanager
def plain_voila(folder: Path) -> Iterator[str]:
    """Stock Voilà on a notebook of sliders, without anything of ours; gives its address."""
    notebook = folder / "sliders.ipynb"
    notebook.write_text(json.dumps(_notebook()))
    port = free_port()
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}", "--template=lab"]
    with served(command, folder / "voila.log", f"http://127.0.0.1:{port}/static/favicon.ico"):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def plain_panel(folder: Path) -> Iterator[str]:
    """Panel on as many sliders; gives its address."""
    app = folder / "sliders.py"
    app.write_text(
        "import panel as pn\n"
        f"pn.Column(*[pn.widgets.IntSlider(name=f'slider {{i}}') for i in range({SLIDERS})]).servable()\n"
    )
    port = free_port()
    command = [str(PEERS / "bin" / "panel"), "serve", str(app), "--port", str(port)]
    with served(command, folder / "panel.log", f"http://127.0.0.1:{port}/favicon.ico"):
        yield f"http://127.0.0.1:{port}/sliders"


@contextmanager
def bare_words(folder: Path) -> Iterator[str]:
    """A page of as many words as there are sliders, from Python's own server of files; gives its address."""
    page, port = folder / "bare.html", free_port()
    page.write_text("<!doctype html><title>bare</title>" + "<b>word</b>" * SLIDERS)
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    with served(command, folder / "bare.log", f"http://127.0.0.1:{port}/bare.html"):
        yield f"http://127.0.0.1:{port}/bare.html"


@contextmanager
def served(command: list[str], log: Path, address: str, **environ: str) -> Iterator[int]:
    """A server until the end of the block, once it answers at an address; gives its process id."""
    environment = {key: value for key, value in os.environ.items() if key != "JUPYTER_PATH"} | environ
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env=environment, cwd=log.parent, start_new_session=True
        )
    try:
        _wait_for(address, process)
        yield process.pid
    finally:
        started = family(process.pid)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN)
        for pid in started:  # its kernels, if it left some
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def _notebook() -> dict[str, Any]:
    source = (
        "import ipywidgets as widgets\n"
        f"widgets.VBox([widgets.IntSlider(description=f'slider {{i}}') for i in range({SLIDERS})])"
    )
    cell = {"cell_type": "code", "id": "sliders", "metadata": {}, "source": source, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": [{**cell, "execution_count": None}],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return  # it answers, and that is all we ask
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answered at {address}")


# Many people --------------------------------------------------------------------------------------


def crowd(browser: Browser) -> list[Row]:
    """Propagation among 12 people, then memory as 18 more come in."""
    with opened() as server, ExitStack() as leaving:
        links = server.new("Colis Solidaire")
        pages = [come_in(browser, leaving, links, CAST[i], i) for i in range(CONNECTED)]
        pages[0].locator('.cta button[data-do="start"], button[data-do="start"]').first.click()
        for page in pages:  # the team comes from Prepare by itself
            page.wait_for_selector('[data-section="tour"].on')
        delays = [propagation(pages, turn) for turn in range(GESTURES)]
        shown = reveals(pages, server, links)
        sizes = {CONNECTED: settled_size(server)}
        for number in range(CONNECTED, CROWD):
            come_in(browser, leaving, links, "observer", number)
            sizes[number + 1] = size(server)
        sizes[CROWD] = settled_size(server)
    return [row("propagation_ms", "ms", delays), row("reveal_ms", "ms", shown), _per_visitor(sizes)]


def come_in(browser: Browser, leaving: ExitStack, links: dict[str, str], role: str, number: int) -> Page:
    context: BrowserContext = browser.new_context()
    leaving.callback(context.close)
    return join(context, links[role], f"{role} {number}")


def propagation(pages: list[Page], turn: int) -> float:
    """Milliseconds from a client's or a consultant's press to the text in the browser of another role."""
    writer = 1 + turn % 5
    reader = next(i for i in range(turn + writer + 1, turn + writer + 13) if CAST[i % CONNECTED] != CAST[writer])
    page, other = pages[writer], pages[reader % CONNECTED]
    text = f"attente numéro {turn}, dite par {writer}"
    form = page.locator('form[data-form="expectation"]')
    form.locator("textarea").fill(text)
    other.evaluate(LOOK_OUT, [".words", text])
    pressed: float = form.locator("button.btn").evaluate(PRESS)
    seen: float = other.evaluate("() => globalThis.seen")
    return seen - pressed


def reveals(pages: list[Page], server: Server, links: dict[str, str]) -> list[float]:
    """Milliseconds, for each round, from the facilitator's press to the new ranking in the browser of another."""
    store = open_store(server.data, links["observer"].split("/room/")[1].split("/")[0])
    present = store.session.people.values()
    voters = [Asking(one.id, one.role) for one in present if one.role in (Role.CLIENT, Role.CONSULTANT)]
    [asking] = [Asking(one.id, one.role) for one in present if one.role == Role.FACILITATOR]
    metrics = [f"metric-{number}" for number in range(5)]
    for metric in metrics:
        store.ask(asking, {"id": metric, "do": "write", "kind": "metric", "text": f"Délai {metric}"})
    store.ask(asking, {"id": "to-the-scores", "do": "start", "step": "recommendations"})
    delays = []
    for turn in range(ROUNDS):
        round, value, ease = f"round-{turn:03}", 1 + turn % 5, 5 - turn % 4
        store.ask(asking, {"id": round, "do": "open_round", "metrics": " ".join(metrics)})
        for (number, voter), metric in product(enumerate(voters), metrics):
            score = {"do": "score", "round": round, "metric": metric, "value": value, "ease": ease}
            store.ask(voter, {"id": f"{round}-{number}-{metric}", **score})
        other = pages[1 + turn % (CONNECTED - 1)]
        for page in (pages[0], other):  # what is still to be redrawn would take the button away under the press
            page.get_by_text(f"{len(voters)} sur {len(voters)} ont fini").wait_for()
        other.evaluate(LOOK_OUT, [".places", f"valeur {value}, facilité {ease}"])
        pressed: float = pages[0].locator(f'[data-do="show_round"][data-round="{round}"]').first.evaluate(PRESS)
        seen: float = other.evaluate("() => globalThis.seen")
        delays.append(seen - pressed)
    store.journal.close()
    return delays


def drags(browser: Browser) -> list[Row]:
    """A point of a large chart dragged all over it: how long its frames take."""
    with opened() as server:
        return [row("chart_drag_ms", "ms", _drag(browser, server.new("Colis Solidaire")["consultant"]))]


def _drag(browser: Browser, link: str) -> list[float]:
    page = join(browser.new_context(), link, "Ada")
    page.route("**/sources/*.js", lambda route: route.fulfill(path=ASSETS / route.request.url.rpartition("/")[2]))
    page.evaluate(MATRIX, DRAGGED)
    box = page.locator("svg.placing").bounding_box()
    held = page.get_by_role("slider").last.locator("circle").last.bounding_box()
    assert box and held
    page.mouse.move(held["x"] + held["width"] / 2, held["y"] + held["height"] / 2)
    page.mouse.down()
    page.evaluate(FRAMES)
    for across, down in ((0.2, 0.2), (0.8, 0.3), (0.3, 0.7), (0.8, 0.8)):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=40)
    times: list[float] = page.evaluate("frameTimes")
    page.mouse.up()
    page.context.close()
    return [after - before for before, after in pairwise(times)]


def size(server: Server) -> float:
    """MiB of proportional set size of the server and its kernels."""
    return pss(server.processes())


def settled_size(server: Server) -> float:
    time.sleep(SETTLE)
    return size(server)


def _per_visitor(sizes: dict[int, float]) -> Row:
    """The slope from 12 to 30 visitors; p95 is that of what single visitors added."""
    slope = (sizes[CROWD] - sizes[CONNECTED]) / (CROWD - CONNECTED)
    added = [sizes[n + 1] - sizes[n] for n in range(CONNECTED, CROWD)]
    return {**row("mb_per_visitor", "MiB", added, CROWD - CONNECTED), "median": round(slope, 3)}
