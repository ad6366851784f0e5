"""Helpers that browser tests share with the bench: a browser found, a server of one's own, people who join.

Synchronous Playwright::

    with Server(tmp_path) as server, sync_playwright() as playwright:
        browser = launch(playwright)
        links = server.new("Colis Solidaire")
        page = join(browser.new_context(), links["client"], "Marc")
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from impactlib.domain.agenda_files import DEFAULT
from impactlib.storage import keys
from impactlib.storage.session_store import create_session
from impactlib.storage.store import Store
from impactlib.storage.stores import Data, store_of

BROWSERS = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
BROWSER_ARGS = (
    # Without a sandbox it also runs as root; the others keep it from looking for hosts of its own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The first two draw what the address bar suggests, in a process of its own for each context: nobody sees it here.
    # The others are those that Playwright switches off, of which this list takes the place.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
)
START_WITHIN = 60.0
"""Seconds that a server may take to answer; some two on an idle machine."""
STOP_WITHIN = 5.0
READY = "body[data-ready]"
"""Matches a page of ours once its script runs."""


def find_browser() -> str:
    """The Chromium to drive: $IMPACT_BROWSER, or the first found on the PATH.

    Raises
    ------
    RuntimeError
        Saying what to install.
    """
    named = os.environ.get("IMPACT_BROWSER")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise RuntimeError(
            f"{named or ', '.join(BROWSERS)}: not found. Install Chromium (`apt-get install chromium`), "
            "or give the path of one in $IMPACT_BROWSER."
        )
    return found


def launch(playwright: Playwright, *, headless: bool = True) -> Browser:
    """A Chromium that asks no host of its own."""
    return playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGS), headless=headless)


def join(context: BrowserContext, link: str, name: str, *, until: str = READY) -> Page:
    """Come in by a role's link, as a person would, and wait for the workshop's page."""
    page = context.new_page()
    page.goto(link)
    page.fill("#name", name)
    page.click("form[data-join] button")
    page.wait_for_selector(until)
    return page


def free_port() -> int:
    """A port of this host that nobody listened to a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def until(ready: Callable[[], object], within: float = START_WITHIN) -> None:
    """Wait until something is so, and fail if it is not after that many seconds."""
    deadline = time.monotonic() + within
    while not ready():
        assert time.monotonic() < deadline, f"not so after {within} seconds"
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether a server answers there, if only with an error."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True


class Server:
    """``impact serve`` in a process of its own, on a free port; the data folder outlives it.

    Parameters
    ----------
    data
        Its folder: kept over `kill9` and `restart`, never removed here.
    options
        More of ``impact serve``'s own, such as ``"--lang", "en"``.
    store
        Where its workshops are, if not in its folder.
    """

    def __init__(
        self, data: Path, *options: str, base_url: str = "/", port: int | None = None, store: Store | None = None
    ) -> None:
        self.data, self.port, self.base_url = data, port or free_port(), base_url
        self.store: Data = store or data
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.log = data / "server.log"
        """The server's output; errors of a start that fails are quoted from it."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it is, with a closing slash."""
        path = self.base_url.strip("/")
        return f"http://127.0.0.1:{self.port}/{path}/" if path else f"http://127.0.0.1:{self.port}/"

    def connection(self) -> http.client.HTTPConnection:
        """A connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port)

    @property
    def operator_url(self) -> str:
        """The address that opens workshops."""
        return f"{self.url}?key={keys.operator_key(self.store)}"

    @property
    def pid(self) -> int:
        assert self._process, "the server is not running"
        return self._process.pid

    def new(self, team: str, *, agenda: str = DEFAULT, lang: str = "fr", speed: float = 1.0) -> dict[str, str]:
        """Open a workshop, as ``impact new`` does beside a running server: its links by role."""
        store = create_session(self.store, team, agenda=agenda, lang=lang, speed=speed)
        try:
            return keys.links(self.store, store.journal, self.url)
        finally:
            store.journal.close()

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with what it printed."""
        self.data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "impactlib.cli", "serve", "--no-browser"]
        where, found = store_of(self.store).child()
        command += [*where, "--port", str(self.port), "--base-url", self.base_url, *self._options]
        with self.log.open("ab") as log:
            # A session of its own: a Ctrl-C meant for the tests must not stop it behind their back.
            environment = {**os.environ, **found}
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, env=environment)
        self._wait_until_up()

    def stop(self) -> None:
        """End it and its kernels, as Ctrl-C does; whatever does not end is killed."""
        if self._process is None:
            return
        running = self.processes()
        self._process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_WITHIN)
        self._reap(running)

    def kill9(self) -> None:
        """Take it away without a word, its kernels too, as a crashed machine would."""
        self._reap(self.processes())

    def restart(self) -> None:
        """Start again after `kill9`, on the same data and port."""
        self.start()

    def kernels(self) -> list[int]:
        """The process ids of its kernels."""
        return self.processes()[1:]

    def settle(self) -> Self:
        """Wait until the notebooks that run once have run: no kernel is then left of them."""
        deadline = time.monotonic() + START_WITHIN
        quiet = 0
        while quiet < 10 and time.monotonic() < deadline:
            quiet = 0 if self.kernels() else quiet + 1
            time.sleep(0.1)
        return self

    def processes(self) -> list[int]:
        """The process ids of the server, first, and of everything that it started."""
        if self._process is None:
            return []
        return family(self._process.pid)

    def _wait_until_up(self) -> None:
        assert self._process
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"{self.url}api", timeout=5).close()
                return
            time.sleep(0.05)
        self.stop()
        printed = self.log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"the server did not answer at {self.url}api; it printed:\n{printed}")

    def _reap(self, running: list[int]) -> None:
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._process:
            self._process.wait()
        self._process = None


def family(pid: int) -> list[int]:
    """The process ids of a process, first, and of everything that it started."""
    parents = _parents()
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _parents() -> dict[int, int]:
    """Every process's parent, from /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        # A process may end between the listing and the reading.
        with contextlib.suppress(OSError, ValueError):
            # The command's name, in brackets, may hold anything: the parent follows the last bracket.
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return parents
