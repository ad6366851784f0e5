"""Where people's names stand in a session that is shared: what is replaced, and what is left, each with its sentence.

Whoever shares it changes ``back``, ``more`` and ``words`` in the file, and gives it back with ``--names``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import msgspec

from impactlib.domain.mentions import Choice
from impactlib.domain.redaction import names_in
from impactlib.domain.session_file import SessionFile
from impactlib.export import ExportError
from impactlib.views.wording import called

if TYPE_CHECKING:
    from jinja2 import Environment

_SAID = ("label", "sure", "before", "words", "after")


def write(file: SessionFile, views: Environment) -> bytes:
    """The file itself: ``{"names": [{key, label, sure, before, words, after}], "back": [], "more": [], "words": []}``;
    `back` and `more` take keys of those that are replaced and should not be, and the other way round."""
    found = [
        {"key": one.key, **{name: said for name, said in asdict(one).items() if name in _SAID}}
        for one in names_in(file, called(views))
    ]
    return msgspec.json.format(msgspec.json.encode({"names": found, "back": [], "more": [], "words": []})) + b"\n"


def read(content: bytes) -> Choice:
    """What somebody decided of the names, in such a file.

    Raises
    ------
    ExportError
        When it is no such file.
    """
    try:
        return Choice.of(msgspec.json.decode(content))
    except (msgspec.DecodeError, ValueError) as error:
        raise ExportError(
            f"this is no file of names: {error}. Nothing was written. `impact export ID --kind names` makes one."
        ) from error
