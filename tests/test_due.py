"""What falls due after a workshop: as values, as text, and as the calendar that is subscribed to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from icalendar import Calendar

from impactlib.cli import main
from impactlib.domain import formats
from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of
from impactlib.domain.due import Due, due
from impactlib.domain.events import StatsMade
from impactlib.export import render
from impactlib.export.followup import message, subscribed
from impactlib.server.sessions import COMMON
from impactlib.storage import keys
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from impactlib.storage.session_store import create_session
from impactlib.views.parts import Eye
from impactlib.views.readings import PANE as READINGS
from impactlib.views.render import environment
from tests.conftest import Room, Time, path_of
from tests.serving import Browser, Served, served
from tests.test_handlers import text

CLIENT, FACILITATOR = Role.CLIENT, Role.FACILITATOR
DAY = 86_400


@pytest.fixture
def lived(room: Room, time: Time) -> Room:
    """An hour that gave a metric by the month, kept, with its decision, and an action; on 3 March 2033."""
    room.ask(FACILITATOR, do="start", step="problem")
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    said = {"period": "par mois", "baseline": "21", "baseline_date": "2033-02-28", "first_on": "2033-03-20"}
    for name, value in (said | {"decide_on": "2033-06-30", "threshold": "12"}).items():
        room.ask(CLIENT, do="detail", note=metric, detail=name, value=value)
    room.ask(CLIENT, do="keep", metric=metric, kept=True)
    room.ask(CLIENT, do="write", kind="action", text="Appeler les CCAS", owner="Marc", due="2033-04-15")
    return room


def told(room: Room, *held: date) -> list[tuple[str, str]]:
    return [(one.kind, one.on.isoformat()) for one in due(room.session, held)]


def metric(room: Room) -> str:
    [note] = room.session.notes_of("metric")
    return note.id


def give(room: Room, figure: str, as_of: str) -> None:
    room.ask(CLIENT, do="write", kind="reading", about=metric(room), text="", figure=figure, as_of=as_of)


def test_all_that_falls_due_is_listed_in_order_of_date(lived: Room) -> None:
    found = told(lived)
    assert [one for one in found if one[0] != "review"] == [
        ("measure", "2033-03-20"),
        ("reading", "2033-03-31"),
        ("action", "2033-04-15"),
        ("decision", "2033-06-30"),
    ]
    assert [one.after for one in due(lived.session) if one.kind == "review"] == [30, 90]
    assert found == sorted(found, key=lambda one: one[1])


def test_a_reading_moves_the_next_one_by_the_period_of_its_metric(lived: Room) -> None:
    give(lived, "19", "2033-03")
    assert ("reading", "2033-04-30") in told(lived) and "measure" not in dict(told(lived))
    lived.ask(CLIENT, do="detail", note=metric(lived), detail="period", value="à chaque comité")
    give(lived, "15", "2033-05-10")
    assert "reading" not in dict(told(lived))  # nobody said how often


def test_a_review_that_was_held_is_due_no_more(lived: Room) -> None:
    first, second = (one.on for one in due(lived.session) if one.kind == "review")
    assert [one[1] for one in told(lived, first) if one[0] == "review"] == [second.isoformat()]
    assert "review" not in dict(told(lived, second))
    assert len([one for one in told(lived, date(2033, 3, 4)) if one[0] == "review"]) == 2


def test_what_is_withdrawn_or_no_day_is_not_due(lived: Room) -> None:
    lived.ask(FACILITATOR, do="withdraw", note=metric(lived))
    [action] = lived.session.notes_of("action")
    lived.ask(CLIENT, do="detail", note=action.id, detail="due", value="")
    assert {kind for kind, _ in told(lived)} == {"review"}


def test_before_the_hour_only_what_is_dated_is_due(room: Room) -> None:
    assert due(room.session) == []


def test_late_is_past_and_not_today() -> None:
    one = Due("action", date(2033, 4, 15))
    assert not one.late(date(2033, 4, 15)) and one.late(date(2033, 4, 16))


def test_the_calendar_holds_all_and_keeps_its_identifiers_when_a_date_moves(lived: Room) -> None:
    def events() -> dict[str, tuple[date, str]]:
        content = render(lived.store.to_file(), "calendar", "ics", environment("fr"))
        return {
            str(one["uid"]): (one["dtstart"].dt, str(one["summary"]))
            for one in Calendar.from_ical(content).walk("VEVENT")
        }

    before = events()
    assert len(before) == len(due(lived.session))
    assert (date(2033, 3, 31), "Donner le chiffre\u00a0: Délai médian") in before.values()
    give(lived, "19", "2033-03")
    after = events()
    assert (
        after.keys() < before.keys() and (date(2033, 4, 30), "Donner le chiffre\u00a0: Délai médian") in after.values()
    )


def test_a_workshop_to_come_has_an_empty_calendar(room: Room) -> None:
    content = render(room.store.to_file(), "calendar", "ics", environment("en"))
    assert not Calendar.from_ical(content).walk("VEVENT")


# From a shell -------------------------------------------------------------------------------------------


@pytest.fixture
def data(lived: Room) -> Iterator[Path]:
    yield path_of(lived.store.journal).parent.parent


def test_impact_due_says_what_is_late_as_text_to_paste(
    data: Path, lived: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["due", "--data", str(data), "--on", "2033-04-16", "--lang", "fr"]) == 0
    said = capsys.readouterr().out
    late, coming = said.split("D’ici 30 jours")[0], said.split("En retard")[1]
    assert lived.session.team in late and "Appeler les CCAS" in late and "Délai médian" in late and coming
    assert "Décider" not in late
    assert main(["due", "--data", str(data), "--on", "2033-07-01", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows if row["late"]} == {"measure", "reading", "action", "decision", "review"}
    assert all(row["session"] == lived.session.id and row["text"] for row in rows)


def test_impact_due_refuses_a_day_that_is_none(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--data", str(data), "--on", "demain"]) == 2
    assert "date cannot be read" in capsys.readouterr().err


def test_a_damaged_journal_hides_no_other(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "sessions" / "zzz.journal").write_bytes(b"no journal")
    assert main(["due", "--data", str(data), "--on", "2033-07-01"]) == 1
    said = capsys.readouterr()
    assert "zzz.journal" in said.err and "Délai médian" in said.out


def test_the_key_of_the_calendar_is_renewed_alone(data: Path, lived: Room, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(FileJournal(journal_path(data, lived.session.id))) as journal:
        before, roles = keys.calendar_key(data, journal), keys.links(data, journal, "http://x/")
        assert main(["links", lived.session.id, "--data", str(data), "--new", "calendar"]) == 0
        assert keys.calendar_key(data, journal) != before and keys.links(data, journal, "http://x/") == roles
    capsys.readouterr()
    main(["due", "--data", str(data), "--calendars", "--url", "https://ateliers.exemple.fr"])
    assert f"https://ateliers.exemple.fr/calendar/{lived.session.id}-" in capsys.readouterr().out


# The address --------------------------------------------------------------------------------------------


@pytest.mark.process
@served
async def test_the_calendar_is_served_at_a_key_that_is_renewed_from_the_links_page(house: Served) -> None:
    facilitator = await house.joins(FACILITATOR)

    async def address() -> str:
        page = text(await facilitator.get("/links"))
        found = re.search(r'id="url-calendar" value="([^"]+)"', page)
        assert found and f'href="webcal{found[1][found[1].index(":") :]}"' in page
        return urlsplit(found[1]).path

    stranger, first = Browser(house, ""), await address()
    answer = await stranger.get(first)
    assert answer.code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    Calendar.from_ical(answer.body)
    assert (await facilitator.post("/links", {"role": "calendar"})).code == 200
    second = await address()
    assert first != second and (await stranger.get(first)).code == 404
    assert (await stranger.get(second)).code == 200
    assert house.keys == await house.renewed_keys()


@served
async def test_no_other_key_opens_the_calendar_and_only_the_facilitator_renews_it(house: Served) -> None:
    stranger = Browser(house, "")
    for key in ("wrong", *house.keys.values()):
        assert (await stranger.get(f"/calendar/{house.session}-{key}.ics")).code == 404
    assert (await stranger.get("/calendar/abc-abc.ics")).code == 404
    assert (await (await house.joins(CLIENT)).post("/links", {"role": "calendar"})).code == 401


def test_the_page_of_statistics_is_due_before_a_committee_until_it_is_fresh(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = datetime(2027, 3, 15, 10, tzinfo=UTC).timestamp()
    store = create_session(tmp_path, "Colis Solidaire", agenda="committee", starts_at=at)
    of = store.session.id

    def listed() -> list[str]:
        return [f"{one.on}" for one in due(store.session) if one.kind == "stats"]

    assert listed() == ["2027-03-08"]
    store.write("stats-old", [StatsMade("2027-01-31")])
    assert listed() == ["2027-03-08"]
    assert main(["due", "--on", "2027-03-10", "--lang", "fr", "--data", str(tmp_path)]) == 0
    assert "08/03/2027 : Mettre à jour la page de statistiques avant le comité" in capsys.readouterr().out.replace(
        "\u00a0", " "
    )
    assert "UID:stats@" in subscribed(store.session, environment("fr")).decode()
    store.write("stats-bad", [StatsMade("demain")])
    store.write("stats-new", [StatsMade("2027-03-01")])
    assert listed() == [] and store.session.stats_on == "2027-03-01"
    # A page that is written from the session is made today.
    assert main(["stats", of, "-o", str(tmp_path / "site"), "--data", str(tmp_path)]) == 0
    store.catch_up()
    assert store.session.stats_on > "2026-01-01"
    store.journal.close()


def test_the_page_of_a_product_says_what_is_late_and_what_comes(lived: Room, time: Time) -> None:
    held = day_of(lived.session.held_at, lived.session.zone)
    said = {
        now: str(READINGS.fragments(lived.session, Eye(Role.CLIENT, "fr", time.now + now * DAY))["coming/"])
        for now in (1, 100)
    }
    assert "échéances en retard" in said[1] and formats.day(held + timedelta(30), "fr") in said[1]
    # A later day has more that is late, and less that comes.
    assert said[1].count("tag gap") < said[100].count("tag gap")


def test_a_decision_with_a_verdict_is_due_no_more(room: Room) -> None:
    id = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    room.ask(Role.CLIENT, do="keep", metric=id, kept=True)
    room.ask(Role.CLIENT, do="detail", note=id, detail="decide_on", value="2033-05-18")
    assert "decision" in [one.kind for one in due(room.session)]
    room.ask(Role.CLIENT, do="write", kind="verdict", text="Le délai baisse", about=id, course="continue")
    assert "decision" not in [one.kind for one in due(room.session)]


# One calendar for each coach ----------------------------------------------------------------------------


def addressed(house: Served, capsys: pytest.CaptureFixture[str], coach: str, *more: str) -> str:
    """The path of the calendar of a coach, as the shell says it."""
    assert main(["due", "--data", str(house.data), "--coach", coach, *more, "--url", "https://x.example"]) == 0
    [found] = re.findall(r"https://x\.example(/calendar/coach/\S+)", capsys.readouterr().out)
    return str(found)


def told_in(body: bytes) -> set[str]:
    return {str(event["summary"]).replace("\u00a0", " ") for event in Calendar.from_ical(body).walk("vevent")}


async def another(house: Served, team: str) -> None:
    """Open one more workshop, which becomes that of the house."""
    sessions = house.state.sessions
    house.session, house.keys = await sessions.run(COMMON, sessions.open, team=team)


async def acts(house: Served, text: str) -> Browser:
    """A client who writes an action with its day."""
    client = await house.joins(CLIENT, "Marc")
    assert (await client.do("write", kind="action", text=text, owner="Marc", due="2033-04-15")).code == 200
    return client


@served
async def test_a_coach_subscribes_to_the_dates_of_all_their_teams_and_of_no_other(
    house: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    sessions = [house.session]
    await house.joins(FACILITATOR, "Inès")
    await acts(house, "Appeler les CCAS")
    await another(house, "Répit Voisin")
    sessions.append(house.session)
    await house.joins(FACILITATOR, "Paul")
    await house.joins(Role.CONSULTANT, "ines")
    await acts(house, "Relever les refus")
    await another(house, "Bourse Claire")
    paul = await house.joins(FACILITATOR, "Paul")
    shown = await house.joins(Role.CONSULTANT, "Inès")
    assert (await paul.do("show_out", person=shown.id)).code == 200
    await acts(house, "Compter les dossiers")
    stranger, path = Browser(house, ""), addressed(house, capsys, "INES", "--calendars")
    assert path == addressed(house, capsys, "Inès", "--calendars")
    answer = await stranger.get(path)
    assert answer.code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    assert told_in(answer.body) == {"Colis Solidaire : une action à finir", "Répit Voisin : une action à finir"}
    for secret in ("CCAS", "refus", "Marc", "Inès", "ines", *sessions):
        assert secret not in answer.body.decode() and secret not in path
    # What is written since is in it.
    await acts(house, "Rien")
    other = addressed(house, capsys, "Paul", "--calendars")
    assert told_in((await stranger.get(other)).body) == {
        "Répit Voisin : une action à finir",
        "Bourse Claire : une action à finir",
    }


@served
async def test_the_address_of_a_coachs_calendar_is_renewed_alone(
    house: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    await house.joins(FACILITATOR, "Inès")
    await house.joins(Role.CONSULTANT, "Paul")
    await acts(house, "Appeler les CCAS")
    stranger = Browser(house, "")
    first, other = (addressed(house, capsys, name, "--calendars") for name in ("Inès", "Paul"))
    second = addressed(house, capsys, "Inès", "--new-calendar")
    assert second == addressed(house, capsys, "Inès", "--calendars") != first
    unknown = await stranger.get(f"/calendar/{house.session}-wrong.ics")
    for path in (first, "/calendar/coach/abc-abc.ics", f"{second.rpartition('-')[0]}-{house.keys[FACILITATOR]}.ics"):
        answer = await stranger.get(path)
        assert answer.code == unknown.code == 404 and answer.body == unknown.body
    # The key of one coach is none of another's.
    mixed = f"{second.rpartition('-')[0]}-{other.rpartition('-')[2]}"
    assert [(await stranger.get(path)).code for path in (second, other, mixed)] == [200, 200, 404]
    assert house.keys == await house.renewed_keys()


@served
async def test_a_coachs_calendar_goes_on_without_a_workshop_that_is_damaged_or_erased(
    house: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    await house.joins(FACILITATOR, "Inès")
    await acts(house, "Appeler les CCAS")
    path, stranger = addressed(house, capsys, "Inès", "--calendars"), Browser(house, "")
    (house.data / "sessions" / "zzz.journal").write_bytes(b"no journal")
    assert told_in((await stranger.get(path)).body) == {"Colis Solidaire : une action à finir"}
    await house.state.sessions.run(house.session, house.state.sessions.erase, house.session)
    assert (await stranger.get(path)).code == 404


@served
async def test_the_operator_reads_the_address_of_each_coach_and_renews_it(
    house: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    await house.joins(FACILITATOR, "Inès <b>")
    await acts(house, "Appeler les CCAS")
    operator, stranger = house.operator(), Browser(house, "")
    assert 'href="/coaches"' in text(await operator.get(""))

    async def page() -> tuple[str, str, str]:
        drawn = text(await operator.get("coaches"))
        [url] = re.findall(r'id="url-[a-z0-9]+" value="([^"]+)"', drawn)
        [passing] = re.findall(r'name="pass" value="([^"]+)"', drawn)
        assert "Inès &lt;b&gt;" in drawn and f'href="webcal{url[url.index(":") :]}"' in drawn
        return urlsplit(url).path, passing, url.rpartition("/")[2].partition("-")[0]

    path, passing, coach = await page()
    assert path == addressed(house, capsys, "Inès <b>", "--calendars")
    assert (await stranger.get(path)).code == 200

    async def sends(browser: Browser, at: str, **typed: str) -> int:
        return (await browser.post(at, urlencode(typed).encode(), "application/x-www-form-urlencoded")).code

    for typed in ({"coach": coach, "pass": "wrong"}, {"coach": "abc", "pass": passing}, {"pass": passing}):
        assert await sends(operator, "coaches", **typed) == 422
    assert await sends(stranger, "/coaches", **{"coach": coach, "pass": passing}) == 404
    facilitator = house.at(FACILITATOR)
    facilitator.path = ""
    assert [(await one.get("/coaches")).code for one in (stranger, facilitator)] == [404, 404]
    assert (await page())[0] == path
    assert await sends(operator, "coaches", **{"coach": coach, "pass": passing}) == 303
    assert (await page())[0] != path and (await stranger.get(path)).code == 404


def test_the_shell_says_the_address_of_each_coach_who_facilitated(
    data: Path, lived: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["due", "--data", str(data), "--on", "2033-04-16", "--lang", "fr", "--url", "https://x.example"]
    assert main([*asked, "--calendars"]) == 0
    listed = capsys.readouterr().out.split("Un calendrier par coach\n")[1].splitlines()
    assert [line.split("\u00a0: https://x.example/calendar/coach/")[0] for line in listed] == ["- Ada"]
    assert main([*asked, "--new-calendar"]) == 2
    assert "--coach" in capsys.readouterr().err


# A coach's year -----------------------------------------------------------------------------------------


def test_a_coach_sees_the_teams_that_they_facilitated_or_advised(
    data: Path, lived: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["due", "--data", str(data), "--on", "2033-04-16", "--lang", "fr", "--coach"]
    for name, found in (("Inès", True), ("ines", True), ("Ada", True), ("Marc", False), ("Lou", False)):
        assert main([*asked, name]) == (0 if found else 2)
        told = capsys.readouterr()
        assert (lived.session.team in told.out) == found == ("Nobody of that name" not in told.err)


def test_a_message_to_a_team_is_short_and_reproaches_nothing(
    data: Path, lived: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["due", "--data", str(data), "--on", "2033-04-16", "--lang", "fr", "--messages"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Bonjour,") and lived.session.team in said and "Délai médian" in said
    assert len(said) < 1000
    assert "retard" not in said


@pytest.mark.parametrize(
    ("lang", "past", "to_come"),
    [
        (
            "fr",
            "dont la date est passée pour {team}\u202f; il est encore temps\u00a0:",
            "ce qui vient pour {team}\u00a0:",
        ),
        ("en", "what has passed its date for {team}; there is still time:", "what comes for {team}:"),
    ],
)
def test_a_message_parts_what_is_late_from_what_comes(lived: Room, lang: str, past: str, to_come: str) -> None:
    today, team = date(2033, 4, 16), lived.session.team
    late = [one for one in due(lived.session) if one.late(today)]
    coming = [one for one in due(lived.session) if not one.late(today)]
    assert late and coming
    past, to_come = past.format(team=team), to_come.format(team=team)
    said = message(lived.session, environment(lang), late, coming)
    before, after = said.split(past)[1].split(to_come)
    assert [part.count("\n- ") for part in (before, after)] == [len(late), len(coming)]
    assert past not in message(lived.session, environment(lang), [], coming)
    assert to_come not in message(lived.session, environment(lang), late, [])


def test_the_shell_parts_them_in_its_messages(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["due", "--data", str(data), "--on", "2033-04-16", "--lang", "fr"]
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert main([*asked, "--messages"]) == 0
    written = capsys.readouterr().out
    dates = re.findall(r"^- .*$", told.split("En retard")[1].split("D’ici 30 jours")[0], re.M)
    assert dates and all(one in written.split("ce qui vient")[0] for one in dates)


def test_one_calendar_holds_the_dates_of_all_teams_with_the_identifiers_of_their_own(
    data: Path, lived: Room, tmp_path: Path
) -> None:
    other = create_session(data, "Répit Voisin")
    with closing(other.journal):
        room = Room(other)
        room.ask(FACILITATOR, do="join", name="Ada")
        room.ask(CLIENT, do="join", name="Ex")
        room.ask(CLIENT, do="write", kind="action", text="Relever les refus", due="2033-04-20")
    made = tmp_path / "year.ics"
    assert main(["due", "--data", str(data), "--on", "2033-04-01", "--ics", str(made)]) == 0
    uids = [str(event["uid"]) for event in Calendar.from_ical(made.read_bytes()).walk("vevent")]
    assert len(set(uids)) == len(uids)
    assert {uid.split("@")[1].split(".")[0] for uid in uids} == {lived.session.id, other.session.id}
    own = Calendar.from_ical(subscribed(lived.session, environment("fr")))
    assert {uid for uid in uids if lived.session.id in uid} <= {str(event["uid"]) for event in own.walk("vevent")}


def test_what_was_delivered_without_a_measure_and_who_is_silent_is_said(
    data: Path, lived: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = lived.ask(CLIENT, do="write", kind="feature", text="Rappels par SMS", delivered_on="2033-03-10")
    lived.ask(
        CLIENT,
        do="write",
        kind="feature",
        text="File unique",
        about=metric(lived),
        expected="-3",
        delivered_on="2033-03-11",
    )

    def states(on: str) -> list[tuple[str, str | None, str]]:
        assert main(["due", "--data", str(data), "--on", on, "--json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        return [(row["kind"], row["note"], row["on"]) for row in rows if row["kind"] in ("unmeasured", "quiet")]

    assert states("2033-03-09") == []
    assert states("2033-04-16") == [("unmeasured", bare, "2033-03-10")]
    said = day_of(lived.entries[-1].at, lived.session.zone)
    assert states((said + timedelta(90)).isoformat())[-1] == ("quiet", None, said.isoformat())
    assert main(["due", "--data", str(data), "--on", "2034-01-01", "--lang", "fr"]) == 0
    told = capsys.readouterr().out
    assert "Livré sans mesure\n- Rappels par SMS\nRien n’a été écrit depuis le" in told
    assert main(["due", "--data", str(data), "--on", "2034-01-01", "--lang", "fr", "--messages"]) == 0
    written = capsys.readouterr().out
    assert f"sans nouvelles de {lived.session.team} depuis le" in written
    assert "Quel chiffre cela devrait-il faire bouger\u202f?\n- Rappels par SMS\n" in written


def test_a_team_that_is_only_silent_gets_a_message_too(lived: Room) -> None:
    said = message(lived.session, environment("fr"), [], [], quiet_since=date(2033, 1, 15))
    assert said.startswith("Bonjour,\n\nNous sommes sans nouvelles de") and "15/01/2033" in said
    assert "Voici ce qui vient" not in said and "bouger" not in said and "\n\n\n" not in said


def test_a_figure_given_before_its_day_does_not_silence_the_reminder_of_it(lived: Room, time: Time) -> None:
    give(lived, "19", "2033-04")
    give(lived, "18", "2033-05")  # on 18 May: the month runs
    assert ("reading", "2033-05-31") in told(lived)
    time.advance(20 * DAY)
    give(lived, "17", "2033-05")
    assert ("reading", "2033-06-30") in told(lived) and ("reading", "2033-05-31") not in told(lived)
    # Of a month that has not even begun nothing is known: the one before it is still due.
    give(lived, "12", "2033-08")
    assert ("reading", "2033-06-30") in told(lived)


def test_a_first_figure_of_a_day_to_come_is_due_on_that_day(room: Room) -> None:
    metric = room.ask(CLIENT, do="write", kind="metric", text="Familles servies")
    room.ask(CLIENT, do="write", kind="reading", about=metric, text="", figure="12", as_of="2033-07-10")
    assert told(room) == [("reading", "2033-07-10")]
