"""A name is replaced where it stands as a name, and nowhere else by itself."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from impactlib import export
from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.mentions import Choice, Mention, mentions, replaced
from impactlib.domain.session_file import read
from impactlib.views.render import environment
from tests.conftest import Room, agree, path_of

PEOPLE = {
    "L": "Équipe 1",
    "Claire": "Équipe 2",
    "France": "Équipe 3",
    "Alice Martin": "Consultant 1",
    "Bob": "Consultant 2",
    "Marie-Laure": "Observateur 1",
    "Équipe": "Observateur 2",
}


def find(text: str, **more: dict[str, str]) -> list[Mention]:
    return mentions({("note", ""): text}, PEOPLE, "Colis Solidaire", **more)


def told(text: str) -> str:
    """The text as it leaves when nobody decides anything."""
    return replaced(text, [one for one in find(text) if one.sure])


SAID = """
l’accueil est lent, L’accueil aussi                | l’accueil est lent, L’accueil aussi
une réponse claire et rapide                       | une réponse claire et rapide
Claire propose une réponse claire                  | Équipe 2 propose une réponse claire
Claire et nette, la demande                        | Claire et nette, la demande
Claire : relancer les antennes                     | Équipe 2 : relancer les antennes
voir avec Claire, France et Bob                    | voir avec Équipe 2, Équipe 3 et Consultant 2
merci à Claire. Elle a noté                        | merci à Équipe 2. Elle a noté
France Travail ouvre ses données                   | France Travail ouvre ses données
demander à France Travail                          | demander à France Travail
demander à France                                  | demander à Équipe 3
partout en France, dans la France entière          | partout en France, dans la France entière
une école de France                                | une école de France
la Banque de France et Air France                  | la Banque de France et Air France
FRANCE SERVICES                                    | FRANCE SERVICES
Alice Martin et Alice ont douté                    | Consultant 1 et Consultant 1 ont douté
Bob’s list, then bob and Jean-Bob                  | Consultant 2’s list, then bob and Jean-Bob
Marie-Laure suit                                   | Observateur 1 suit
l’Équipe décide, notre équipe aussi                | l’Équipe décide, notre équipe aussi
Bobine, Claireau et Francette                      | Bobine, Claireau et Francette
"""


def test_people_are_replaced_and_words_are_not() -> None:
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in SAID.strip().splitlines()]
    agree(rows, lambda text, expected: pytest.fail(told(text)) if told(text) != expected else None)


def test_what_may_be_a_name_is_told_with_the_words_around_it() -> None:
    [word, name] = find("une réponse claire, dit Claire aux antennes")
    assert (word.words, word.sure, word.before, word.after) == (
        "claire",
        False,
        "une réponse ",
        ", dit Claire aux antennes",
    )
    assert (name.words, name.sure, name.label) == ("Claire", True, "Équipe 2")


def test_a_letter_is_told_only_where_it_stands_alone() -> None:
    assert [one.words for one in find("l’accueil, la file L, d’un l à l’autre, L.")] == ["L", "L"]
    assert not any(one.sure for one in find("la file L"))


def test_a_family_name_alone_may_be_a_name() -> None:
    assert [(one.words, one.sure) for one in find("M. Martin a noté")] == [("Martin", False)]


def test_those_who_were_not_there_are_told_and_never_sure() -> None:
    found = find("La DSI et Paul Petit suivent", others={"paul petit": "Responsable 1", "dsi": "Responsable 2"})
    assert [(one.words, one.sure) for one in found] == [("DSI", False), ("Paul Petit", False)]


def test_other_words_are_replaced_wherever_they_stand() -> None:
    found = find("Voir M. Oyono ; m. oyono sait", words={"M. Oyono": "Responsable 1"})
    assert [one.sure for one in found] == [True, True]
    assert replaced("Voir M. Oyono ; m. oyono sait", found) == "Voir Responsable 1 ; Responsable 1 sait"


def test_a_word_of_the_teams_own_name_is_no_person() -> None:
    assert not any(
        one.sure
        for one in mentions({("n", ""): "Le Colis arrive. Colis part"}, {"Colis": "Équipe 1"}, "Colis Solidaire")
    )


@given(st.text(string.ascii_letters + " ’'-.,:;\n", max_size=80))
def test_nothing_but_the_mentions_that_are_taken_changes(text: str) -> None:
    found = find(text)
    assert replaced(text, []) == text
    assert all(text[one.start : one.start + len(one.words)] == one.words for one in found)
    assert len({one.key for one in found}) == len(found)
    rest = replaced(text, found)
    for label in PEOPLE.values():
        rest = rest.replace(label, "")
    assert len(rest) == len(text) - sum(len(one.words) for one in found)


@pytest.mark.parametrize("words", [["x"] * 101, ["x" * 81]])
def test_other_words_are_few_and_short(words: list[str]) -> None:
    with pytest.raises(ValueError, match="at most"):
        Choice.of({"words": words})


def test_many_names_in_a_long_text_are_all_found() -> None:
    assert len(find("\n" * 9_000 + "x Claire " * 1_000)) == 1_000


# A session that is shared ---------------------------------------------------------------------------


@pytest.fixture
def told_about(room: Room) -> Room:
    name = room.session.people[f"person-{Role.CLIENT}"].name
    room.ask(Role.CLIENT, do="write", kind="problem", text=f"{name} reçoit trop d’appels, dit {name.lower()}")
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai")
    room.ask(Role.CLIENT, do="detail", note=metric, detail="limits", value=f"{name} relève à la main")
    room.ask(Role.CLIENT, do="detail", note=metric, detail="owner", value="Paul Petit")
    return room


def names(room: Room) -> list[dict[str, Any]]:
    made = export.render(room.store.to_file(), "names", "json", environment("fr"))
    listed: list[dict[str, Any]] = json.loads(made)["names"]
    return listed


def shared(room: Room, choice: Choice | None = None) -> str:
    file = export.shared(room.store.to_file(), environment("fr"), names=choice)
    return "\n".join(f"{note.text} {note.details}" for note in file.fold().notes.values())


def test_the_file_of_names_lists_texts_and_details(told_about: Room) -> None:
    name = told_about.session.people[f"person-{Role.CLIENT}"].name
    found = names(told_about)
    assert [(one["words"], one["sure"]) for one in found] == [(name, True), (name.lower(), False), (name, True)]
    assert found[2]["after"] == " relève à la main"


def test_each_name_can_be_put_back_or_added(told_about: Room) -> None:
    name = told_about.session.people[f"person-{Role.CLIENT}"].name
    first, second, _ = names(told_about)
    plain = shared(told_about)
    assert f"Équipe 1 reçoit trop d’appels, dit {name.lower()}" in plain and "Équipe 1 relève" in plain
    chosen = shared(told_about, Choice(frozenset({first["key"]}), frozenset({second["key"]})))
    assert f"{name} reçoit trop d’appels, dit Équipe 1" in chosen and "Équipe 1 relève" in chosen


def test_a_file_of_names_that_was_changed_is_followed_by_the_command(
    told_about: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, id = str(path_of(told_about.store.journal).parent.parent), told_about.session.id
    listed, out = tmp_path / "names.json", tmp_path / "shared.ipynb"
    assert main(["export", id, "--data", data, "--kind", "names", "-o", str(listed)]) == 0
    said = json.loads(listed.read_text(encoding="utf-8"))
    said["back"], said["words"] = [said["names"][0]["key"]], ["appels"]
    listed.write_text(json.dumps(said), encoding="utf-8")
    assert main(["export", id, "--data", data, "--share", "-o", str(out)]) == 0
    assert "--kind names" in capsys.readouterr().err
    assert main(["export", id, "--data", data, "--share", "--names", str(listed), "-o", str(out)]) == 0
    [problem] = read(out.read_bytes()).fold().notes_of("problem")
    name = told_about.session.people[f"person-{Role.CLIENT}"].name
    assert problem.text.startswith(f"{name} reçoit trop d’Responsable")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"back": 3}', b'{"words": [1]}', b"\xff\xfe", b"not json"])
def test_what_is_no_file_of_names_is_refused_in_a_sentence(
    told_about: Room, tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "names.json"
    bad.write_bytes(content)
    data, out = str(path_of(told_about.store.journal).parent.parent), tmp_path / "shared.ipynb"
    assert main(["export", told_about.session.id, "--data", data, "--share", "--names", str(bad), "-o", str(out)]) == 2
    assert "this is no file of names" in capsys.readouterr().err and not out.exists()
