"""Days and hours: in the session's time zone wherever the code runs, and no clock in the domain."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import load_text
from impactlib.domain.events import Entry, SessionOpened, StartSet, ZoneSet
from impactlib.domain.fold import history
from impactlib.domain.redaction import OWNER, redact
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.gestures import Asking
from impactlib.server.invitations import calendar, invitations
from impactlib.storage.session_store import create_session, list_sessions
from impactlib.views.render import say
from tests.conftest import agree

ROOT = Path(__file__).parent.parent
DOMAIN = "The domain knows no clock, database, widget, catalog or HTML"


# A session's time zone ----------------------------------------------------------------------------


def test_a_time_zone_is_written_when_it_is_not_the_default(tmp_path: Path) -> None:
    written = {}
    for zone in ("Europe/Paris", "Indian/Reunion"):
        store = create_session(tmp_path, "Colis Solidaire", zone=zone)
        assert store.session.zone == zone
        written[zone] = [type(entry.event) for entry in store.journal.read()]
        store.journal.close()
    assert written == {"Europe/Paris": [SessionOpened], "Indian/Reunion": [SessionOpened, ZoneSet]}


@pytest.mark.parametrize(("lang", "said"), [("en", "no time zone named Mars"), ("fr", "Aucun fuseau horaire")])
def test_an_unknown_time_zone_is_refused_in_words_and_opens_nothing(tmp_path: Path, lang: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        create_session(tmp_path, "Colis Solidaire", zone="Mars")
    assert said in say(refused.value, lang)
    assert list_sessions(tmp_path) == []


def test_a_session_to_share_keeps_its_time_zone(tmp_path: Path) -> None:
    store = create_session(tmp_path, "Colis Solidaire", zone="Indian/Reunion")
    assert redact(store.to_file(), {OWNER: "owner"}).fold().zone == "Indian/Reunion"
    store.journal.close()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Paris", {"fr": "Le 17/03/2030 à 04:46, heure de Paris.", "en": "On 2030-03-17 at 04:46, Paris time."}),
        (
            "America/Martinique",
            {
                "fr": "Le 16/03/2030 à 23:46, heure normale de l’Atlantique (Martinique).",
                "en": "On 2030-03-16 at 23:46, Atlantic Standard Time (Martinique).",
            },
        ),
    ],
)
def test_an_invitation_says_by_which_clocks_the_hour_begins(
    tmp_path: Path, zone: str, said: dict[str, str], lang: str
) -> None:
    store = create_session(tmp_path, "Colis Solidaire", zone=zone, starts_at=1_900_000_000.0 - 14 * 3600)
    keys = dict.fromkeys(("facilitator", "client", "consultant", "observer"), "key")
    for invitation in invitations(store.session, keys, "https://atelier.test/", lang):
        assert said[lang] in invitation.text
    store.journal.close()


def test_a_calendar_entry_follows_a_start_that_moves(tmp_path: Path) -> None:
    store = create_session(tmp_path, "Colis Solidaire", starts_at=1_900_000_000.0)
    keys = dict.fromkeys(("facilitator", "client", "consultant", "observer"), "key")
    ada = Asking("person-ada", Role.FACILITATOR)
    store.ask(ada, {"id": "gesture-0", "do": "join", "name": "Ada"})

    def entry() -> tuple[str, int, float, str]:
        [_, client, *_] = invitations(store.session, keys, "https://atelier.test/", "fr")
        [event] = Calendar.from_ical(calendar(store.session, client, "fr")).walk("VEVENT")
        return str(event["UID"]), int(event["SEQUENCE"]), event["DTSTART"].dt.timestamp(), client.text

    first = entry()
    assert first[1:3] == (0, 1_900_000_000.0)
    for number, day in enumerate((1, 2), 1):
        store.ask(ada, {"id": f"gesture-{number}", "do": "schedule", "starts": f"2030-12-0{day}T10:00"})
        uid, sequence, starts, text = entry()
        assert (uid, sequence) == (first[0], number)
        assert starts == datetime(2030, 12, day, 9, tzinfo=UTC).timestamp()
        assert f"Le 0{day}/12/2030 à 10:00, heure de Paris." in text
    store.journal.close()


def test_a_workshop_keeps_its_own_start_when_another_one_is_merged_into_it() -> None:
    opening = SessionOpened("Colis", load_text("atelier-impact")[0], "fr", 1_900_000_000.0)
    mine = [Entry("mine", 1, "m1", 1.0, "", "", opening), Entry("mine", 2, "m2", 2.0, "", "", StartSet(1.9e9 + 60))]
    theirs = [Entry("theirs", 1, "t1", 3.0, "", "", StartSet(1.9e9 + 600))]
    folded = history([*mine, *theirs], Session(id="mine"))
    assert (folded.clock.scheduled, folded.clock.moved) == (1.9e9 + 60, 1)
    for at in (-1.0, 1e300):
        assert history([Entry("mine", 3, "m3", 4.0, "", "", StartSet(at))], folded) == folded


# No clock in the domain ---------------------------------------------------------------------------


def clocks(source: str) -> list[str]:
    """The calls of a module that read the machine's clock or its time zone."""
    return [
        f"{getattr(node, 'lineno', 0)}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if _reads_a_clock(node)
    ]


def _reads_a_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    given = len(node.args) + len(node.keywords)
    match node.func.attr:
        case "now" | "today" | "utcnow":
            return ast.unparse(node.func.value).rpartition(".")[2] in ("datetime", "date")
        case "utcfromtimestamp" | "localtime" | "mktime" | "ctime" | "tzset":
            return True
        case "time" | "time_ns" | "monotonic":
            return ast.unparse(node.func.value) == "time"
        case "astimezone":
            return given == 0
        case "fromtimestamp":
            # A date has no time zone to be given.
            return given < 2
    return False


def domain() -> Iterator[Path]:
    """The files of the modules that the import contract names, those inside a package included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [one for one in project["tool"]["importlinter"]["contracts"] if one["name"] == DOMAIN]
    for name in contract["source_modules"]:
        path = ROOT.joinpath(*name.split("."))
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
        assert files, f"{name}: no such module"
        yield from files


def test_the_domain_reads_neither_the_clock_nor_the_time_zone_of_the_machine() -> None:
    def agrees(path: Path) -> None:
        assert clocks(path.read_text(encoding="utf-8")) == []

    agree(domain(), agrees)


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now()",
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "datetime.today()",
        "when.astimezone()",
        "datetime.fromtimestamp(at).astimezone(zone)",
        "datetime.fromtimestamp(at)",
        "date.fromtimestamp(at)",
        "time.time()",
        "time.monotonic()",
        "time.localtime(at)",
        "from time import time",
    ],
)
def test_a_reading_of_a_clock_is_found(line: str) -> None:
    assert clocks(f"first = 1\n{line}\n") == [f"2: {line.removesuffix('.astimezone(zone)')}"]


@pytest.mark.parametrize(
    "line", ["when.astimezone(zone)", "datetime.fromtimestamp(at, UTC)", "datetime.fromtimestamp(at, tz=zone)", "now()"]
)
def test_a_time_in_a_given_zone_is_no_reading_of_a_clock(line: str) -> None:
    assert clocks(line) == []
