"""Details, what was done and what the hour changed, in people's words: the page's, the files' and the replay's."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from impactlib.domain import formats, word_diff
from impactlib.domain.agenda import Role
from impactlib.domain.erasure import erased_on
from impactlib.domain.hypotheses import CONCEPTS, DIRECTIONS, KINDS_OF_IMPACT, Hypothesis, kept_day
from impactlib.domain.recommendations import Change
from impactlib.domain.redaction import OWNER
from impactlib.domain.session import QUALITIES, Session
from impactlib.domain.sheets.headings import HEADINGS
from impactlib.domain.text import N_
from impactlib.domain.timeline import Line
from impactlib.domain.word_diff import Piece
from impactlib.paths import TEMPLATES
from impactlib.views.render import Filters, environment, translation

if TYPE_CHECKING:
    from jinja2 import Environment

CHOICES = {"concept": CONCEPTS, "kind": KINDS_OF_IMPACT, "direction": DIRECTIONS, "quality": QUALITIES}
"""The fields of a hypothesis that are one of a few words."""

ON_A_DAY = N_("These notes will be erased from the server on %(day)s.")
SO_FAR = N_(
    "These notes will be erased from the server 30 days after the last date of the workshop: on %(day)s, as it stands."
)
"""Until the hour has ended, of a workshop whose day nobody chose."""
NO_DAY = N_("No day is set on which these notes are erased from the server.")
LEAVES_ON_A_DAY = N_("What you publish leaves the library when this workshop is erased from the server: on %(day)s.")
LEAVES_SO_FAR = N_(
    "What you publish leaves the library when this workshop is erased from the server, 30 days after the last of its "
    "dates, or after what was written last in it: on %(day)s, as it stands."
)
LEAVES_NO_DAY = N_(
    "What you publish stays in the library until you take it out: no day is set on which this workshop is erased from "
    "the server."
)


@dataclass(frozen=True)
class Reworded:
    """A field that changed: its name, and what was and is said of it, word by word."""

    label: str
    pieces: tuple[Piece, ...]


def definition(row: Hypothesis, lang: str, but: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The label and the value of each field that is given, as people read them; a figure stands with its date."""
    said = {name: value for name, value in vars(row).items() if value and name not in but}
    filters = Filters(lang)
    if "indicator" in said:
        said["indicator"] = filters.indicator(said["indicator"])
    for name in ("baseline", "target"):
        if name in said and f"{name}_date" in said:
            said[name] = f"{filters.measured(said[name], row.unit)} ({filters.day(said.pop(f'{name}_date'))})"
        elif name in said:
            said[name] = filters.measured(said[name], row.unit)
        elif f"{name}_date" in said:
            said[f"{name}_date"] = filters.day(said[f"{name}_date"])
    return [(HEADINGS[lang][name], dict(choices(name, lang)).get(value, value)) for name, value in said.items()]


def worded(name: str, value: str, lang: str, unit: str = "") -> str:
    """The value of one field as people read it, with its unit where it is a figure; "" for none."""
    row = Hypothesis(**({"unit": unit} | {name: value}))
    return "".join(said for _, said in definition(row, lang, but=() if name == "unit" else ("unit",)))


def choices(name: str, lang: str) -> list[tuple[str, str]]:
    """The codes of a field, each with its word; none for a field that is free."""
    if name == "quality":
        return [(quality, Filters(lang).percent(quality)) for quality in QUALITIES]
    return [(code, aids()[lang][name][code]) for code in CHOICES.get(name, ())]


@cache
def aids() -> dict[str, Any]:
    """The aids to drafting, by language (templates/prepare.toml)."""
    return tomllib.loads((TEMPLATES / "prepare.toml").read_text(encoding="utf-8"))


def erased_when(session: Session, lang: str) -> str:
    """The sentence that says until when a workshop is kept; "" of a rehearsal, and of what is shared."""
    say, on = translation(lang).gettext, erased_on(session)
    if session.rehearsal or session.shared or session.agenda is None:
        return ""
    if on is None:
        return say(NO_DAY)
    moves = not session.ended and kept_day(session.erasure) is None
    return say(SO_FAR if moves else ON_A_DAY) % {"day": formats.day(on, lang)}


def leaves_library_when(session: Session, lang: str) -> str:
    """The sentence that says until when the library has what a team publishes of its workshop; "" of what it has not:
    a rehearsal, or what is shared."""
    say, on = translation(lang).gettext, erased_on(session)
    if session.rehearsal or session.shared or session.agenda is None:
        return ""
    if on is None:
        return say(LEAVES_NO_DAY)
    chosen = kept_day(session.erasure) is not None
    return say(LEAVES_ON_A_DAY if chosen else LEAVES_SO_FAR) % {"day": formats.day(on, lang)}


def reworded(changes: Iterable[Change], lang: str) -> list[Reworded]:
    """The changes as people read them; changes in blanks alone are left out."""
    made = (Reworded(_label(change, lang), tuple(_compared(change, lang))) for change in changes)
    return [one for one in made if any(what != "same" for _, what in one.pieces)]


def _label(change: Change, lang: str) -> str:
    """The name of a field; the text of a note that no table holds, such as an objective, has none of its own."""
    if change.field == "statement" and change.note.kind != "hypothesis":
        return translation(lang).gettext("Wording")
    return HEADINGS[lang][change.field]


def _compared(change: Change, lang: str) -> list[Piece]:
    before, after = (worded(change.field, value, lang) for value in (change.before, change.after))
    return word_diff.legible(word_diff.compared(before, after))


def done(line: Line, lang: str) -> str:
    """The words of a line, with the name of the detail that was set."""
    say = translation(lang).gettext
    what, name = say(line.what), Filters(lang).label(line.detail)
    if not name or line.before:
        return what
    return say("%(label)s: %(content)s") % {"label": what, "content": name[:1].lower() + name[1:]}


def about(line: Line, lang: str) -> str:
    """The text of a line; of a figure that was corrected, what it was and what it is then."""
    if not line.before:
        return line.text
    say: Any = environment(lang).get_template("curve.html").module
    change = " → ".join(str(say.was(line.detail, value)).strip() or "–" for value in (line.before, line.value))
    return " · ".join(filter(None, (line.text, change)))


def called(views: Environment) -> dict[str, str]:
    """What people are called in a session that is shared, by role, in the language of the views."""
    says: Any = views.get_template("carried.html").module
    return {who: str(says.label(who)) for who in (*Role, OWNER)}
