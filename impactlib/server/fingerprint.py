"""The assets as they are served, and the fingerprint of their content, by which browsers keep them."""

from __future__ import annotations

import hashlib
from functools import cache

from impactlib.paths import ASSETS, SCRIPTS

TEXT = (".js", ".css")


@cache
def contents() -> dict[str, bytes]:
    """Each asset by its name; a script comes with all that it imports."""
    paths = [*SCRIPTS.glob("*.js"), *ASSETS.glob("*.css"), *ASSETS.glob("*.woff2")]
    return {path.name: path.read_bytes() for path in sorted(paths)}


@cache
def fingerprint() -> str:
    """The fingerprint of all assets: a change of any gives them all another address."""
    return hashlib.sha256(b"".join(contents().values())).hexdigest()[:12]
