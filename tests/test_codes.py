"""The short code of a workshop: what it opens, how long, and how many may be tried."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.server.codes import FROM_ALL, FROM_ONE, WITHIN, Codes, TooManyTries
from impactlib.storage import keys
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from impactlib.storage.session_store import create_session
from tests.conftest import Time, agree


def opened(data: Path, team: str = "Colis Solidaire") -> tuple[str, str]:
    """A workshop's id and its code."""
    with closing(create_session(data, team).journal) as journal:
        return journal.session, keys.code(data, journal)


def renewed(data: Path, session: str, role: Role) -> str:
    """The code after that role's link was renewed by another process."""
    with closing(FileJournal(journal_path(data, session))) as journal:
        journal.renew(role)
        return keys.code(data, journal)


def test_a_code_is_six_letters_that_are_not_taken_for_others(tmp_path: Path) -> None:
    codes = {opened(tmp_path, f"Équipe {number}")[1] for number in range(20)}
    assert len(codes) == 20
    assert all(len(code) == 6 and not set(code) & set("01ILOU") for code in codes)
    assert len({letter for code in codes for letter in code}) > 20


def test_each_workshop_is_found_by_its_own_code_however_it_is_typed(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    codes = Codes(tmp_path)

    def agrees(session: str, said: str) -> None:
        assert codes.find(said, "1.2.3.4") == session

    typed = [
        (session, said) for session, code in (one, other) for said in (code, code.lower(), f" {code[:3]}-{code[3:]} ")
    ]
    agree([*typed, ("", ""), ("", "ABCDEF"), ("", one[1][:5]), ("", one[1] + "2")], agrees)


@pytest.mark.parametrize("role", Role)
def test_a_code_ends_when_the_link_of_a_guest_is_renewed(tmp_path: Path, role: Role) -> None:
    session, code = opened(tmp_path)
    codes = Codes(tmp_path)
    assert codes.find(code, "1.2.3.4") == session
    new = renewed(tmp_path, session, role)
    assert (new != code) == (role in keys.GUESTS)
    assert codes.find(new, "1.2.3.4") == session
    assert codes.find(code, "1.2.3.4") == (session if new == code else "")


def test_wrong_codes_are_limited_for_one_address_then_for_all_and_forgotten(tmp_path: Path, time: Time) -> None:
    session, code = opened(tmp_path)
    codes = Codes(tmp_path, time)
    for _ in range(FROM_ONE):
        assert codes.find(code, "1.2.3.4") == session
        assert codes.find("ABCDEF", "1.2.3.4") == ""
    with pytest.raises(TooManyTries):
        codes.find(code, "1.2.3.4")
    assert codes.find(code, "5.6.7.8") == session
    for number in range(FROM_ALL - FROM_ONE):
        assert codes.find("ABCDEF", f"10.0.0.{number}") == ""
    with pytest.raises(TooManyTries):
        codes.find(code, "5.6.7.8")
    time.advance(WITHIN)
    assert codes.find(code, "1.2.3.4") == session


def test_a_file_that_is_no_journal_has_no_code(tmp_path: Path) -> None:
    session, code = opened(tmp_path)
    journal_path(tmp_path, "broken").write_text("not a journal")
    assert Codes(tmp_path).find(code, "1.2.3.4") == session
