"""Scripts, styles and fonts: served by us under a fingerprint of their content, so that browsers keep them."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache

from tornado.web import HTTPError, RequestHandler

from impactlib.share import ASSETS

_YEAR = 31_536_000


@cache
def contents() -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in sorted(ASSETS.iterdir()) if path.suffix in {".js", ".css", ".woff2"}
    }


@cache
def fingerprint() -> str:
    return hashlib.sha256(b"".join(contents().values())).hexdigest()[:12]


class Asset(RequestHandler):
    """GET <base>/assets/<fingerprint>/<name>"""

    def get(self, name: str) -> None:
        if name not in contents():
            raise HTTPError(404)
        self.set_header("Content-Type", mimetypes.guess_type(name)[0] or "font/woff2")
        self.set_header("Cache-Control", f"public, max-age={_YEAR}, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(contents()[name])
