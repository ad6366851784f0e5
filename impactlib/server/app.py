"""The application: Voilà, standalone, with our pages in front.

Voilà runs the notebooks and keeps its own pages (`/voila/render/...`) for notebooks with other widgets, behind the
operator's key. Notebooks of panes run once, in kernels that none of Voilà's routes can reach.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import webbrowser
from pathlib import Path
from typing import Any

import tornado.ioloop
from jupyter_core.utils import run_sync
from jupyter_server.auth.identity import IdentityProvider, User
from traitlets.config import Config
from voila.app import Voila
from voila.paths import collect_template_paths
from voila.voila_kernel_manager import voila_kernel_manager_factory

from impactlib.domain.shelf import NAME as SHELF
from impactlib.domain.text import clean
from impactlib.paths import NOTEBOOKS, TEMPLATES
from impactlib.server import addresses, retention, voila_pages, watch
from impactlib.server.addresses import PORT
from impactlib.server.attempts import Attempts
from impactlib.server.bounded import BoundedServer
from impactlib.server.codes import Codes
from impactlib.server.exports import Exports
from impactlib.server.greeting import greeting
from impactlib.server.handler import OPERATOR
from impactlib.server.layouts import Layouts
from impactlib.server.log import bound_requests, keep_keys_out, write_json
from impactlib.server.notebook_runs import NotebookRuns
from impactlib.server.pace import Pace
from impactlib.server.pages.stream import pulses
from impactlib.server.practices import Practices
from impactlib.server.presence import Presence
from impactlib.server.replay_drawing import Replays
from impactlib.server.routes import rest, routes, settings as our_settings
from impactlib.server.sessions import Sessions
from impactlib.server.state import State
from impactlib.server.walls import Walls
from impactlib.storage import keys
from impactlib.storage.coaching import coached
from impactlib.storage.library import library
from impactlib.storage.programme import ProgrammeStore
from impactlib.storage.stores import Data
from impactlib.storage.workshops import workshops

ANOTHER = (
    "another server runs on this data folder, at %s: both serve its workshops, and each shows what is written on the "
    "other. If that was not meant, stop this one, or give it another folder with --data (now %s)."
)


class Operator(IdentityProvider):
    """Voilà's own pages are for whoever holds the operator's key."""

    def get_user(self, handler: Any) -> User | None:
        state: State = handler.settings["impact"]
        known = keys.same(handler.get_cookie(OPERATOR, ""), state.operator_key())
        return User("operator") if known else None

    @property
    def auth_enabled(self) -> bool:
        return True

    def get_handlers(self) -> list[tuple[str, object]]:
        return []  # the home page is the only way in


class Kit(Voila):
    """Voilà with the kit's pages. Make it with ``serve``."""

    def __init__(
        self,
        data: Data,
        lang: str,
        token: str = "",
        contact: str = "",
        shelf: Path | None = None,
        json_log: bool = False,
        **named: Any,
    ) -> None:
        super().__init__(**named)
        self._data, self._lang, self._given_token = data, lang, token
        self._contact, self._shelf, self._json_log = contact, shelf, json_log

    def init_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = super().init_settings()
        make = voila_kernel_manager_factory(self.voila_configuration.multi_kernel_manager_class, False, 0)
        self.layout_kernels = make(
            parent=self,
            connection_dir=self.connection_dir,
            kernel_spec_manager=self.kernel_spec_manager,
            root_dir=self.root_dir,
        )
        voila_pages.dress(settings["voila_jinja2_env"], self.kernel_manager, self.base_url, self._lang)
        self.room_template_paths = collect_template_paths(["voila", "nbconvert"], "room", prune=True)
        self.state = self._made_state()
        return {
            **settings,
            **our_settings(self.state),
            "headers": voila_pages.HEADERS,
            "login_url": self.base_url,
        }

    def _made_state(self) -> State:
        sessions = Sessions(self._data)
        token = self._given_token
        return State(
            base_url=str(self.base_url),
            lang=self._lang,
            log=self.log,
            # The data folder's key, or the token that a hub gave us.
            operator_key=(lambda: token) if token else sessions.operator_key,
            sessions=sessions,
            layouts=Layouts(NotebookRuns(self), Path(self.root_dir)),
            presence=Presence(sessions),
            exports=Exports(self._data),
            replays=Replays(),
            codes=Codes(self._data),
            practices=Practices(sessions),
            pace=Pace(),
            attempts=Attempts(),
            workshops=workshops(self._data),
            programme=ProgrammeStore(self._data),
            library=library(self._data),
            coached=coached(self._data),
            network=self._network,
            contact=clean(self._contact),
            hub=bool(token),
            shelf=self._shelf or (self._data / SHELF if isinstance(self._data, Path) else None),
        )

    def _network(self) -> str:
        """The address of this server on its computer's network; "" behind a hub, or where it does not listen there."""
        return "" if self._given_token else addresses.on_the_network(self.ip, self.port, self.base_url, own_ip())

    def init_handlers(self) -> list[Any]:
        # Voilà's tree and contents would list our notebooks to anybody with the key; nobody needs them.
        closed = (f"{self.base_url}voila/tree", f"{self.base_url}voila/api/contents")
        theirs = [h for h in super().init_handlers() if h[0] != self.base_url and not h[0].startswith(closed)]
        return [*routes(self.base_url), *theirs, *rest(self.base_url)]

    def listen(self) -> None:
        # Behind a hub's proxy the scheme and the address are in headers; tornado then believes them.
        self.app.add_transform(Walls)
        BoundedServer(self.app, xheaders=True).listen(self.port, self.ip)
        address = addresses.on_this_computer(self.ip, self.port, self.base_url)
        ours = contextlib.nullcontext("") if self._given_token else self.state.sessions.store.announced(address)
        if not self._given_token:
            opening = f"{address}?key={self.state.operator_key()}"
            if self._json_log:
                # The greeting has the operator's key, and what a service prints is kept with its log.
                logging.getLogger("impact").warning(
                    "served at %s; `impact operator` prints the operator's address", address
                )
            else:
                print(greeting(opening, self._network(), self._data, self._lang), flush=True)
            if self.open_browser:
                webbrowser.open(opening)
        self.ioloop = tornado.ioloop.IOLoop.current()
        # Not KeyboardInterrupt: it would be raised in whatever runs then, and a drawing takes it for its own failure.
        for number in (signal.SIGINT, signal.SIGTERM):
            self.ioloop.asyncio_loop.add_signal_handler(number, self.ioloop.stop)  # type: ignore[attr-defined]
        self.ioloop.add_callback(self._begin)
        try:
            with ours as other:
                if other:
                    self.log.error(ANOTHER, other, self._data)
                self.ioloop.start()
        finally:
            self.stop()

    def _begin(self) -> None:
        """Start the tasks that run as long as the server."""
        pulses.start()
        watch.follow(self.state.sessions)
        self.state.background(watch.tick(self.state.sessions))
        self.state.background(retention.daily(self.state.sessions, self.state.programme))
        self.state.background(self.state.layouts.warm(self._lang, "home", "workshop", "prepare", "script"))

    def stop(self) -> None:
        run_sync(self.layout_kernels.shutdown_all)(now=True)
        super().stop()


def own_ip() -> str:
    """The address of this computer on its network, "" without one. Nothing is sent: the system is asked for a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def serve(
    data: Data,
    *,
    port: int = PORT,
    host: str = "127.0.0.1",
    base_url: str = "/",
    lang: str = "fr",
    contact: str = "",
    browser: bool = True,
    token: str = "",
    notebooks: Path = NOTEBOOKS,
    shelf: Path | None = None,
    json_log: bool = False,
) -> None:
    """Serve until stopped. `token`, when a hub gives one, is the operator's key; `contact` says who answers for
    personal data, on the page about them; `shelf` is a file of what to read."""
    # Voilà finds templates only under a Jupyter path, wherever we are installed.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(TEMPLATES), os.environ.get("JUPYTER_PATH")]))
    keep_keys_out()
    bound_requests()
    if isinstance(data, Path):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = data.resolve()
    config = Config()
    config.Voila.update(
        root_dir=str(notebooks), port=port, ip=host, open_browser=browser, config_file_paths=[], log_level="ERROR"
    )
    config.Voila.base_url = f"/{base_url.strip('/')}/".replace("//", "/")
    config.Voila.identity_provider_class = Operator
    voila_pages.configure(config, lang)
    config.KernelManager.transport = "ipc"  # a socket file of ours alone, not a port that others may listen to
    config.KernelManager.autorestart = False  # a restarted kernel is empty
    config.MappingKernelManager.update(cull_idle_timeout=0)
    app = Kit(data, lang, token, contact, shelf, json_log, config=config)
    app.initialize([])
    if json_log:
        write_json()
    app.start()
