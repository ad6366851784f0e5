"""Invitations: the words of each role, the link for all, and the calendar entry, read by another library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.session import Session
from impactlib.server.invitations import calendar, entrance, invitations
from impactlib.storage.session_store import create_session

STARTS = 1_900_000_000.0
BASE = "https://atelier.test/base/"
KEYS = {role.value: f"key-{role}" for role in Role}
PASSED_ON = {
    "fr": {
        "facilitator": "gardez-le pour vous",
        "client": "Transmettez ce lien aux membres de votre équipe",
        "consultant": "merci de ne pas le transmettre",
        "observer": "merci de ne pas le transmettre",
    },
    "en": {
        "facilitator": "keep it to yourself",
        "client": "Pass this link on to those of your team",
        "consultant": "please do not pass it on",
        "observer": "please do not pass it on",
    },
}
"""What each role may do with its link; nobody is told what is another role's."""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = create_session(tmp_path, "Colis Solidaire", starts_at=STARTS, video="https://visio.test/colis")
    with closing(store.journal):
        yield store.session


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_invitation_says_what_its_role_may_do_with_the_link(session: Session, lang: str) -> None:
    for made in invitations(session, KEYS, BASE, lang):
        said = {words for words in PASSED_ON[lang].values() if words in made.text}
        assert said == {PASSED_ON[lang][made.role]}
        assert made.url == f"{BASE}room/{session.id}/{made.role}?key=key-{made.role}"
        lines = made.text.splitlines()
        assert made.url in lines and any("https://visio.test/colis" in line for line in lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_link_for_all_is_short_and_says_when_and_where(session: Session, lang: str) -> None:
    made = entrance(session, "4F7K2Q", BASE, lang)
    assert (made.url, made.said) == (f"{BASE}atelier/4F7K2Q", "atelier.test/base/atelier/4F7K2Q")
    for words in (made.url, "Colis Solidaire", "https://visio.test/colis", "03/2030" if lang == "fr" else "2030-03"):
        assert words in made.text
    assert "key" not in made.text and made.qr.startswith("data:image/svg+xml")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_calendar_reminds_of_the_hour_the_day_before_and_fifteen_minutes_before(session: Session, lang: str) -> None:
    for made in invitations(session, KEYS, BASE, lang):
        read = icalendar.Calendar.from_ical(calendar(session, made, lang))
        [event] = read.walk("VEVENT")
        assert event.start == datetime.fromtimestamp(STARTS, UTC) and event.duration == timedelta(hours=1)
        assert (str(event["url"]), str(event["location"])) == (made.url, "https://visio.test/colis")
        alarms = event.walk("VALARM")
        assert [alarm["trigger"].dt for alarm in alarms] == [timedelta(days=-1), timedelta(minutes=-15)]
        for alarm in alarms:
            assert alarm["action"] == "DISPLAY" and "Colis Solidaire" in alarm["description"]
