"""Figures pulled from an export: a file, or an address that the operator allows; nothing is written of a bad one."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from impactlib.cli import main
from impactlib.domain import events
from impactlib.domain.events import Event
from impactlib.domain.readings import series
from impactlib.domain.redaction import redact
from impactlib.domain.refusal import Refusal
from impactlib.fetching import LARGEST, fetch
from impactlib.storage.session_store import SessionStore, create_session, open_store
from impactlib.views.render import environment
from impactlib.views.wording import called
from tests.answering import MONTHS


@pytest.fixture
def session(tmp_path: Path) -> str:
    """A workshop with one metric, in the data folder."""
    store = create_session(tmp_path, "Colis solidaire")
    metric: list[Event] = [
        events.NoteWritten("visits-1", "metric", "Visites", ""),
        events.DetailSet("visits-1", "unit", "visites"),
    ]
    store.write("first-write", metric)
    store.journal.close()
    return store.session.id


def run(data: Path, *words: str) -> int:
    return main([words[0], *words[1:2], *words[2:], "--data", str(data)])


def figures(data: Path, session: str) -> list[tuple[str, float, str]]:
    store = open_store(data, session)
    try:
        found = series(store.session, store.session.notes["visits-1"]).readings
        return [(str(one.on), float(one.value), one.over) for one in found]
    finally:
        store.journal.close()


def test_an_export_saved_gives_its_figures_once(
    tmp_path: Path, session: str, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "matomo.json"
    saved.write_text(json.dumps(MONTHS))
    assert run(tmp_path, "recipe", session, "Visites", "--kind", "matomo", "--value", "nb_visits") == 0
    assert run(tmp_path, "pull", session, "--metric", "1", "--file", str(saved)) == 0
    assert "2 new, 1 of a period that is not over" in capsys.readouterr().out
    expected = [("2024-08-31", 1873.0, "month"), ("2024-09-30", 2010.0, "month")]
    assert figures(tmp_path, session) == expected
    assert run(tmp_path, "pull", session, "--file", str(saved)) == 0
    assert "0 new" in capsys.readouterr().out and figures(tmp_path, session) == expected


def test_a_figure_that_was_typed_does_not_take_the_source_of_an_export_that_says_otherwise(
    tmp_path: Path, session: str, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "matomo.json"
    saved.write_text(json.dumps(MONTHS))
    assert run(tmp_path, "readings", session, "--set", "1", "2024-08", "1500", "--set", "1", "2024-09", "2010") == 0
    run(tmp_path, "recipe", session, "1", "--kind", "matomo", "--value", "nb_visits")
    assert run(tmp_path, "pull", session, "--file", str(saved)) == 0
    said = capsys.readouterr()
    assert "0 new, 1 corrected, 2 changed here too, which stay" in said.out and "1\u202f873\u00a0visites" in said.err
    store = open_store(tmp_path, session)
    store.journal.close()
    found = series(store.session, store.session.notes["visits-1"]).readings
    assert [(one.text, one.note.details.get("source", "")) for one in found] == [("1500", ""), ("2010", "Matomo")]


def test_a_changed_column_is_named_and_nothing_is_written(
    tmp_path: Path, session: str, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "question.json"
    saved.write_text(json.dumps([{"Mois": "2024-08", "Visites": 3}, {"Mois": "2024-09", "Visites": "beaucoup"}]))
    run(tmp_path, "recipe", session, "1", "--kind", "metabase", "--value", "Nombre", "--date", "Mois")
    assert run(tmp_path, "pull", session, "--file", str(saved)) == 2
    assert "“Nombre” any more. There are: Mois, Visites" in capsys.readouterr().err
    run(tmp_path, "recipe", session, "1", "--kind", "metabase", "--value", "Visites", "--date", "Mois")
    assert run(tmp_path, "pull", session, "--file", str(saved)) == 2
    assert "“beaucoup”" in capsys.readouterr().err
    assert figures(tmp_path, session) == []


def test_a_recipe_is_said_and_taken_away(tmp_path: Path, session: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, "recipe", session, "1", "--kind", "table", "--value", "Nombre", "--where", "Région=Bretagne")
    capsys.readouterr()
    run(tmp_path, "recipe", session, "1")
    assert json.loads(capsys.readouterr().out) == {
        "kind": "table",
        "value": "Nombre",
        "where": [["Région", "Bretagne"]],
    }
    run(tmp_path, "recipe", session, "1", "--forget")
    assert run(tmp_path, "pull", session, "--file", "x.csv") == 2
    assert "No recipe here" in capsys.readouterr().err


def test_an_address_is_asked_only_on_a_host_that_is_allowed(
    tmp_path: Path, session: str, tool: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMPACT_PULL_HOSTS", raising=False)
    where = ("--address", f"http://{tool}/moved?idSite=4")
    run(tmp_path, "recipe", session, "1", "--kind", "matomo", "--value", "nb_visits", *where)
    assert run(tmp_path, "pull", session) == 2 and f"{tool} is not a host that may be asked" in capsys.readouterr().err
    assert run(tmp_path, "pull", session, "--allow", "127.0.0.1") == 2  # another port is another door
    assert figures(tmp_path, session) == []
    monkeypatch.setenv("IMPACT_PULL_HOSTS", f"stats.exemple.fr {tool}")
    assert run(tmp_path, "pull", session) == 0 and len(figures(tmp_path, session)) == 2


@pytest.mark.parametrize(
    ("mood", "match"),
    [
        ("loop", "without end"),
        ("away", r"another host, ailleurs\.exemple\.fr"),
        ("broken", "another host, …"),
        ("missing", "answers 404"),
        ("large", "larger than 5 MB"),
        ("short", "does not answer"),
    ],
)
def test_what_is_no_export_is_refused(tool: str, mood: str, match: str) -> None:
    with pytest.raises(Refusal, match=match):
        fetch(f"http://{tool}/{mood}", [tool])


def test_a_saved_file_of_fifty_megabytes_is_refused_and_not_read_whole(
    tmp_path: Path, session: str, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "export.json"
    with saved.open("wb") as file:
        file.truncate(50_000_000)
    run(tmp_path, "recipe", session, "1", "--kind", "matomo", "--value", "nb_visits")
    tracemalloc.start()
    try:
        assert run(tmp_path, "pull", session, "--file", str(saved)) == 2
        assert tracemalloc.get_traced_memory()[1] < 2 * LARGEST
    finally:
        tracemalloc.stop()
    assert "larger than 5 MB" in capsys.readouterr().err and figures(tmp_path, session) == []


def test_a_slow_drip_is_cut(tool: str) -> None:
    with pytest.raises(Refusal, match="had not come whole"):
        fetch(f"http://{tool}/drip", [tool], within=0.5)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/", "http://", "http://[", "https://x:99999/"])
def test_an_address_of_no_host_is_refused(address: str) -> None:
    with pytest.raises(Refusal, match="begin with https:// or http:// and name a host"):
        fetch(address, ["x", ""])


def test_a_page_to_log_in_gives_nothing(
    tmp_path: Path, session: str, tool: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, more in (("matomo", ()), ("table", ("--date", "Mois"))):
        where = ("--address", f"http://{tool}/login")
        run(tmp_path, "recipe", session, "1", "--kind", kind, "--value", "nb_visits", *more, *where)
        assert run(tmp_path, "pull", session, "--allow", tool) == 2 and "web page" in capsys.readouterr().err
    assert figures(tmp_path, session) == [] and LARGEST == 5 * 1024 * 1024


def test_a_key_is_never_kept_and_a_recipe_never_shared(
    tmp_path: Path, session: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keyed = ("--kind", "matomo", "--value", "v", "--address", "https://stats.exemple.fr/?token_auth=abcdef")
    assert run(tmp_path, "recipe", session, "1", *keyed) == 2
    run(tmp_path, "recipe", session, "1", "--kind", "matomo", "--value", "v", "--address", "https://stats.exemple.fr/x")
    store: SessionStore = open_store(tmp_path, session)
    file = store.to_file()
    store.journal.close()
    assert "stats.exemple.fr" in str(file) and "abcdef" not in str(file)
    assert "stats.exemple.fr" not in str(redact(file, called(environment("fr"))))
