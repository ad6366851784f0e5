"""Forms that need no script: what all pages that have one share."""

from __future__ import annotations

from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.server.handler import Handler

LARGEST = 2 * 1024 * 1024
"""Bytes of a form that are read, to be given back where its text is too long."""
_FORM = "application/x-www-form-urlencoded"
_TOO_LARGE = N_(
    "This is far too long, and nothing of it was kept here: go back in your browser, your text is still there."
)
OLD_PAGE = N_("This page was drawn for somebody else, or the key was renewed: open it again.")
UNKNOWN = N_("This page asks for something the kit does not know: reload it.")


class Form(Handler):
    """A page with forms that need no script."""

    def read_form(self) -> dict[str, str]:
        """The fields that one of our forms sends. Raises Refusal."""
        origin = self.request.headers.get("Origin", "null")
        # A browser sends "null" from a page that tells no other where it comes from, as all of ours.
        if origin != "null":
            self.refuse_other_sites()
        if not self.request.headers.get("Content-Type", "").startswith(_FORM):
            raise Refusal(UNKNOWN)
        if len(self.request.body) > LARGEST:
            raise Refusal(_TOO_LARGE)
        sent = self.request.body_arguments
        return {name: values[-1].decode(errors="replace") for name, values in sent.items()}
