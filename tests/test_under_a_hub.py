"""The command line and the addresses that a hub gives to the notebook server it starts."""

from __future__ import annotations

import os

import pytest

from impactlib.cli import main
from impactlib.server.hub import TOKEN, Address, HubError, address, browser_protocol, drop_keys, environment

SCRIPT = """
import os
os.execvp("jupyter-lab", ["--port=1", "--ServerApp.token=wrong"])
"""


def line(*last: str, token: str = "-a token=&'\"") -> list[str]:
    """The arguments that BinderHub's spawner gives to the image's entry point."""
    old = ["--NotebookApp.base_url=/user/ada/", f"--NotebookApp.token={token}", "--NotebookApp.trust_xheaders=True"]
    new = [option.replace("NotebookApp", "ServerApp") for option in old]
    return ["python3", "-c", SCRIPT, "--ip=0.0.0.0", "--port=8888", *old, *new, *last]


def test_the_address_and_the_token_are_read_from_a_notebook_servers_command_line() -> None:
    assert address(line()) == Address("0.0.0.0", 8888, "/user/ada/", "-a token=&'\"")


@pytest.mark.parametrize("path", ["/user/ada", "user/ada/", "/user/ada/"])
def test_the_base_url_has_both_its_slashes(path: str) -> None:
    assert address(line(f"--ServerApp.base_url={path}")).base_url == "/user/ada/"


def test_a_base_url_may_be_the_root() -> None:
    assert address(line("--ServerApp.base_url=/")).base_url == "/"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--port=8888"],
        line(token=""),
        line("--ServerApp.token="),
        ["--ServerApp.token=t"],
        ["--ServerApp.token=t", "--port=http"],
    ],
)
def test_without_a_token_or_a_port_nothing_is_served(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(HubError):
        address(arguments)
    assert main(["hub", "--", *arguments]) == 2
    assert "nothing is served" in capsys.readouterr().err


def test_the_hubs_own_keys_are_not_inherited() -> None:
    of_the_hub = {"JUPYTERHUB_API_TOKEN": "s", "JUPYTERHUB_SERVICE_URL": "u", "JPY_API_TOKEN": "s"}
    assert environment({"HOME": "/home/ada", **of_the_hub}, "t") == {"HOME": "/home/ada", TOKEN: "t"}


@pytest.mark.parametrize(
    ("said", "protocol"),
    [
        ({}, "http"),
        ({"X-Forwarded-Proto": "https"}, "https"),
        ({"X-Forwarded-Proto": "https, http"}, "https"),
        ({"X-Forwarded-Proto": "http,https"}, "http"),
        ({"X-Forwarded-Proto": "gopher"}, "http"),
    ],
)
def test_the_browsers_protocol_is_the_first_of_the_proxies_list(said: dict[str, str], protocol: str) -> None:
    assert browser_protocol(said, "http") == protocol


def test_a_service_takes_the_hubs_keys_out_of_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "JUPYTERHUB_SERVICE_PREFIX"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("IMPACT_DATA", "data")
    drop_keys()
    assert not [name for name in os.environ if name.startswith(("JUPYTERHUB_", "JPY_API_TOKEN"))]
    assert os.environ["IMPACT_DATA"] == "data"
