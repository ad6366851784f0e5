"""What every answer of the server has, whoever wrote its handler: Voilà's and tornado's own are among them."""

from __future__ import annotations

from tornado.httputil import HTTPHeaders
from tornado.web import OutputTransform

WALLS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""The headers of an answer whose handler says nothing of them."""


class Walls(OutputTransform):
    """Give an answer the headers that it lacks, and do not name what serves it."""

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: bool,  # noqa: ARG002 (tornado's)
    ) -> tuple[int, HTTPHeaders, bytes]:
        for name, value in WALLS.items():
            headers.setdefault(name, value)
        headers.pop("Server", None)
        return status_code, headers, chunk
