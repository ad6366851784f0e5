"""A session that comes again: its agenda says after how many months, and the day of the next one is never lost."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of, months_later, working_day
from impactlib.domain.due import due
from impactlib.domain.events import SessionEnded, StepStarted
from impactlib.domain.session import Session
from impactlib.export import render
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.session_store import SessionStore, create_session, follow_session, list_sessions, open_store
from impactlib.views.render import environment
from tests.conftest import Room, Time, path_of
from tests.serving import Served, served
from tests.test_handlers import said
from tests.test_review import begun, over

CLIENT, FACILITATOR = Role.CLIENT, Role.FACILITATOR
MONTHLY = """
name = "chiffre-du-mois"
title = { fr = "Le chiffre du mois", en = "The figure of the month" }
recurs = 1

[[steps]]
id = "figure"
minutes = 10
shows = ["metrics"]
title = "Le chiffre"

[[steps]]
id = "decision"
minutes = 10
shows = ["learnings"]
title = "La décision"
"""


@pytest.fixture
def monthly(tmp_path: Path, time: Time) -> Room:
    """A session on an agenda of one's own that comes again each month, held."""
    made = create_session(tmp_path, "Colis Solidaire", toml=MONTHLY)
    made.journal.close()
    room = Room(SessionStore(FileJournal(path_of(made.journal), clock=time)))
    room.ask(CLIENT, do="join", name="Marc")
    room.ask(FACILITATOR, do="join", name="Ada")
    room.ask(FACILITATOR, do="start", step="figure")
    over(room, time)
    return room


def comes(session: Session) -> list[tuple[str, date]]:
    return [(one.title, one.on) for one in due(session) if one.kind == "again"]


def a_month_after(room: Room) -> date:
    return working_day(months_later(day_of(room.session.held_at, room.session.zone), 1))


def test_the_next_one_is_proposed_in_the_summary_and_falls_due_in_place_of_a_review(monthly: Room) -> None:
    kinds = [one.kind for one in due(monthly.session)]
    assert comes(monthly.session) == [("Le chiffre du mois", a_month_after(monthly))] and "review" not in kinds
    summary = render(monthly.store.to_file(), "summary", "md", environment("fr")).decode()
    assert f"Prochaine séance sur ce déroulé proposée\u00a0: {a_month_after(monthly):%d/%m/%Y}" in summary
    calendar = render(monthly.store.to_file(), "followup", "ics", environment("fr")).decode()
    assert "Prochaine séance «\u00a0Le chiffre du mois\u00a0»" in calendar.replace("\r\n ", "")


def test_its_day_is_still_known_after_a_session_on_another_agenda(monthly: Room, tmp_path: Path, time: Time) -> None:
    review = begun(monthly, tmp_path, time, 10)
    assert comes(review.session) == [("Le chiffre du mois", a_month_after(monthly))]
    assert "review" in [one.kind for one in due(review.session)]
    over(review, time)
    again = begun(review, tmp_path, time, 20, agenda="vision")
    assert dict(comes(again.session)).keys() == {"Le chiffre du mois", "Atelier vision et mesures"}


def test_the_next_one_is_opened_on_the_same_agenda_and_its_day_moves(monthly: Room, tmp_path: Path, time: Time) -> None:
    second = begun(monthly, tmp_path, time, 31, agenda="same")
    assert second.session.agenda == monthly.session.agenda
    assert comes(second.session) == [("Le chiffre du mois", a_month_after(second))]
    assert a_month_after(second) > a_month_after(monthly)


def test_a_journal_of_the_vision_from_before_agendas_said_so_comes_again(tmp_path: Path) -> None:
    old = MONTHLY.replace("recurs = 1\n", "").replace("chiffre-du-mois", "vision")
    session = create_session(tmp_path, "Colis Solidaire", toml=old).session
    assert session.agenda is not None and session.agenda.recurs == 3


def test_the_shell_opens_the_next_one_on_the_same_agenda(monthly: Room, tmp_path: Path) -> None:
    journal = str(path_of(monthly.store.journal))
    elsewhere = tmp_path / "elsewhere"
    assert main(["new", "--data", str(elsewhere), "--from", journal, "--agenda", "same"]) == 0
    [session] = list_sessions(elsewhere)
    with closing((store := open_store(elsewhere, session)).journal):
        assert store.session.agenda == monthly.session.agenda
    assert follow_session(elsewhere, monthly.store.to_file()).session.earlier[-1].recurs == 1


@served
async def test_the_operator_opens_it_in_one_press_and_nothing_else_is_the_same_as_nothing(house: Served) -> None:
    with closing(open_store(house.data, house.session).journal) as journal, journal.writing():
        journal.append("held", "", "", [StepStarted("tour"), SessionEnded()])
    opened = said(await house.operator().post("workshops", {"after": house.session, "agenda": "same"}))
    with closing((store := open_store(house.data, str(opened["session"]))).journal):
        assert store.session.follows is not None
        assert store.session.agenda == open_store(house.data, house.session).session.agenda
    assert (await house.operator().post("workshops", {"team": "Colis", "agenda": "same"})).code == 422
