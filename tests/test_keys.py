"""Keys and persons: each opens what it is for, and nothing can be had back from what is stored."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from impactlib.domain.agenda import Role
from impactlib.storage import keys as access_keys
from impactlib.storage.doctor import folder
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.journal import Journal, JournalError
from impactlib.storage.store import COACHES, OPERATOR
from tests.conftest import path_of

FIRST = "import sys; from pathlib import Path; from impactlib.storage import keys; sys.stdin.readline()\n"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = FileJournal.create(tmp_path / "sessions" / "one.journal", "one")
    yield journal
    journal.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Journal]:
    journal = FileJournal.create(tmp_path / "sessions" / "two.journal", "two")
    yield journal
    journal.close()


def test_every_role_of_every_workshop_has_a_key_of_its_own(tmp_path: Path, journal: Journal, other: Journal) -> None:
    keys = [access_keys.role_key(tmp_path, held, role) for held in (journal, other) for role in Role]
    assert len({*keys, access_keys.operator_key(tmp_path)}) == 9


def test_a_key_is_the_same_each_time_so_that_a_link_can_be_shown_again(tmp_path: Path, journal: Journal) -> None:
    assert access_keys.role_key(tmp_path, journal, Role.CLIENT) == access_keys.role_key(tmp_path, journal, Role.CLIENT)
    assert access_keys.operator_key(tmp_path) == access_keys.operator_key(tmp_path)


def test_a_key_is_long_enough_and_safe_in_an_address(tmp_path: Path, journal: Journal) -> None:
    for role in Role:
        key = access_keys.role_key(tmp_path, journal, role)
        assert len(key) == 24  # 120 bits in base 32
        assert key.isalnum() and key.islower()


def test_renewing_a_link_changes_that_roles_key_and_no_other(tmp_path: Path, journal: Journal) -> None:
    before = {role: access_keys.role_key(tmp_path, journal, role) for role in Role}
    journal.renew(Role.CLIENT)
    after = {role: access_keys.role_key(tmp_path, journal, role) for role in Role}
    assert {role for role in Role if before[role] != after[role]} == {Role.CLIENT}


def test_the_same_workshop_in_another_data_folder_has_other_keys(tmp_path: Path, journal: Journal) -> None:
    assert access_keys.role_key(tmp_path, journal, Role.CLIENT) != access_keys.role_key(
        tmp_path / "b", journal, Role.CLIENT
    )
    assert access_keys.operator_key(tmp_path) != access_keys.operator_key(tmp_path / "b")


def test_the_secret_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    held = access_keys.secret(tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600
    assert len(held) == 32


@pytest.mark.parametrize("left", [b"", b"x" * 31, b"x" * 33])
def test_a_secret_that_was_cut_makes_no_key_and_no_workshop(tmp_path: Path, journal: Journal, left: bytes) -> None:
    (tmp_path / "secret").write_bytes(left)
    for asked in (access_keys.operator_key, partial(access_keys.links, journal=journal, base="http://x/")):
        with pytest.raises(JournalError, match=f"holds {len(left)} bytes of 32"):
            asked(tmp_path)
    assert (tmp_path / "secret").read_bytes() == left


def test_the_operators_key_is_renewed_alone(tmp_path: Path, journal: Journal) -> None:
    operator, links = access_keys.operator_key(tmp_path), access_keys.links(tmp_path, journal, "http://x/")
    made = [operator]
    for _ in range(3):
        access_keys.renew_operator(tmp_path)
        made.append(access_keys.operator_key(tmp_path))
    assert len(set(made)) == 4
    assert access_keys.links(tmp_path, journal, "http://x/") == links


def test_an_operators_key_that_was_renewed_does_not_come_back_with_an_emptied_file(tmp_path: Path) -> None:
    access_keys.renew_operator(tmp_path)
    (tmp_path / OPERATOR).write_bytes(b"")
    with pytest.raises(JournalError, match="Write a higher number"):
        access_keys.operator_key(tmp_path)


@pytest.mark.parametrize("left", [b"", b"ines", b"ines two", b"\xff 1"])
def test_a_coachs_address_that_was_renewed_does_not_come_back_with_a_damaged_file(tmp_path: Path, left: bytes) -> None:
    access_keys.renew_coach(tmp_path, "ines")
    (tmp_path / COACHES).write_bytes(left)
    for asked in (access_keys.coach_key, access_keys.renew_coach):
        with pytest.raises(JournalError, match="Put the one of a backup back"):
            asked(tmp_path, "ines")
    assert (tmp_path / COACHES).read_bytes() == left
    (tmp_path / "sessions").mkdir(exist_ok=True)
    assert [said for said in folder(tmp_path) if f"{COACHES} is damaged" in said]


def test_the_secret_is_in_neither_a_key_nor_a_journal(tmp_path: Path, journal: Journal) -> None:
    journal.renew(Role.CLIENT)
    keys = [access_keys.role_key(tmp_path, journal, role).encode() for role in Role]
    stored = path_of(journal).read_bytes()
    assert access_keys.secret(tmp_path) not in stored
    assert not any(key in stored for key in keys)


@pytest.mark.process
def test_processes_that_are_first_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-c", FIRST + f"print(keys.secret(Path({str(data)!r})).hex())"]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
        for _ in range(4)
    ]
    for process in both:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[0].strip() for process in both]
    assert len(set(said)) == 1 and len(said[0]) == 64
    assert [path.name for path in data.iterdir()] == ["secret"]


def test_a_person_is_the_same_in_a_session_and_another_elsewhere() -> None:
    assert access_keys.person_id("one", "a-key") == access_keys.person_id("one", "a-key")
    assert access_keys.person_id("one", "a-key") != access_keys.person_id("two", "a-key")
    assert access_keys.person_id("one", "a-key") != access_keys.person_id("one", "b-key")


def test_a_persons_id_says_nothing_of_the_key() -> None:
    key = "k" * 32
    id = access_keys.person_id("one", key)
    assert len(id) == 16 and set(id) <= set("0123456789abcdef")
    # A key that differs by its last character gives an id that has nothing in common with it but chance.
    near = access_keys.person_id("one", key[:-1] + "l")
    assert sum(a == b for a, b in zip(id, near, strict=True)) < 8


def test_keys_are_compared_whole() -> None:
    assert access_keys.same("abc", "abc")
    assert not access_keys.same("abc", "abcd")
    assert not access_keys.same("", "abc")
    assert access_keys.same("é", "é")


def test_a_link_carries_its_session_role_and_key(tmp_path: Path, journal: Journal) -> None:
    links = access_keys.links(tmp_path, journal, "https://atelier.test/base/")
    assert list(links) == [role.value for role in Role]
    parts = urlsplit(links["client"])
    assert (parts.netloc, parts.path) == ("atelier.test", "/base/room/one/client")
    assert parse_qs(parts.query) == {"key": [access_keys.role_key(tmp_path, journal, Role.CLIENT)]}
