"""The dates of the programme as calendars and as texts to send."""

from __future__ import annotations

from collections.abc import Iterable

from impactlib.domain import formats
from impactlib.domain.programme import TEAM, Asking, Date, Programme
from impactlib.server.invitations import Meeting, meetings
from impactlib.views.render import translation


def public(programme: Programme, dates: Iterable[Date], url: str, lang: str) -> bytes:
    """The calendar that anybody subscribes to: the dates, and the teams that agreed to be named."""
    _ = translation(lang).gettext
    every = [_meeting(one, _title(programme, one, lang), _open(programme, one, lang), url) for one in dates]
    return meetings(every, name=_("Impact workshops"))


def own(programme: Programme, asking: Asking, url: str, lang: str) -> bytes:
    """The entry of somebody's own date, with its reminders and its video link."""
    date = programme.dates[asking.date]
    named = asking.said.get("product", "") if asking.kind == TEAM else ""
    title = f"{translation(lang).gettext('Impact workshop')} · {named}" if named else _title(programme, date, lang)
    return meetings(
        [_meeting(date, title, reminder(date, url, lang, asking.kind == TEAM), url, date.video)], reminded=True
    )


def when(date: Date, lang: str) -> str:
    """The day and the hour of a date, with its day of the week."""
    said = {"day": formats.full_day(date.at.date(), lang), "hour": formats.hour(date.at, lang)}
    return translation(lang).gettext("%(day)s at %(hour)s, Paris time") % said


def reminder(date: Date, url: str, lang: str, team: bool = False) -> str:
    """What is sent to an observer, or to the `team`, before a date; `url` is their page, "" where each has another."""
    _ = translation(lang).gettext
    lines = [_("You are expected at an impact workshop:"), when(date, lang)]
    if date.video:
        lines.append(_("Video: %(link)s") % {"link": date.video})
    if not team:
        lines.append(_("Your page has the link of the workshop, once there is one."))
        lines.append(_("If you cannot come, withdraw there: your place goes to somebody else."))
    return "\n".join([*lines, url] if url else lines)


def _open(programme: Programme, date: Date, lang: str) -> str:
    _ = translation(lang).gettext
    said = []
    if date.observers:
        said.append(
            _("Places for observers: %(left)s of %(all)s.") % {"left": programme.places(date), "all": date.observers}
        )
    if programme.waits(date):
        said.append(_("A team may ask for this date."))
    return "\n".join(said)


def _title(programme: Programme, date: Date, lang: str) -> str:
    title, team = translation(lang).gettext("Impact workshop"), programme.team(date.id)
    return f"{title} · {team.said['product']}" if team and team.listed else title


def _meeting(date: Date, title: str, text: str, url: str, video: str = "") -> Meeting:
    return Meeting(
        uid=f"{date.id}@programme.atelier-impact",
        moved=date.moved,
        starts_at=date.starts_at,
        seconds=date.minutes * 60,
        title=title,
        text=text,
        url=url,
        video=video,
        cancelled=date.cancelled,
    )
