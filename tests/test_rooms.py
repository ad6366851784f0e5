"""A room sends each page what it missed, and ends the streams of those who may no longer listen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, strategies as some

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.rooms import room as room_module
from impactlib.rooms.fragments import IF_SHOWN, WHOLE, Patch, apply, merge
from impactlib.rooms.layout import Layout, Slot
from impactlib.rooms.room import Audience, Message, Room as Followed, Shown, Stream
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.session_store import SessionStore
from impactlib.views.parts import LATEST
from tests.conftest import Room, path_of

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
LAYOUT = Layout((Slot("questions"), Slot("people")))


class Page(Stream):
    """A page that keeps what it was sent."""

    def __init__(self, role: Role) -> None:
        self.sent: list[Message] = []
        super().__init__(f"person-{role}", self.sent.append)

    @property
    def patches(self) -> list[Patch]:
        return [json.loads(said.partition("data: ")[2]) for said in self._said if said.startswith("id: ")]

    @property
    def written(self) -> list[int]:
        """How many entries were in, each time that it was told of new ones."""
        return [int(said.partition("data: ")[2]) for said in self._said if said.startswith("event: written")]

    @property
    def _said(self) -> list[str]:
        return [said.decode() for said in self.sent if said]

    @property
    def last(self) -> str:
        """The id of the last event."""
        said = next(said for said in reversed(self._said) if said.startswith("id: "))
        return said.partition("\n")[0].removeprefix("id: ")

    @property
    def ended(self) -> bool:
        return None in self.sent


class House:
    """A room that is followed, with a page for each role, and the people in it."""

    def __init__(self, people: Room) -> None:
        self.people, self.room = people, Followed(people.store)
        self.pages = {role: Page(role) for role in Role}
        for role, page in self.pages.items():
            shown = self.shown(role)
            shown.listen(page, shown.event)

    def shown(self, role: Role, layout: Layout = LAYOUT) -> Shown:
        return self.room.shown(Audience("workshop", role, "fr"), layout)

    def ask(self, role: Role, /, **gesture: str) -> str:
        """As the server does: written, followed, drawn."""
        id = self.people.ask(role, **gesture)
        self.room.follow()
        self.room.draw()
        return id

    def asks(self, text: str) -> str:
        return self.ask(CONSULTANT, do="write", kind="question", text=text)

    @property
    def ended(self) -> set[Role]:
        return {role for role, page in self.pages.items() if page.ended}


@pytest.fixture
def house(room: Room) -> House:
    return House(room)


@pytest.fixture
def elsewhere(room: Room) -> Iterator[SessionStore]:
    """The same journal, as another process holds it."""
    store = SessionStore(FileJournal(path_of(room.store.journal)))
    with closing(store.journal):
        yield store


# What a page is sent ----------------------------------------------------------------------------------


def test_a_page_that_is_up_to_date_is_sent_what_changes_and_no_more(house: House) -> None:
    house.asks("Qui renonce ?")
    [patch] = house.pages[CLIENT].patches
    assert [*patch] == ["questions/00001"] and "Qui renonce" in patch["questions/00001"]
    house.room.draw()
    assert len(house.pages[CLIENT].patches) == len(house.pages[CLIENT].written) == 1


def test_a_page_that_comes_back_is_sent_the_patches_that_it_missed(house: House) -> None:
    house.asks("Une ?")
    last, back = house.pages[CLIENT].last, Page(CLIENT)
    note = house.asks("Deux ?")
    house.ask(CONSULTANT, do="edit", note=note, text="Et deux ?", was="1")
    shown = house.shown(CLIENT)
    shown.listen(back, last)
    [patch] = back.patches
    assert [*patch] == ["questions/00002"] and "Et deux ?" in patch["questions/00002"]
    assert back.last == shown.event == house.pages[CLIENT].last
    again = Page(CLIENT)
    shown.listen(again, back.last)
    assert again.sent == []


def unknown_events(shown: Shown) -> list[str]:
    epoch, number = shown.event.split("-")
    odd = ["²", "9" * 5000, "", "-1", str(int(number) + 1)]
    return ["", "nonsense", f"other-{number}", epoch, *(f"{epoch}-{said}" for said in odd)]


ID, HTML = some.sampled_from(["a/", "b/", "c/"]), some.sampled_from(["", "1", "2"])
PATCH = some.builds(
    lambda said, marked, whole: {
        **({WHOLE: ""} if whole else {}),
        **{f"{IF_SHOWN}{id}" if id in marked and not whole else id: html for id, html in said.items()},
    },
    some.dictionaries(ID, HTML, max_size=3),
    some.sets(ID),
    some.sampled_from([False, False, False, True]),
)
"""A patch as a drawing gives one: it names each fragment once."""


def test_only_the_team_and_the_facilitator_are_told_of_entries_that_they_see_nothing_of(house: House) -> None:
    house.asks("Une ?")
    house.room.draw()
    seq = house.room.store.seq
    assert house.pages[CLIENT].written == [seq] and house.pages[OBSERVER].written == []


@given(patches=some.lists(PATCH, max_size=6), shown=some.dictionaries(ID, some.sampled_from(["1", "2"])))
def test_patches_merged_do_what_they_do_one_after_the_other(patches: list[Patch], shown: Patch) -> None:
    expected, page = dict(shown), dict(shown)
    for patch in patches:
        apply(expected, patch)
    apply(page, merge(patches))
    assert page == expected


def test_a_card_that_became_older_comes_back_with_its_last_text(house: House) -> None:
    first, *_ = [house.asks(f"Question {number} ?") for number in range(LATEST)]
    last, back, shown = house.pages[CLIENT].last, dict(house.shown(CLIENT).drawing.fragments), house.shown(CLIENT)
    house.ask(CONSULTANT, do="edit", note=first, text="v1", was="1")
    new = house.asks("Encore une ?")
    house.ask(CONSULTANT, do="edit", note=first, text="v2", was="2")
    house.ask(CONSULTANT, do="withdraw", note=new)
    house.ask(CONSULTANT, do="edit", note=first, text="v3", was="3")
    page = Page(CLIENT)
    shown.listen(page, last)
    apply(back, page.patches[-1])
    assert "v3" in back["questions/00001"]


def test_a_page_with_an_event_id_of_another_time_is_sent_the_whole(house: House) -> None:
    house.asks("Une ?")
    shown = house.shown(CLIENT)
    for last in unknown_events(shown):
        page = Page(CLIENT)
        shown.listen(page, last)
        assert page.patches == [{WHOLE: "", **shown.drawing.fragments}], last


def test_a_page_that_missed_more_than_is_remembered_is_sent_the_whole(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_module, "MEMORY", 3)
    house = House(room)
    note, shown = house.asks("Une ?"), house.shown(CLIENT)
    first = house.pages[CLIENT].last
    for version in range(1, 4):
        house.ask(CONSULTANT, do="edit", note=note, text=f"Encore {version} ?", was=str(version))
    remembered, late = Page(CLIENT), Page(CLIENT)
    shown.listen(remembered, first)
    assert [*remembered.patches[0]] == ["questions/00001"]
    house.asks("Une autre ?")
    shown.listen(late, first)
    assert late.patches[0].keys() == {WHOLE, *shown.drawing.fragments}


def test_another_layout_is_drawn_and_sent_whole_to_the_pages_that_listen(house: House) -> None:
    house.asks("Une ?")
    before = house.shown(CLIENT)
    after = house.shown(CLIENT, Layout((Slot("questions"),)))
    assert after.epoch != before.epoch and house.shown(CLIENT, after.layout) is after
    last = house.pages[CLIENT].patches[-1]
    assert last == {WHOLE: "", **after.drawing.fragments}
    assert "people/" in before.drawing.fragments and "people/" not in after.drawing.fragments
    house.asks("Deux ?")
    assert [*house.pages[CLIENT].patches[-1]] == ["questions/00002"]
    assert house.shown(OBSERVER).layout is LAYOUT


# Who may no longer listen -----------------------------------------------------------------------------


def test_a_renewed_link_ends_the_streams_of_its_role_only(house: House) -> None:
    house.room.renew(CLIENT)
    assert house.ended == {CLIENT}
    house.asks("Qui renonce ?")
    assert not house.pages[CLIENT].patches and house.pages[OBSERVER].patches


LEAVING = {"show_out": {}, "correct": {"name": "Marc", "role": "observer"}}


@pytest.mark.parametrize("do", LEAVING)
def test_a_person_shown_out_or_given_another_role_is_no_longer_heard(house: House, do: str) -> None:
    second = Page(CONSULTANT)
    house.shown(CLIENT).listen(second, "")
    house.ask(FACILITATOR, do=do, person="person-client", **LEAVING[do])
    assert house.ended == {CLIENT} and not second.ended


@pytest.mark.parametrize("do", LEAVING)
def test_an_entry_of_another_process_shows_a_person_out_too(house: House, elsewhere: SessionStore, do: str) -> None:
    gesture = {"id": "from-elsewhere", "do": do, "person": "person-client", **LEAVING[do]}
    elsewhere.ask(Asking("person-facilitator", FACILITATOR), gesture)
    assert house.ended == set()
    assert house.room.catch_up() and house.ended == {CLIENT}
    assert not house.room.catch_up()


def test_an_entry_of_another_process_is_followed_though_a_gesture_was_the_first_to_meet_it(
    house: House, elsewhere: SessionStore
) -> None:
    elsewhere.ask(
        Asking("person-facilitator", FACILITATOR), {"id": "from-elsewhere", "do": "show_out", "person": "person-client"}
    )
    house.asks("Qui renonce ?")
    assert house.ended == {CLIENT}


def test_a_browser_that_is_set_apart_is_no_longer_heard(house: House) -> None:
    browser = "0123456789abcdef"
    house.ask(CLIENT, do="come_back", browser=browser)
    assert house.ended == set()
    house.ask(FACILITATOR, do="set_apart", person="person-client", browser=browser)
    assert house.ended == {CLIENT}


def test_a_link_that_another_process_renews_ends_its_streams(house: House, elsewhere: SessionStore) -> None:
    elsewhere.journal.renew(OBSERVER)
    assert house.room.catch_up() and not house.room.catch_up()
    assert house.ended == {OBSERVER}


def test_a_gesture_sent_again_ends_no_stream(house: House) -> None:
    gesture = {"id": "shown-out", "do": "show_out", "person": "person-client"}
    asking = Asking("person-facilitator", FACILITATOR)
    house.room.store.ask(asking, gesture)
    house.room.follow()
    back = Page(CLIENT)
    house.shown(CLIENT).listen(back, "")
    house.room.store.ask(asking, gesture)
    house.room.follow()
    assert not back.ended


def test_a_note_that_another_process_writes_is_drawn(house: House, elsewhere: SessionStore) -> None:
    gesture = {"id": "from-elsewhere", "do": "write", "kind": "question", "text": "Qui renonce ?"}
    elsewhere.ask(Asking("person-consultant", CONSULTANT), gesture)
    house.room.catch_up()
    house.room.draw()
    assert "Qui renonce" in str(house.pages[CLIENT].patches)


def test_an_audience_without_a_page_is_forgotten_in_time(house: House) -> None:
    house.shown(CLIENT).send_away()
    house.room.forget_idle(1000.0, after=60.0)
    house.room.forget_idle(1060.0, after=60.0)
    assert len(house.room.audiences) == 4
    house.room.forget_idle(1061.0, after=60.0)
    assert {audience.role for audience in house.room.audiences} == {FACILITATOR, CONSULTANT, OBSERVER}
    house.shown(OBSERVER).send_away()
    house.room.forget_idle(2000.0, after=60.0)
    house.shown(OBSERVER).listen(Page(OBSERVER), "")
    house.room.forget_idle(2061.0, after=60.0)
    house.shown(OBSERVER).send_away()
    house.room.forget_idle(2062.0, after=60.0)
    assert Audience("workshop", OBSERVER, "fr") in house.room.audiences
