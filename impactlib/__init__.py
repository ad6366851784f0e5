"""The Atelier impact kit: one hour that leaves a team with metrics it will use.

A notebook needs two things of it: ``open_session()`` and the panes of ``impactlib.widgets``. To count and to compare,
``read("colis.ipynb")`` gives a session as pandas frames. Everything else is reached through the ``impact`` command.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Any

__version__ = "0.1.0"
__all__ = ["open_session", "read"]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `import impactlib` costs nothing to the command line.
    if name in __all__:
        return resolve_name(f"impactlib.widgets.opening:{name}")
    raise AttributeError(f"module 'impactlib' has no attribute {name!r}")
