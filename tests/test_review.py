"""The review: promises, a threshold beside today's figure, verdicts, what changed; and a product over four months."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Mapping
from pathlib import Path

import docx
import pytest
from jsonschema import Draft202012Validator
from lxml.html import document_fromstring

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of
from impactlib.domain.due import due
from impactlib.domain.readings import series
from impactlib.domain.redaction import redact
from impactlib.domain.review import Judged, compared, is_past, judged, kept_promises, next_on, since
from impactlib.domain.session import Note, Session
from impactlib.domain.sheets.grid import text_of
from impactlib.domain.summary import missing
from impactlib.export import render
from impactlib.export.session_json import SCHEMA, state
from impactlib.storage.session_store import follow_session
from impactlib.views.parts import Eye
from impactlib.views.render import environment
from impactlib.views.since import PANE as SINCE
from impactlib.views.verdicts import PANE as VERDICTS
from impactlib.views.wording import called
from impactlib.workbooks import read_table
from tests.conftest import Room, Time, path_of
from tests.test_committee import ASKED, HEADINGS
from tests.test_next_session import DAY, details, held

__all__ = ["held"]
CLIENT, FACILITATOR = Role.CLIENT, Role.FACILITATOR
TEAM = {FACILITATOR: "Nadia", CLIENT: "Lucas"}
LATER = {FACILITATOR: "Inès", CLIENT: "Aminata"}


def begun(
    room: Room, data: Path, time: Time, days: int, names: Mapping[Role, str] = TEAM, agenda: str = "follow-up"
) -> Room:
    """The session that follows, a review by default, so many days later, with people of its own, its hour begun."""
    time.now += days * DAY
    new = Room(follow_session(data, room.store.to_file(), agenda=agenda, clock=time))
    new._ids = itertools.count(1000 * days)  # the notes that came along keep their ids
    for role, name in names.items():
        new.ask(role, do="join", name=name)
    new.ask(FACILITATOR, do="start", step=new.session.steps[0].id)
    return new


def over(room: Room, time: Time) -> None:
    for step in room.session.steps[1:]:
        time.now += 300
        room.ask(FACILITATOR, do="start", step=step.id)
    room.ask(FACILITATOR, do="end")


def today(time: Time, days: int = 0) -> str:
    return day_of(time.now + days * DAY, "Europe/Paris").isoformat()


def only(room: Room) -> Note:
    [metric] = room.session.notes_of("metric")
    return metric


def one(room: Room) -> Judged:
    [found] = judged(room.session)
    return found


def reading(room: Room, figure: str, as_of: str, **more: str) -> None:
    room.ask(CLIENT, do="write", kind="reading", about=only(room).id, text="", figure=figure, as_of=as_of, **more)


def verdict(room: Room, course: str, text: str, **more: str) -> str:
    return room.ask(CLIENT, do="write", kind="verdict", about=only(room).id, text=text, course=course, **more)


@pytest.fixture
def review(held: Room, tmp_path: Path, time: Time) -> Room:
    """A review a month after the hour."""
    return begun(held, tmp_path, time, 30)


# Promises ------------------------------------------------------------------------------------------


def test_two_actions_of_three_are_done(review: Room) -> None:
    first, second, third = review.session.notes_of("promise")
    for note, said in ((first, "done"), (second, "done"), (third, "late")):
        review.ask(CLIENT, do="detail", note=note.id, detail="state", value=said)
    review.ask(CLIENT, do="detail", note=third.id, detail="word", value="En vacances")
    assert kept_promises(review.session) == (2, 3)
    said = render(review.store.to_file(), "summary", "md", environment("fr")).decode()
    assert "2 actions sur 3 faites" in said and "En vacances" in said
    assert "promised" not in missing(review.session)


def test_what_became_of_a_promise_is_waited_for(review: Room) -> None:
    assert "promised" in missing(review.session)
    assert "passed" not in missing(review.session)


def test_what_came_along_is_signed_by_the_session_before(review: Room) -> None:
    said = "".join(str(html) for html in SINCE.fragments(review.session, Eye(CLIENT, "fr")).values())
    assert said.count("séance précédente") == 3 and "quelqu’un" not in said
    review.ask(CLIENT, do="write", kind="promise", text="Rappeler la préfecture")
    said = "".join(str(html) for html in SINCE.fragments(review.session, Eye(CLIENT, "fr")).values())
    assert said.count("séance précédente") == 3 and "Lucas" in said


# The threshold beside the figure -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threshold", "direction", "figure", "met"),
    [
        ("12 jours", "less", "15", False),
        ("12 jours", "less", "12", True),
        ("12", "less", "9,5", True),
        ("12", "more", "15", True),
        ("moins de 12 jours", "less", "12", False),
        ("au plus 12 jours", "less", "12", True),
        ("≤ 12", "less", "11", True),
        ("au moins 12", "more", "12", True),
        # An alarm or a threshold, nobody knows.
        ("moins de 12 jours", "more", "9", None),
        ("12 %", "less", "9", None),
        ("douze jours", "less", "9", None),
        ("12 jours en juin", "less", "9", None),
        ("entre 10 et 12", "less", "9", None),
        ("", "less", "9", None),
    ],
)
def test_a_threshold_is_compared_only_where_all_of_it_is_read(
    review: Room, time: Time, threshold: str, direction: str, figure: str, met: bool | None
) -> None:
    details(review, only(review).id, direction=direction, threshold=threshold)
    reading(review, figure, today(time))
    assert one(review).met is met


def test_without_a_direction_the_target_says_it_and_without_both_nobody_does(review: Room, time: Time) -> None:
    reading(review, "9", today(time))
    details(review, only(review).id, direction="")
    assert compared(series(review.session, only(review))) is True
    details(review, only(review).id, target="")
    assert compared(series(review.session, only(review))) is None


def test_a_threshold_that_is_not_compared_is_left_to_who_reads_it(review: Room, time: Time) -> None:
    details(review, only(review).id, direction="less", threshold="moins d’une demande sur quatre")
    reading(review, "9", today(time))
    assert (one(review).met, one(review).cautions) == (None, ("early", "unread"))
    assert "à comparer à la lecture" in render(review.store.to_file(), "summary", "md", environment("fr")).decode()
    details(review, only(review).id, threshold="12 jours")
    assert (one(review).met, one(review).cautions) == (True, ("early",))


def test_a_review_tells_the_figures_that_it_knew_and_what_was_late(review: Room, time: Time) -> None:
    promise = review.session.notes_of("promise")[0]
    details(review, promise.id, due=today(time, -2))
    reading(review, "15", "2033-05")
    over(review, time)
    told = render(review.store.to_file(), "summary", "md", environment("fr")).decode()
    assert "15\u00a0jours en mai 2033" in told and "date passée" in told
    assert told.startswith("# Point de suivi, compte rendu")
    known = since(review.session)
    time.now += 40 * DAY
    reading(review, "9", today(time))
    assert since(review.session) == known
    review.ask(CLIENT, do="detail", note=promise.id, detail="state", value="done")
    assert not is_past(review.session, review.session.notes[promise.id])


def test_what_the_figure_cannot_say_is_said(review: Room, time: Time) -> None:
    assert one(review).cautions[0] == "stale" and one(review).met is None
    reading(review, "15", today(time, -3), quality="10")
    found = one(review)
    assert ("rough" in found.cautions, "stale" in found.cautions, found.met, found.age) == (True, False, False, 3)
    reading(review, "9", today(time, 1))
    # It is told, and the one before it is still the latest.
    assert "ahead" in one(review).cautions and (one(review).met, one(review).age) == (False, 3)


def test_no_figure_at_all_is_said(review: Room) -> None:
    details(review, only(review).id, baseline="", baseline_date="")
    assert one(review).cautions[0] == "none"


# Verdicts ------------------------------------------------------------------------------------------


def test_a_verdict_says_its_course_its_reason_and_its_metric(review: Room) -> None:
    about = {"do": "write", "kind": "verdict", "about": only(review).id}
    assert "Choose" in str(review.refused(CLIENT, **about, text="Le seuil est manqué"))
    assert "nothing to send" in str(review.refused(CLIENT, **about, text="", course="stop"))
    assert "metric" in str(review.refused(CLIENT, do="write", kind="verdict", text="Manqué", course="stop"))
    given = verdict(review, "pivot", "Le délai ne bouge plus", evidence="Trois relevés")
    assert "Choose" in str(review.refused(CLIENT, do="detail", note=given, detail="course", value=""))
    assert [note.id for note in one(review).verdicts] == [given]


def test_a_verdict_is_asked_once_its_day_has_come(review: Room, time: Time) -> None:
    details(review, only(review).id, decide_on=today(time, 2))
    assert "verdict" not in missing(review.session)
    details(review, only(review).id, decide_on=today(time))
    assert "verdict" in missing(review.session)
    verdict(review, "continue", "Nous y sommes presque")
    assert "verdict" not in missing(review.session)


# What changed --------------------------------------------------------------------------------------


def test_what_changed_since_is_told(review: Room, time: Time) -> None:
    metric = only(review)
    review.ask(CLIENT, do="write", kind="objective", text="Servir les îles")
    review.ask(CLIENT, do="detail", note=metric.id, detail="target", value="8")
    reading(review, "15", today(time))
    found = since(review.session)
    assert found is not None
    assert [note.text for note in found.added] == ["Servir les îles"]
    assert [(note.id, [(one.field, one.before, one.after) for one in changes]) for note, changes in found.changed] == [
        (metric.id, [("target", "10", "8")])
    ]
    assert [figure.text for _, figure in found.figures] == ["15"]
    review.ask(CLIENT, do="withdraw", note=metric.id)
    found = since(review.session)
    assert found is not None and [note.id for note in found.withdrawn] == [metric.id]


def test_the_next_session_is_proposed(review: Room, held: Room, tmp_path: Path, time: Time) -> None:
    first = day_of(held.session.held_at, "Europe/Paris")
    assert (next_on(review.session) - first).days in (90, 91, 92)
    over(review, time)
    third = begun(review, tmp_path, time, 60)
    assert (next_on(third.session) - day_of(third.session.held_at, "Europe/Paris")).days in (91, 92, 93)
    # What falls due says the same days: after a review the one that is next, and not two more.
    for room, after in ((review, 90), (third, 0)):
        found = [one for one in due(room.session) if one.kind == "review"]
        assert [(one.on, one.after) for one in found] == [(next_on(room.session), after)]


# A product over four months ------------------------------------------------------------------------


def files(room: Room) -> dict[str, str]:
    return {form: render(room.store.to_file(), "summary", form, environment("fr")).decode() for form in ("md", "html")}


def sheet(room: Room, *earlier: Room) -> str:
    """The text of a committee's sheet."""
    files = [one.store.to_file() for one in earlier]
    page = render(room.store.to_file(), "committee", "html", environment("fr"), files)
    return document_fromstring(page).text_content()


def test_hour_figures_first_review_second_review_committee(held: Room, tmp_path: Path, time: Time) -> None:
    hour = held.store.to_file()
    time.now += 20 * DAY
    reading(held, "19", today(time))
    first = begun(held, tmp_path, time, 10)
    for note, said in zip(first.session.notes_of("promise"), ("done", "done", "under_way"), strict=True):
        first.ask(CLIENT, do="detail", note=note.id, detail="state", value=said)
    assert (one(first).met, one(first).cautions) == (False, ("early",))
    verdict(first, "continue", "Le délai baisse", evidence="21 puis 19 jours")
    first.ask(CLIENT, do="write", kind="action", text="Appeler les mairies", owner="Marc")
    over(first, time)

    time.now += 40 * DAY
    reading(first, "15", today(time))
    second = begun(first, tmp_path, time, 20, LATER)
    assert [note.text for note in second.session.notes_of("promise")] == ["Compter les retours", "Appeler les mairies"]
    found = one(second)
    assert (found.met, found.asked, found.cautions) == (False, True, ())
    assert found.former is not None and found.former.text == "Le délai baisse"
    assert "verdict" in missing(second.session)
    verdict(second, "stop", "Le seuil est manqué")
    second.ask(
        CLIENT,
        do="write",
        kind="ending",
        text="Le délai ne dépend pas de nous",
        why="Le seuil",
        advice="Partir des mairies",
    )
    assert "verdict" not in missing(second.session)
    over(second, time)

    told = files(first)
    for said in told.values():
        for words in ("2 actions sur 3 faites", "Nadia", "Lucas", "seuil manqué"):
            assert words in said
        assert not any(name in said for name in ("Aminata", "Inès"))
    for said in files(second).values():
        assert "Aminata" in said and "Lucas" not in said and "Nadia" not in said
        for words in ("Le délai ne dépend pas de nous", "Partir des mairies", "Nous arrêtons", "21", "19", "15"):
            assert words in said
    assert all("n’est plus suivie" in said for said in files(second).values())
    assert not any("n’est plus suivie" in said for said in files(first).values())
    # The product's file says why, and what is told to whoever begins again.
    both = [second.store.to_file(), first.store.to_file()]
    product = " ".join(
        document_fromstring(render(both[0], "product", "html", environment("fr"), both[1:])).text_content().split()
    )
    assert "« Le délai ne dépend pas de nous » · " in product
    assert "« Le seuil » · " in product and "« Partir des mairies »" in product
    # Nothing of the hour is lost: all that was in it is as it was.
    assert held.store.to_file().entries[: len(hour.entries)] == hour.entries
    figures = series(second.session, only(second))
    assert [figure.text for figure in figures.readings] == ["19", "15"] and figures.baseline is not None

    whole = json.loads(json.dumps(state(second.session)))
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(whole)
    assert [one["course"] for one in whole["verdicts"]] == ["continue", "stop"]
    assert whole["session"]["follows"]["session"] == first.session.id
    shared = redact(second.store.to_file(), called(environment("fr"))).fold()
    [ending] = shared.notes_of("ending")
    assert (ending.text, ending.details["advice"]) == ("Le délai ne dépend pas de nous", "Partir des mairies")
    # After a stop nobody asks again, and the committee is told of all three.
    third = begun(second, tmp_path, time, 91, agenda="committee")
    assert not one(third).asked
    over(third, time)
    told_again = sheet(third, second, first, held)
    assert all(heading in told_again for heading in (*HEADINGS, *ASKED))
    courses = ("ne plus suivre cette mesure", "continuer")
    lessons = ("Le délai ne dépend pas de nous", "Partir des mairies", *courses, "faite, selon l’équipe")
    for words in ("21", "19", "15", *lessons):
        assert words in told_again, words
    # What a review said of an action stands, where no later one said more.
    assert "en cours, date passée\u00a0: Compter les retours" in told_again
    assert "pas encore revue\u00a0: Appeler" in told_again
    # The metric was stopped: it is no goal any more, and its decision stands beside the figure of its day.
    assert "Brouillon" in told_again and "2 actions sur 4 faites" in told_again
    assert "puis 15" not in told_again and "Chiffre connu ce jour-là" in told_again
    assert not any(name in told_again for name in (*TEAM.values(), *LATER.values()))
    # A word processor's sheet says of each lesson in which session it was learnt, as the page does.
    files_before = [one.store.to_file() for one in (second, first, held)]
    office = docx.Document(
        io.BytesIO(render(third.store.to_file(), "committee", "docx", environment("fr"), files_before))
    )
    named = [one.text for one in office.paragraphs if one.style and one.style.name == "Heading 4"]
    assert len(named) == 3 and named[0].startswith("Point de suivi") and named[-1].startswith("Atelier impact")


def test_a_shell_tells_a_committee_of_the_sessions_since_the_last_one(
    held: Room, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    data = path_of(held.store.journal).parent.parent
    review = begun(held, data, time, 30)
    over(review, time)
    first = begun(review, data, time, 60, agenda="committee")
    over(first, time)
    second = begun(first, data, time, 180, agenda="committee")

    def exported(room: Room, *options: str) -> bool:
        asked = ["export", room.session.id, "--data", str(data), "--kind", "committee", "--format", "html", "-o", "-"]
        assert main([*asked, *options]) == 0
        return "Le délai dit plus que le nombre" in capsys.readouterr().out

    assert [exported(first), exported(first, "--share"), exported(second)] == [True, False, False]
    # One that cannot be read leaves the sheet to what is known.
    path_of(review.store.journal).write_bytes(b"damaged")
    assert not exported(first)


@pytest.mark.parametrize("form", ["docx", "odt", "html", "md"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_file_of_a_review_is_written(review: Room, time: Time, form: str, lang: str) -> None:
    reading(review, "15", today(time))
    verdict(review, "stop", "Le seuil est manqué", evidence="Un relevé")
    details(review, only(review).id, target="8")
    assert render(review.store.to_file(), "summary", form, environment(lang))


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
def test_a_review_is_a_spreadsheet(review: Room, time: Time, form: str) -> None:
    first, *_ = review.session.notes_of("promise")
    details(review, first.id, state="done", word="=1+1")
    reading(review, "15", today(time))
    verdict(review, "stop", "Le seuil est manqué", evidence="Un relevé")
    review.ask(CLIENT, do="write", kind="ending", text="Le délai ne dépend pas de nous", why="Le partenaire part")
    content = render(review.store.to_file(), "review", form, environment("fr"))
    head, *rows = read_table(content).rows
    told = [dict(zip(map(text_of, head.cells), map(text_of, row.cells), strict=False)) for row in rows]
    assert [(one["Nature"], one["Ce qu’il en est"]) for one in told] == [
        ("Action promise", "faite"),
        ("Action promise", "pas encore dit"),
        ("Action promise", "pas encore dit"),
        ("Verdict", "Nous arrêtons"),
        ("Bilan d’arrêt", ""),
    ]
    assert (told[0]["Responsable"], told[0]["Un mot"]) == ("Salomé", "=1+1")
    assert (told[3]["Mesure"], told[3]["Seuil"], told[3]["Chiffre"]) == ("Délai médian", "12 jours", "15")
    assert told[4]["En toutes lettres"] == "Le délai ne dépend pas de nous"


def test_a_stop_leads_to_a_post_mortem_that_says_of_which_metric_it_is(review: Room) -> None:
    def shown(role: Role) -> str:
        return "".join(str(html) for html in VERDICTS.fragments(review.session, Eye(role, "fr")).values())

    asks, metric = f'data-about="{only(review).id}" data-into="ending"', only(review)
    given = verdict(review, "continue", "Le délai baisse")
    assert asks not in shown(CLIENT)
    details(review, given, course="stop")
    assert asks in shown(CLIENT) and asks not in shown(Role.CONSULTANT)
    about = f"au sujet de la mesure\u00a0: {metric.text}"
    review.ask(CLIENT, do="write", kind="ending", text="Le délai ne dépend pas de nous", about=metric.id)
    assert asks not in shown(CLIENT) and about in document_fromstring(shown(Role.OBSERVER)).text_content()
    for form in ("md", "html"):
        told = render(review.store.to_file(), "summary", form, environment("fr")).decode()
        assert about in document_fromstring(told).text_content().split("Bilan d’arrêt", 1)[1]


def test_a_first_hour_has_none_of_it(lived: Room) -> None:
    session: Session = lived.session
    assert since(session) is None and kept_promises(session) == (0, 0)
    said = render(lived.store.to_file(), "summary", "md", environment("fr")).decode()
    assert "Ce qui était promis" not in said and "Prochain rendez-vous" not in said
