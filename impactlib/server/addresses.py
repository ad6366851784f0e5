"""From where an address answers: this computer, its network, or anywhere."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

PORT = 8866
"""The port on which a server listens, unless it is given another."""
EVERY_INTERFACE = ("", "0.0.0.0", "::")
"""The values of ``--host`` with which the server also listens on its network."""
_LOCAL_ENDINGS = (".local", ".lan", ".home", ".internal", ".intranet", ".home.arpa")


class Reach(StrEnum):
    """Who reaches an address: whoever is on this computer, on the same network, or anybody."""

    COMPUTER = "computer"
    NETWORK = "network"
    ANYWHERE = "anywhere"


def reach(address: str) -> Reach:
    """Judge an address by its host alone; nothing is looked up.

    A name without a dot, or with an ending that no public register has, is known to one network at most.

    Examples
    --------
    >>> reach("http://127.0.0.1:8866/"), reach("http://192.168.1.20:8866/"), reach("https://atelier.example.org/")
    (<Reach.COMPUTER: 'computer'>, <Reach.NETWORK: 'network'>, <Reach.ANYWHERE: 'anywhere'>)
    """
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        ip = ip_address(host.partition("%")[0])
    except ValueError:
        if host in ("", "localhost", "localhost.localdomain") or host.endswith(".localhost"):
            return Reach.COMPUTER
        return Reach.NETWORK if "." not in host or host.endswith(_LOCAL_ENDINGS) else Reach.ANYWHERE
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if ip.is_loopback or ip.is_unspecified:
        return Reach.COMPUTER
    return Reach.ANYWHERE if ip.is_global else Reach.NETWORK


def on_this_computer(host: str, port: int, base_url: str) -> str:
    """The address at which a server that listens to `host` answers on its own computer.

    Examples
    --------
    >>> on_this_computer("0.0.0.0", 8866, "/")
    'http://127.0.0.1:8866/'
    """
    host = "127.0.0.1" if host in EVERY_INTERFACE else host
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{base_url}"


def on_the_network(host: str, port: int, base_url: str, ip: str) -> str:
    """The address at which a server that listens to `host` answers on the network, where its computer is `ip`;
    "" where it does not.

    Examples
    --------
    >>> on_the_network("0.0.0.0", 8866, "/", "192.168.1.20")
    'http://192.168.1.20:8866/'
    >>> on_the_network("127.0.0.1", 8866, "/", "192.168.1.20")
    ''
    """
    if host not in EVERY_INTERFACE or not ip or ip_address(ip).is_loopback:
        return ""
    return on_this_computer(ip, port, base_url)
