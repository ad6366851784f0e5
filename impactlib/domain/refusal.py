"""The refusal that every layer raises, in words for the person. Pure."""

from __future__ import annotations

from impactlib.domain.text import Worded


class Refusal(Worded):
    """A gesture that is not granted."""
