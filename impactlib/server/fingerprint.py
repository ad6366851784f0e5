"""The assets as they are served, and the fingerprint of their content, by which browsers keep them."""

from __future__ import annotations

import hashlib
from functools import cache

from impactlib.bundle import bundle_script
from impactlib.paths import ASSETS

TEXT = (".js", ".css")


@cache
def contents() -> dict[str, bytes]:
    """Each asset by its name; a script comes with all that it imports."""
    paths = sorted(path for path in ASSETS.iterdir() if path.suffix in (*TEXT, ".woff2"))
    return {
        path.name: bundle_script(path.name).encode() if path.suffix == ".js" else path.read_bytes() for path in paths
    }


@cache
def fingerprint() -> str:
    """The fingerprint of all assets: a change of any gives them all another address."""
    return hashlib.sha256(b"".join(contents().values())).hexdigest()[:12]
