"""A workshop's links made ready to give: the address, its QR code, a text to send, a calendar entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from babel.dates import format_time, get_timezone_location, get_timezone_name

from impactlib.domain import formats
from impactlib.domain.agenda import Role
from impactlib.domain.clock import ZONE, local
from impactlib.domain.session import Session
from impactlib.storage import keys as access_keys
from impactlib.views.render import translation

if TYPE_CHECKING:
    import icalendar

REMINDERS = (timedelta(days=1), timedelta(minutes=15))
"""How long before the hour a calendar reminds of it."""


@dataclass(frozen=True)
class Invitation:
    """The link of a role, ready to give. `qr` is an SVG, as a data: address."""

    role: str
    url: str
    text: str
    qr: str


@dataclass(frozen=True)
class Meeting:
    """An entry of a calendar: `moved` counts its changes, `starts_at` is in seconds since 1970."""

    uid: str
    moved: int
    starts_at: float
    seconds: float
    title: str
    text: str
    url: str
    video: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class Entrance:
    """The one link at which guests choose their role, ready to show and to say. `base` is the server's address, `said`
    the link's without its protocol, and `qr` an SVG, as a data: address."""

    base: str
    code: str
    url: str
    said: str
    text: str
    qr: str


def entrance(session: Session, code: str, base: str, lang: str) -> Entrance:
    """The entrance of a workshop that has this short code, on the server whose home page is at `base`."""
    _ = translation(lang).gettext
    url = f"{base}atelier/{quote(code)}"
    lines = [
        _("You are expected at the impact workshop of %(team)s.") % {"team": session.team},
        *_when_and_where(session, lang),
        url,
        _("There you choose your role, then you give your first name."),
    ]
    return Entrance(base, code, url, url.partition("://")[2], "\n".join(lines), _qr(url))


def invitations(session: Session, keys: dict[str, str], base: str, lang: str) -> list[Invitation]:
    """One invitation for each role, the facilitator's first."""
    made = []
    for role in Role:
        url = access_keys.link(base, session.id, role, keys[role])
        made.append(Invitation(role, url, _text(session, role, url, lang), _qr(url)))
    return made


def calendar(session: Session, invitation: Invitation, lang: str) -> bytes:
    """The invitation as an iCalendar file; a workshop without a start time is put in one hour's time."""
    title = translation(lang).gettext("Impact workshop")
    held = Meeting(
        uid=f"{session.id}-{invitation.role}@atelier-impact",
        moved=session.clock.moved,
        starts_at=session.clock.scheduled or datetime.now(UTC).timestamp() + 3600,
        seconds=session.agenda.seconds if session.agenda else 3600,
        title=f"{title} · {session.team}",
        text=invitation.text,
        url=invitation.url,
        video=session.video,
    )
    return meetings([held], reminded=True)


def meetings(every: Iterable[Meeting], *, reminded: bool = False, name: str = "") -> bytes:
    """Meetings as an iCalendar file, each with its reminders where they are asked for; `name` is that of a calendar
    that is subscribed to."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Atelier impact//impactlib//")
    made.add("version", "2.0")
    if name:
        made.add("x-wr-calname", name)
        made.add("x-published-ttl", "P1D")
    for one in every:
        made.add_component(_event(one, reminded))
    return bytes(made.to_ical())


def _event(one: Meeting, reminded: bool) -> icalendar.Event:
    from icalendar import Alarm, Event

    event, starts = Event(), datetime.fromtimestamp(one.starts_at, UTC)
    event.add("uid", one.uid)
    # A calendar replaces the entry that it has under this uid by one with a higher number.
    event.add("sequence", one.moved)
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(seconds=one.seconds))
    event.add("summary", one.title)
    event.add("description", one.text)
    event.add("url", one.url)
    if one.video:
        event.add("location", one.video)
    if one.cancelled:
        event.add("status", "CANCELLED")
    for before in REMINDERS if reminded else ():
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.title)
        alarm.add("trigger", -before)
        event.add_component(alarm)
    return event


def _text(session: Session, role: Role, url: str, lang: str) -> str:
    _ = translation(lang).gettext
    prepares = session.agenda is not None and session.agenda.prepares
    opening = {
        Role.FACILITATOR: _("You facilitate the impact workshop of %(team)s."),
        Role.CLIENT: _(
            "Your team, %(team)s, has its impact workshop. "
            "You can prepare it at this link, and come back to it afterwards."
        )
        if prepares
        else _("You are expected at the impact workshop of %(team)s. You can come back to this link afterwards."),
        Role.CONSULTANT: _(
            "Thank you for helping %(team)s in its impact workshop: short questions first, then your recommendations."
        ),
        Role.OBSERVER: _("You are welcome to watch the impact workshop of %(team)s. There is nothing to prepare."),
    }[role] % {"team": session.team}
    passing_on = {
        Role.FACILITATOR: _("Whoever has this link leads the workshop: keep it to yourself."),
        Role.CLIENT: _("Pass this link on to those of your team who come: each of them gives their own first name."),
    }.get(role, _("The link is personal to your role: please do not pass it on."))
    return "\n".join([opening, *_when_and_where(session, lang), url, passing_on])


def _when_and_where(session: Session, lang: str) -> list[str]:
    _ = translation(lang).gettext
    lines = []
    if session.clock.scheduled:
        lines.append(_starts(session.clock.scheduled, session.zone, lang))
    if session.video:
        lines.append(_("Video: %(link)s") % {"link": session.video})
    return lines


def _starts(at: float, zone: str, lang: str) -> str:
    """The sentence that says when the hour begins, and by the clocks of which place."""
    _ = translation(lang).gettext
    when = local(at, zone)
    said = {
        "day": formats.day(when.date(), lang),
        "hour": format_time(when, "HH:mm", locale=lang),
        "zone": get_timezone_name(when, locale=lang),
        "city": get_timezone_location(when, lang, return_city=True),
    }
    if zone == ZONE:
        return _("On %(day)s at %(hour)s, Paris time.") % said
    return _("On %(day)s at %(hour)s, %(zone)s (%(city)s).") % said


def _qr(url: str) -> str:
    import segno

    return segno.make(url, error="m").svg_data_uri(scale=4, border=2, dark="#1d2230", light="#ffffff")
