"""The calendar of all the teams of a coach: what falls due, by its kind and the team's name alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from impactlib.domain.coaching import Followed
from impactlib.domain.due import Due
from impactlib.domain.text import N_, clean_line
from impactlib.views.render import translation

NAMES = {
    "reading": N_("a figure to give"),
    "measure": N_("a first measure to take"),
    "feature": N_("a feature to look at"),
    "decision": N_("a decision to take"),
    "action": N_("an action to finish"),
    "review": N_("a follow-up to hold"),
    "again": N_("a recurring session to hold"),
    "stats": N_("the page of statistics to bring up to date"),
}
"""What each of `due.KINDS` is called, without a word that somebody wrote."""


def calendar(workshops: Iterable[Followed], lang: str) -> bytes:
    """Whole days that leave people free. Nothing in it leads to a workshop, nor tells what was said there."""
    # Only who asks for a calendar waits for it.
    from icalendar import Calendar, Event

    say, now, made = translation(lang).gettext, datetime.now(UTC), Calendar()
    made.add("version", "2.0")
    made.add("prodid", f"-//Atelier impact//coach//{lang}")
    made.add("x-wr-calname", say(N_("Impact: what falls due for my teams")))
    made.add("x-published-ttl", "P1D")
    for workshop in workshops:
        for one in workshop.due:
            event, told = Event(), {"label": clean_line(workshop.team), "content": say(NAMES[one.kind])}
            event.add("uid", f"{_id(workshop, one)}@coach.atelier-impact")
            event.add("dtstamp", now)
            event.add("dtstart", one.on)
            event.add("dtend", one.on + timedelta(1))
            event.add("summary", say("%(label)s: %(content)s") % told)
            event.add("transp", "TRANSPARENT")
            made.add_component(event)
    content: bytes = made.to_ical()
    return content


def _id(workshop: Followed, one: Due) -> str:
    """What an event keeps while its day moves; neither a session nor a note can be had back from it."""
    of = f"{workshop.session} {one.kind} {one.note.id if one.note else one.title or one.after}"
    return sha256(of.encode()).hexdigest()[:24]
