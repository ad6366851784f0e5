"""JupyterHub as Binder has it, on loopback: it spawns what BinderHub's spawner would, with processes for pods."""

import os
import sys
from pathlib import Path

from jupyterhub.auth import DummyAuthenticator
from jupyterhub.spawner import SimpleLocalProcessSpawner

SCRIPT = """
import os, sys
# Binder's own script picks the notebook server that the image holds.
os.execvp("jupyter-lab", ["jupyter-lab", *sys.argv[1:]])
"""


class BinderSpawner(SimpleLocalProcessSpawner):
    """A notebook server without the hub's authentication: a token, among the user's options, opens it."""

    def get_args(self) -> list[str]:
        old = [
            f"--NotebookApp.base_url={self.server.base_url}",
            f"--NotebookApp.token={self.user_options['token']}",
            "--NotebookApp.trust_xheaders=True",
        ]
        new = [option.replace("--NotebookApp.", "--ServerApp.") for option in old]
        return [f"--ip={self.ip}", f"--port={self.port}", *old, *new]


here = Path(os.environ["TEST_HUB_FOLDER"])
public, hub, api, service = (f"http://127.0.0.1:{port}" for port in os.environ["TEST_HUB_PORTS"].split())
start = Path(__file__).parents[2] / "binder" / "start"

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # JupyterHub gives it
c.JupyterHub.bind_url = public
c.JupyterHub.hub_bind_url = hub
c.JupyterHub.db_url = f"sqlite:///{here / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(here / "cookie_secret")
c.JupyterHub.authenticator_class = DummyAuthenticator
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = BinderSpawner
c.ConfigurableHTTPProxy.command = [os.environ["TEST_HUB_PROXY"]]
c.ConfigurableHTTPProxy.api_url = api
c.ConfigurableHTTPProxy.pid_file = str(here / "proxy.pid")
c.Spawner.cmd = [str(start), "python3", "-c", SCRIPT]
c.Spawner.environment = {"IMPACT_DATA": str(here / "data")}
c.SimpleLocalProcessSpawner.home_dir_template = str(here / "{username}")
serve = [sys.executable, "-m", "impactlib.cli", "serve", "--no-browser", "--port", service.rpartition(":")[2]]
serve += ["--base-url", "/services/impact/", "--data", str(here / "service"), "--log", "json"]
c.JupyterHub.services = [
    {"name": "binder", "api_token": os.environ["TEST_HUB_TOKEN"]},
    {"name": "impact", "url": service, "command": serve},
]
c.JupyterHub.load_roles = [{"name": "binder", "services": ["binder"], "scopes": ["admin:users", "admin:servers"]}]
