"""Who reaches an address, what a server says of its own, and how another process finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from impactlib.domain.agenda import LANGUAGES
from impactlib.server.addresses import Reach, on_the_network, on_this_computer, reach
from impactlib.server.greeting import greeting
from impactlib.storage import running
from tests.conftest import agree

HOSTS = {
    Reach.COMPUTER: (
        *("127.0.0.1", "127.0.0.1:8866", "127.1.2.3", "localhost", "localhost:8866", "LOCALHOST", "atelier.localhost"),
        *("[::1]:8866", "0.0.0.0:8866", "[::]", "[::ffff:127.0.0.1]", "localhost.localdomain"),
    ),
    Reach.NETWORK: (
        *(
            "192.168.1.20",
            "192.168.1.20:8866",
            "10.0.0.4",
            "172.16.0.1",
            "172.31.255.254",
            "169.254.10.1",
            "100.64.0.9",
        ),
        *("[fd00::2]:8866", "[fe80::1%25eth0]", "[::ffff:10.0.0.4]"),
        *(
            "atelier",
            "poste-claire:8866",
            "poste.local",
            "atelier.lan",
            "nas.home.arpa",
            "outils.intranet",
            "x.internal.",
        ),
    ),
    Reach.ANYWHERE: (
        *(
            "atelier.example.org",
            "atelier.example.org:8443",
            "hub.mybinder.org",
            "localhost.example.org",
            "lan.example.org",
        ),
        *("8.8.8.8", "172.15.0.1", "172.32.0.1", "11.0.0.1", "[2001:4860:4860::8888]:8866"),
    ),
}


def test_who_reaches_an_address() -> None:
    def agrees(said: Reach, host: str) -> None:
        for address in (f"http://{host}/", f"https://{host}/user/ada/"):
            assert reach(address) == said

    agree([(said, host) for said, hosts in HOSTS.items() for host in hosts], agrees)


def test_an_address_is_proposed_only_where_the_server_listens_on_the_network() -> None:
    def agrees(host: str, ip: str, proposed: str) -> None:
        assert on_the_network(host, 8974, "/base/", ip) == proposed

    rows = [
        ("0.0.0.0", "192.168.1.20", "http://192.168.1.20:8974/base/"),
        ("::", "192.168.1.20", "http://192.168.1.20:8974/base/"),
        ("", "192.168.1.20", "http://192.168.1.20:8974/base/"),
        ("0.0.0.0", "fd00::2", "http://[fd00::2]:8974/base/"),
        ("0.0.0.0", "", ""),
        ("0.0.0.0", "127.0.0.1", ""),
        ("127.0.0.1", "192.168.1.20", ""),
        # The page itself is then at that address.
        ("192.168.1.20", "192.168.1.20", ""),
    ]
    agree(rows, agrees)
    assert on_this_computer("192.168.1.20", 8974, "/") == "http://192.168.1.20:8974/"
    assert on_this_computer("::", 8974, "/") == "http://127.0.0.1:8974/"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_server_says_whose_its_address_is_who_reaches_it_and_how_to_stop(lang: str) -> None:
    others = {
        ("http://127.0.0.1:8974/?key=k", ""): {
            "fr": "ne répond que sur cet ordinateur",
            "en": "answers on this computer only",
        },
        ("http://127.0.0.1:8974/?key=k", "http://192.168.1.20:8974/"): {
            "fr": "les autres l’atteignent à http://192.168.1.20:8974/",
            "en": "Others on the same network reach it at http://192.168.1.20:8974/",
        },
        ("http://192.168.1.20:8974/?key=k", ""): {
            "fr": "personnes du même réseau",
            "en": "people on the same network",
        },
        ("https://atelier.example.org/?key=k", ""): {"fr": "Elle répond à qui peut", "en": "It answers to anybody"},
    }
    for (operator, network), said in others.items():
        lines = greeting(operator, network, Path("/srv/data"), lang)
        shut = reach(operator) == Reach.COMPUTER and not network
        assert said[lang] in lines and ("HOST=0.0.0.0" in lines) == shut
        assert operator in lines and "/srv/data" in lines and "Ctrl+C" in lines
        assert {"fr": "gardez-la pour vous", "en": "keep it to yourself"}[lang] in lines
        assert lines.count("key=k") == 1


def test_a_server_is_found_as_long_as_it_runs(tmp_path: Path) -> None:
    assert running.address(tmp_path) == ""
    with running.announced(tmp_path, "http://127.0.0.1:8974/"):
        assert running.address(tmp_path) == "http://127.0.0.1:8974/"
        with running.announced(tmp_path, "http://127.0.0.1:9000/"):
            assert running.address(tmp_path) == "http://127.0.0.1:8974/"
        assert running.address(tmp_path) == "http://127.0.0.1:8974/"
    # What is left of it says nothing, be it shorter or longer than what comes next.
    assert running.address(tmp_path) == ""
    with running.announced(tmp_path, "http://[::1]:8/"):
        assert running.address(tmp_path) == "http://[::1]:8/"
    assert (tmp_path / "server").stat().st_mode & 0o777 == 0o600
