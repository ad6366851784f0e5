"""Gestures on notes: texts and details, and hypotheses put in order, split and merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from impactlib.domain import events, hypotheses, kinds, recipes, recommendations
from impactlib.domain.agenda import Role
from impactlib.domain.events import Event
from impactlib.domain.kinds import MEASURED, STATEMENT, TEAM, Kind
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Person, Session
from impactlib.domain.sheets.again import FIELDS_OF
from impactlib.gestures.drafting import said_by_a_file
from impactlib.gestures.figures import deliver, forecast, read_figure, refuse_aimless, refuse_backwards, set_detail
from impactlib.gestures.reading import (
    Gesture,
    details_of,
    field,
    flag,
    note_of,
    refuse_mail,
    refuse_unsaid,
    standing,
    text_of,
)
from impactlib.gestures.rounds import one_star, without_star


def write(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Write a note with its details; its kind's row says who may, and about what."""
    kind = kinds.row(field(gesture, "kind"))
    if person.role not in kind.writers:
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    about = _about(session, kind, gesture)
    text = _text(gesture, kind)
    _refuse_one_more(session, kind)
    given = [detail for detail in kind.details if not detail.later and gesture.get(detail.name)]
    note = gesture["id"]
    if kind.name == "reading":
        happened = read_figure(session.notes[about], gesture, text)
        return [*happened, *_brought(happened, gesture)]
    if kind.name == "forecast":
        return forecast(session.notes[about], gesture, text)
    if kind.name == "feature":
        return deliver(session.notes.get(about), gesture, text)
    details = details_of(gesture, given)
    refuse_unsaid(kind.details, {detail.name: details.get(detail.name, "") for detail in kind.details})
    refuse_mail(kind, {"text": text, **details})
    written: list[Event] = [
        events.NoteWritten(note, kind.name, text, about),
        *(events.DetailSet(note, name, value) for name, value in sorted(details.items())),
    ]
    return [*written, *_brought(written, gesture)]


def _text(gesture: Gesture, kind: Kind) -> str:
    return text_of(gesture, line=kind.line, may_be_empty=kind.blank)


def _refuse_one_more(session: Session, kind: Kind) -> None:
    """Of some kinds only so many stand at once."""
    if kind.at_most and len(session.notes_of(kind.name)) >= kind.at_most:
        raise Refusal(kind.full)


def draft(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """A hypothesis and its metric at once, half empty or not; with `about`, only a metric of that hypothesis."""
    note, about = gesture["id"], _about(session, kinds.row("metric"), gesture)
    statement = "" if about else _words(gesture, "statement")
    metric = _words(gesture, "metric")
    said = {} if about else details_of(gesture, STATEMENT)
    defined = details_of(gesture, MEASURED)
    has_metric = bool(metric) or any(defined.values())
    if not (statement or has_metric or any(said.values())):
        raise Refusal("There is nothing to send yet: write a few words.")
    happened: list[Event] = []
    if not about:
        happened.append(events.NoteWritten(note, "hypothesis", statement))
        happened += [events.DetailSet(note, name, value) for name, value in said.items() if value]
    if has_metric:
        of = about or note
        measure = note if about else f"{note}-m"
        happened.append(events.NoteWritten(measure, "metric", metric, of))
        happened += [events.DetailSet(measure, name, value) for name, value in defined.items() if value]
    return [*happened, *_brought(happened, gesture)]


def _brought(happened: list[Event], gesture: Gesture) -> list[Event]:
    """What a file is remembered to say of the notes that it brings; nothing of those that somebody types."""
    if "file" not in gesture:
        return []
    said: dict[str, dict[str, str]] = {}
    for event in happened:
        if isinstance(event, events.NoteWritten) and event.kind in FIELDS_OF:
            said[event.note] = {FIELDS_OF[event.kind][0]: event.text}
        elif isinstance(event, events.DetailSet) and event.note in said:
            said[event.note][event.detail] = event.value
    return [said_by_a_file(note, fields, field(gesture, "file")) for note, fields in said.items()]


def _about(session: Session, kind: Kind, gesture: Gesture) -> str:
    about = field(gesture, "about")
    if not about:
        if kind.alone:
            raise Refusal(kind.alone)
        return ""
    note = session.notes.get(about)
    if note is None or note.withdrawn or note.kind not in kind.about:
        raise Refusal("What this is attached to is not there any more. Your text is kept.")
    return about


def _words(gesture: Gesture, name: str) -> str:
    return text_of({"text": field(gesture, name)}, line=name == "metric", may_be_empty=True)


def edit(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Change a note's text; refused when somebody has changed it since the page was drawn."""
    note = _own(note_of(session, gesture), person)
    text = _text(gesture, kinds.row(note.kind))
    refuse_mail(kinds.row(note.kind), {"text": text})
    if note.withdrawn:
        raise Refusal("This note was withdrawn meanwhile. Your text is kept.")
    if text == note.text:
        return []
    if gesture.get("was") not in (note.version, str(note.version)):
        raise Refusal(
            "Somebody changed this note meanwhile: choose which text stays.",
            code="changed",
            text=note.text,
            version=note.version,
        )
    return [events.NoteEdited(note.id, text)]


def withdraw(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Withdraw a note."""
    note = _own(note_of(session, gesture), person)
    return [] if note.withdrawn else [events.NoteWithdrawn(note.id)]


def restore(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Put back a note that was withdrawn."""
    note = _own(note_of(session, gesture), person)
    if not note.withdrawn:
        return []
    if person.role != Role.FACILITATOR and note.withdrawn_by != person.id:
        raise Refusal("Somebody else withdrew this note: ask the facilitator to put it back.", code="role")
    _refuse_one_more(session, kinds.row(note.kind))
    return put_back(session, [note])


def put_back(session: Session, notes: Iterable[Note]) -> list[Event]:
    """Put back notes that were withdrawn, but for those of which no more may stand."""
    happened: list[Event] = []
    kept, came = len(session.kept_metrics()), Counter[str]()
    for note in notes:
        kind = kinds.KINDS.get(note.kind)
        if kind and kind.at_most and len(session.notes_of(kind.name)) + came[kind.name] >= kind.at_most:
            continue
        came[note.kind] += 1
        happened.append(events.NoteRestored(note.id))
        # The kept list may be full by now; if so, the metric comes back as not kept.
        if note.id in session.kept and (kept := kept + 1) > session.keeps_at_most:
            happened += [events.MetricKept(note.id, False), *without_star(note)]
    return happened


def _own(note: Note, person: Person) -> Note:
    kind = kinds.row(note.kind)
    together = kind.together and person.role in kind.writers
    if person.role != Role.FACILITATOR and person.id not in (note.by, note.behalf) and not together:
        raise Refusal("Only its author or the facilitator can change this note.", code="role")
    return note


def detail(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Set one detail of a note, or empty it."""
    note, name = note_of(session, gesture), field(gesture, "detail")
    kind = kinds.row(note.kind)
    known = kind.detail(name)
    if known is None or person.role not in (TEAM if known.teams_own else kind.writers):
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    if note.withdrawn:
        raise Refusal("This note was withdrawn meanwhile. Your text is kept.")
    if name == "first_expected":
        raise Refusal("What was expected at first stays as it was.")
    if note.kind == "forecast":
        raise Refusal("A forecast stays as it was: give another for this month, and both are told.")
    # The figures of a metric have its unit, wherever they stand.
    owner = session.notes.get(note.about, note) if note.kind in ("reading", "feature") else note
    current, unit = note.details.get(name, ""), owner.details.get("unit", "")
    given = {"unit": unit} | details_of({"unit": unit, name: field(gesture, "value")}, [known])
    refuse_unsaid([known], given)
    refuse_mail(kind, given)
    of = {detail: owner if detail == "unit" else note for detail in given}
    changed = {detail: value for detail, value in given.items() if value != of[detail].details.get(detail, "")}
    if not changed:
        return []
    if field(gesture, "was", current) not in (current, hypotheses.with_unit(current, unit)):
        raise Refusal("Somebody changed this meanwhile: choose which one stays.", code="changed", text=current)
    settled = _SETTLE.get(name, _nothing)(session, note, given[name]) if name in changed else []
    return [*settled, *(set_detail(of[detail], detail, value) for detail, value in changed.items())]


def _nothing(session: Session, note: Note, value: str) -> list[Event]:
    return []


def _group(session: Session, note: Note, value: str) -> list[Event]:
    """Group a recommendation with another; its own repeats follow it."""
    first = session.notes.get(value)
    if value and (first is None or first.withdrawn or first.kind != "recommendation" or first is note):
        raise Refusal("That recommendation is not there any more: reload the page.")
    if first and recommendations.repeats(session, first):
        raise Refusal("That one repeats another already: choose the first of its group.")
    moved = [other.id for other in session.notes.of_kind("recommendation") if other.details.get("same_as") == note.id]
    happened: list[Event] = [events.DetailSet(id, "same_as", value) for id in moved if value]
    # Its own first recommendation was withdrawn: it is now the first of a group.
    if first and first.details.get("same_as"):
        happened.append(events.DetailSet(first.id, "same_as", ""))
    return happened


def _ask_why_anew(session: Session, note: Note, value: str) -> list[Event]:
    """Empty the reason of a recommendation whose status changes: the old reason explains the old status."""
    other = value and note.details.get("status", "") not in ("", value)
    return [events.DetailSet(note.id, "reason", "")] if other and note.details.get("reason") else []


def _aimed(session: Session, note: Note, value: str) -> list[Event]:
    """Refuse an expected change of no metric; keep the first one where it is changed."""
    refuse_aimless(_metric_that_stands(session, note), value)
    first, given = note.details.get("expected", ""), note.details.get("first_expected", "")
    return [events.DetailSet(note.id, "first_expected", first)] if first and not given else []


def _delivered_before(session: Session, note: Note, value: str) -> list[Event]:
    """Refuse a delivery after the day on which one looks at it."""
    refuse_backwards(value, note.details.get("look_on", ""))
    return []


def _looked_after(session: Session, note: Note, value: str) -> list[Event]:
    """Refuse a day on which one looks before the delivery."""
    refuse_backwards(note.details.get("delivered_on", ""), value)
    return []


def _metric_that_stands(session: Session, note: Note) -> Note | None:
    about = session.notes.get(note.about)
    return None if about is None or about.withdrawn else about


def _usable(session: Session, note: Note, value: str) -> list[Event]:
    """Refuse a recipe that cannot be used."""
    if value:
        recipes.parse(value)
    return []


_SETTLE: Mapping[str, Callable[[Session, Note, str], list[Event]]] = {
    "same_as": _group,
    "north_star": one_star,
    "status": _ask_why_anew,
    "recipe": _usable,
    "expected": _aimed,
    "delivered_on": _delivered_before,
    "look_on": _looked_after,
}
"""Checks and changes of other notes that a detail needs before it is set."""


def second(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Say "me too" of what somebody else asked or advised, once; or take it back."""
    note, on = standing(note_of(session, gesture)), flag(gesture, "on")
    if person.role not in kinds.row(note.kind).seconders:
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    if note.speaker == person.id:
        raise Refusal("These are your own words: the others may say “me too”.")
    return [] if on == (person.id in note.seconded) else [events.NoteSeconded(note.id, on)]


def move(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Move a note before another one of its kind."""
    note, before = standing(note_of(session, gesture)), field(gesture, "before")
    alike = [one.id for one in session.notes_of(note.kind)]
    if not kinds.row(note.kind).moved or before not in ("", *alike):
        raise Refusal("That note is not there any more: reload the page.")
    after = dict(zip(alike, [*alike[1:], ""], strict=True))
    return [] if before in (note.id, after[note.id]) else [events.NoteMoved(note.id, before)]


def attach(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Tie a recommendation to the hypothesis or the metric that it is about, a feature to the metric it should move."""
    note = standing(note_of(session, gesture))
    kind = kinds.row(note.kind if note.kind == "feature" else "recommendation")
    if person.role not in kind.writers:
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    about = _about(session, kind, gesture)
    if note.kind != kind.name or not about:
        raise Refusal("A recommendation is tied to a hypothesis or to a metric.")
    if about == note.about:
        return []
    if kind.name == "feature" and _metric_that_stands(session, note):
        raise Refusal("It says already which metric it should move: withdraw it, and write it anew.")
    # What was expected was in the unit of the metric before.
    said = (name for name in ("expected", "first_expected") if note.details.get(name))
    emptied = [events.DetailSet(note.id, name, "") for name in said]
    return [events.NoteAttached(note.id, about), *emptied]


def split(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """A hypothesis in two: what was attached stays with the first, the second comes right after it."""
    note = _hypothesis(session, gesture, "note", "was")
    first, second = (text_of({"text": field(gesture, name)}) for name in ("first", "second"))
    alike = [one.id for one in session.notes_of("hypothesis")]
    after = [*alike[alike.index(note.id) + 1 :], ""][0]
    return [
        *([events.NoteEdited(note.id, first)] if first != note.text else []),
        events.NoteWritten(gesture["id"], "hypothesis", second),
        *([events.NoteMoved(gesture["id"], after)] if after else []),
    ]


def merge(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Two hypotheses in one, where `note` stands; all that was attached to the one that is withdrawn goes to the other.

    The one that stood before the hour stays, so that it still says what the hour changed in it: else `note`.
    """
    note = _hypothesis(session, gesture, "note", "was")
    other = _hypothesis(session, gesture, "other", "other_was")
    if note is other:
        raise Refusal("Choose another hypothesis.")
    text = text_of({"text": field(gesture, "merged")})
    newer = note.id not in session.before and other.id in session.before
    stays, goes = (other, note) if newer else (note, other)
    return [
        *([events.NoteEdited(stays.id, text)] if text != stays.text else []),
        *([events.NoteMoved(stays.id, note.id)] if stays is other else []),
        *(events.NoteAttached(one.id, stays.id) for one in session.notes.about(goes.id)),
        events.NoteWithdrawn(goes.id),
    ]


def _hypothesis(session: Session, gesture: Gesture, key: str, was: str) -> Note:
    """A hypothesis that stands, as the page that asks saw it."""
    note = standing(note_of(session, gesture, key))
    if note.kind != "hypothesis":
        raise Refusal("Only hypotheses are split and merged.")
    if field(gesture, was) != str(note.version):
        raise Refusal("Somebody changed this note meanwhile: close this, and look at it again.")
    return note
