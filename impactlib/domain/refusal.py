"""What is not granted, and files of which nothing can be read, in words for the person. Pure."""

from __future__ import annotations

from impactlib.domain.text import Worded


class Refusal(Worded):
    """A gesture that is not granted: every layer raises it."""


class SheetError(Worded):
    """A file of which nothing can be read."""
