"""Scripts, styles and fonts: served by us under a fingerprint of their content, so that browsers keep them.

A script comes as one file with all that it imports, and text is compressed once for all: a page asks for little, once.
"""

from __future__ import annotations

import gzip
import mimetypes
from functools import cache

from tornado.web import HTTPError

from impactlib.server.fingerprint import TEXT, contents
from impactlib.server.handler import Handler

_YEAR = 31_536_000


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(contents()[name], mtime=0)


class Asset(Handler):
    """GET <base>/assets/<fingerprint>/<name>"""

    def prepare(self) -> None:
        """Nothing: what everybody is given alike has no language and no cookie."""

    def get(self, name: str) -> None:
        if name not in contents():
            raise HTTPError(404)
        self.set_header("Content-Type", mimetypes.guess_type(name)[0] or "font/woff2")
        self.set_header("Cache-Control", f"public, max-age={_YEAR}, immutable")
        body = contents()[name]
        if name.endswith(TEXT):
            self.set_header("Vary", "Accept-Encoding")
            if "gzip" in self.request.headers.get("Accept-Encoding", ""):
                self.set_header("Content-Encoding", "gzip")
                body = _compressed(name)
        self.finish(body)
