"""The lines that a server prints once it listens: its address, for whom it is, who reaches it, how to stop."""

from __future__ import annotations

from impactlib.server.addresses import Reach, reach
from impactlib.storage.stores import Data
from impactlib.views.render import translation


def greeting(operator: str, network: str, data: Data, lang: str) -> str:
    """The lines, for whoever started the server.

    Parameters
    ----------
    operator
        The operator's address.
    network
        The server's address on the computer's network, "" where it has none.
    """
    _ = translation(lang).gettext
    match reach(operator):
        case Reach.COMPUTER if network:
            others = _("Others on the same network reach it at %(address)s") % {"address": network}
        case Reach.COMPUTER:
            answers = _("Nobody else can reach it: it answers on this computer only. For your network: %(command)s")
            others = answers % {"command": "make run HOST=0.0.0.0 (impact serve --host 0.0.0.0)"}
        case Reach.NETWORK:
            others = _("Only people on the same network can reach it.")
        case Reach.ANYWHERE:
            others = _("It answers to anybody who can reach this computer.")
    lines = [
        _("Atelier impact: %(address)s") % {"address": operator},
        "",
        _("This is the operator's address: it opens workshops, so keep it to yourself."),
        others,
        _("The workshops are in %(folder)s. Ctrl+C to stop.") % {"folder": data},
    ]
    return "\n".join(["", *(f"  {line}".rstrip() for line in lines), ""])
