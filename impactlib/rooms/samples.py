"""The two invented hours that come with the kit, to learn from: session notebooks like any other."""

from __future__ import annotations

from functools import cache

from impactlib.domain.session_file import SessionFile, read
from impactlib.domain.text import N_
from impactlib.paths import TEMPLATES
from impactlib.views.render import translation

ABOUT = {
    "tidy": N_(
        "An hour that goes well: short questions, a request in one sentence, two metrics that the team will use."
    ),
    "messy": N_(
        "An hour that goes badly, as some do: a late start, usage figures, advice instead of questions. Find where."
    ),
}


@cache
def content(name: str) -> bytes:
    """A sample's session notebook."""
    return (TEMPLATES / "sessions" / f"{name}.ipynb").read_bytes()


@cache
def sample(name: str) -> SessionFile:
    """A sample's session, which has its name for an id."""
    return read(content(name))


def choices(lang: str) -> list[dict[str, str]]:
    """The samples to choose from: the name, the team and a description of each."""
    say = translation(lang).gettext
    return [{"name": name, "team": sample(name).fold().team, "about": say(about)} for name, about in ABOUT.items()]
