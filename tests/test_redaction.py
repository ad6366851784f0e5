"""A session reduced to be shared: what is left out is not in the file, and what is left is a session."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from msgspec import structs

from impactlib import export
from impactlib.domain.agenda import Role
from impactlib.domain.events import MetricAbstained, MetricScored, NoteMoved
from impactlib.domain.redaction import shown
from impactlib.domain.session import Score, Session
from impactlib.domain.session_file import SessionFile, read
from impactlib.storage.session_store import import_session
from impactlib.views.render import environment
from tests.conftest import NAMES, Room, Time

FORMS = ("ipynb", "json", "md", "html")
ABSTAINS = None
_PICTURES = re.compile(r'(?:base64,|"image/png": ")[\w+/=]+')


def shared(room: Room, *without: str) -> SessionFile:
    return export.shared(room.store.to_file(), environment("fr"), without)


def everywhere(file: SessionFile) -> str:
    """Every file that can be made of a session, as one text, its metadata spelt out. Pictures are left out: among so
    many letters a short name is found by chance."""
    views = environment("fr")
    texts = [export.render(file, export.CONTENT_OF[form], form, views).decode() for form in FORMS[1:]]
    notebook = json.loads(export.render(file, "session", "ipynb", views))
    lines = [json.loads(line) for line in notebook["metadata"]["impact"]["journal"]]
    whole = "\n".join([*texts, json.dumps(notebook, ensure_ascii=False), json.dumps(lines, ensure_ascii=False)])
    return _PICTURES.sub("", whole)


def test_names_are_labels_wherever_they_were_written(lived: Room) -> None:
    lived.ask(Role.CLIENT, do="write", kind="learning", text=f"{NAMES[Role.CONSULTANT]} nous a fait douter")
    words = everywhere(shared(lived))
    for name in NAMES.values():
        assert name not in words
    assert "Consultant 1 nous a fait douter" in words
    assert "Équipe 1" in words


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_file_to_share_says_that_it_is_reduced_and_no_other_does(lived: Room, lang: str) -> None:
    views, says = environment(lang), {"fr": "a été réduit pour être partagé", "en": "was reduced to be shared"}[lang]
    whole = lived.store.to_file()
    for file, times in ((export.shared(whole, views, ()), 1), (whole, 0)):
        for form in ("ipynb", "md", "html"):
            assert export.render(file, export.CONTENT_OF[form], form, views).decode().count(says) == times, form
        assert json.loads(export.render(file, "session", "json", views))["session"]["shared"] is bool(times)


def test_a_shared_session_has_no_withdrawn_note_and_no_former_text(room: Room) -> None:
    gone = room.ask(Role.CLIENT, do="write", kind="problem", text="Un secret de fabrique")
    room.ask(Role.CLIENT, do="withdraw", note=gone)
    slip = room.ask(Role.CLIENT, do="write", kind="problem", text="Mme Lenoir attend")
    room.ask(Role.CLIENT, do="edit", note=slip, text="Une usagère attend", was="1")
    words = everywhere(shared(room))
    assert "secret" not in words
    assert "Lenoir" not in words
    assert "Une usagère attend" in words


def test_scores_that_were_not_shown_are_not_in_it_and_those_that_were_are(room: Room) -> None:
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    round = room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
    room.ask(Role.CLIENT, do="score", metric=metric, value=5, ease=2)
    room.ask(Role.CONSULTANT, do="abstain", metric=metric)
    assert shared(room).fold().scores == {}
    assert "MetricScored" not in everywhere(shared(room)) and "MetricAbstained" not in everywhere(shared(room))
    room.ask(Role.FACILITATOR, do="show_round", round=round)
    assert len(shared(room).fold().scores) == 2
    assert round not in everywhere(shared(room)) and metric not in everywhere(shared(room))


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([{"value": 5, "ease": 2}, {"value": 3}], [(None, 2), (3, None)]),
        ([{"value": 5, "ease": 2}, {"ease": 3}], [(5, None), (None, 3)]),
        ([{"value": 5}, {"ease": 1}, {"value": 2, "ease": 2}], [(2, 2)]),
        ([ABSTAINS, {"value": 4, "ease": 4}], [(4, 4)]),
        ([{"value": 4, "ease": 4}, ABSTAINS], [ABSTAINS]),
        ([{"value": 4}, ABSTAINS, {"ease": 2}], [(None, 2)]),
    ],
)
def test_a_score_changed_before_the_reveal_is_in_neither_file_as_it_was(
    room: Room, given: list[dict[str, int] | None], left: list[object]
) -> None:
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    round = room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
    for axes in given:
        room.ask(Role.CLIENT, metric=metric, **({"do": "abstain"} if axes is ABSTAINS else {"do": "score", **axes}))
    room.ask(Role.FACILITATOR, do="show_round", round=round)
    for file in (shared(room), shown(room.store.to_file())):
        events = [entry.event for entry in file.entries if isinstance(entry.event, MetricScored | MetricAbstained)]
        assert [(event.value, event.ease) if isinstance(event, MetricScored) else ABSTAINS for event in events] == left
        assert list(map(plain, file.fold().scores.values())) == list(map(plain, room.session.scores.values()))


def plain(score: Score) -> tuple[int | None, int | None, bool]:
    return score.value, score.ease, score.abstained


@pytest.mark.parametrize(("kind", "detail"), [("action", "owner"), ("metric", "decider")])
def test_an_owner_who_was_not_there_has_a_label_too(lived: Room, kind: str, detail: str) -> None:
    note = lived.session.notes_of(kind)[0].id
    lived.ask(Role.CLIENT, do="detail", note=note, detail=detail, value="Bertille Morvan")
    words = everywhere(shared(lived))
    assert "Bertille" not in words and "Morvan" not in words
    assert "Responsable 1" in words


def test_by_which_browser_somebody_came_is_not_in_it(lived: Room) -> None:
    browser = "0123456789abcdef"
    lived.ask(Role.CLIENT, do="come_back", browser=browser)
    lived.ask(Role.FACILITATOR, do="set_apart", person="person-client", browser=browser)
    words = everywhere(shared(lived))
    assert browser not in words and "PersonCameBack" not in words and "PersonSetApart" not in words
    assert all(person.returns == () for person in shared(lived).fold().people.values())
    assert lived.store.to_file().fold().people["person-client"].returns[0].browser == browser


def test_chosen_notes_are_left_out_with_what_answers_them(lived: Room) -> None:
    question = lived.ask(Role.CONSULTANT, do="write", kind="question", text="Combien renoncent ?")
    lived.ask(Role.CLIENT, do="write", kind="answer", text="Quarante, à la louche", about=question)
    learning = lived.ask(Role.CLIENT, do="write", kind="learning", text="Compter les renoncements")
    words = everywhere(shared(lived, question, "learning"))
    assert "Combien renoncent" not in words
    assert "à la louche" not in words
    assert "Compter les renoncements" not in words
    assert lived.session.notes[learning]
    with pytest.raises(export.ExportError):
        shared(lived, "rumours")


def test_the_rest_stands_and_can_be_imported_beside_the_whole_one(lived: Room, tmp_path: Path, time: Time) -> None:
    file = shared(lived)
    back = read(export.render(file, "session", "ipynb", environment("fr")))
    assert back == file
    assert back.shared
    assert kinds(back.fold()) == kinds(lived.session)
    store, added = import_session(tmp_path / "there", back, clock=time)
    assert (added, store.journal.session) == (len(file.entries), file.session)
    assert file.session != lived.store.journal.session
    store.journal.close()


def kinds(session: Session) -> list[tuple[str, str]]:
    return [(note.kind, note.about and "about") for note in session.notes.values() if not note.withdrawn]


def test_ids_of_the_whole_session_are_not_in_it(lived: Room) -> None:
    words = everywhere(shared(lived))
    for id in (lived.store.journal.session, *lived.session.people, *lived.session.notes):
        assert id not in words


def test_a_reference_to_an_omitted_note_does_not_tell_its_id(lived: Room) -> None:
    delay, visits = (note.id for note in lived.session.notes_of("metric"))
    advice = lived.session.notes_of("recommendation")[1].id
    lived.ask(Role.FACILITATOR, do="move", note=visits, before=delay)
    lived.ask(Role.CONSULTANT, do="attach", note=advice, about=delay)
    lived.ask(Role.FACILITATOR, do="focus", note=delay)
    lived.ask(Role.CLIENT, do="second", note=advice, on="true")
    assert delay in lived.session.kept and lived.session.rounds[0].takes(delay)
    words = everywhere(shared(lived, delay))
    assert "Visites du site" in words and "Publiez peu de chiffres" in words
    assert [id for id in lived.session.notes if id in words] == []


def test_the_video_link_is_not_in_it(lived: Room) -> None:
    file = lived.store.to_file()
    opened = structs.replace(
        file.entries[0], event=structs.replace(file.entries[0].event, video="https://visio.example/colis")
    )
    whole = SessionFile(file.session, (opened, *file.entries[1:]))
    assert whole.fold().video
    assert export.shared(whole, environment("fr"), ()).fold().video == ""


def test_former_details_and_names_that_were_corrected_are_not_in_it(lived: Room) -> None:
    action = lived.session.notes_of("action")[0].id
    for owner in ("Bertille", "Marc"):
        lived.ask(Role.CLIENT, do="detail", note=action, detail="owner", value=owner)
    lived.ask(Role.FACILITATOR, do="correct", person="person-consultant", name="Zélie", role="consultant")
    lived.ask(Role.CLIENT, do="write", kind="learning", text=f"{NAMES[Role.CONSULTANT]} et Zélie ont raison")
    words = everywhere(shared(lived))
    assert "Bertille" not in words
    assert NAMES[Role.CONSULTANT] not in words and "Zélie" not in words
    assert "Consultant 1 et Consultant 1 ont raison" in words


def test_notes_keep_the_order_that_the_facilitator_gave_them(lived: Room) -> None:
    first, second = (lived.ask(Role.CLIENT, do="write", kind="hypothesis", text=text) for text in ("Une", "Deux"))
    file = lived.store.to_file()
    moved = structs.replace(file.entries[-1], id="moved", seq=len(file.entries) + 1, event=NoteMoved(second, first))
    whole = SessionFile(file.session, (*file.entries, moved))
    texts = [note.text for note in export.shared(whole, environment("fr"), ()).fold().notes_of("hypothesis")]
    assert texts == [note.text for note in whole.fold().notes_of("hypothesis")]
    assert texts.index("Deux") < texts.index("Une")
