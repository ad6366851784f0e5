"""What each role may ask for, and the events that it becomes.

A gesture is a small JSON object made by a page: ``{"id": ..., "do": "write", ...}``. ``decide`` turns
it into events, or refuses it in words. It is the only place where rights to change something are
checked; who may come in and look is asked at the server's doors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from impactlib import cost, events, hypotheses, ledger
from impactlib.agenda import Role, Step
from impactlib.events import Event
from impactlib.inventory import tie
from impactlib.scoring import SCORES, VOTERS
from impactlib.session import ACTIONS, LONGEST_STEP, METRICS_KEPT, Note, Person, Round, Score, Session
from impactlib.text import LIMIT, NAME_LIMIT, Worded, clean, clean_line, is_blank

Gesture = Mapping[str, Any]

EVERYONE = frozenset(Role)
AROUND_THE_TABLE = frozenset({Role.FACILITATOR, Role.CLIENT, Role.CONSULTANT})
TEAM = frozenset({Role.FACILITATOR, Role.CLIENT})
FACILITATOR = frozenset({Role.FACILITATOR})

WRITERS: Mapping[str, frozenset[Role]] = {
    "expectation": AROUND_THE_TABLE,
    "problem": TEAM,
    "audience": TEAM,
    "goal": TEAM,
    "question": AROUND_THE_TABLE,
    "answer": AROUND_THE_TABLE,
    "testimony": AROUND_THE_TABLE,
    "contract": TEAM,
    "hypothesis": TEAM,
    "recommendation": AROUND_THE_TABLE,
    "metric": TEAM,
    "learning": AROUND_THE_TABLE,
    "action": TEAM,
    "product": TEAM,
    "objective": TEAM,
    "change": TEAM,
    "source": TEAM,
    "contact": TEAM,
}
"""Who writes what. The facilitator writes everywhere: on a shared screen one note-taker is enough."""
SPOKEN = frozenset({"question", "answer", "testimony", "recommendation"})
"""What is said aloud, and can be written down by somebody else than who says it."""

DETAILS: Mapping[str, frozenset[str]] = {
    "hypothesis": frozenset(hypotheses.OF_HYPOTHESIS),
    "metric": frozenset({*hypotheses.OF_METRIC, "indicator", *ledger.CHOICE}),
    "recommendation": frozenset({"status", "reason", "same_as"}),
    "action": frozenset({"owner", "due"}),
    "objective": frozenset({"reach"}),
    "change": frozenset({"proxy"}),
    "source": frozenset({"where", "owner", "every", "quality", "personal", "access"}),
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "reach": ("direct", "indirect"),
    "personal": ("yes", "no"),
    "access": ("ours", "missing", "partner"),
    "status": ledger.STATUSES,
    "north_star": ("yes",),
    "if_missed": ledger.IF_MISSED,
}
"""Details that are one of a few words. `access`: we have the data, a field is missing, a partner has them."""
TEAMS_OWN = frozenset({"status", "reason"})
"""What only the team says of what others wrote."""
LATER = frozenset({"kind", "status", "reason", "same_as", "north_star"})
"""Details that a note is not born with: they are checked against what stands. A hypothesis's kind of impact comes by
`draft` or `detail`: in `write` the kind is the note's own."""
RESTS = frozenset({"write", "edit", "draft"})
"""What the team does not do while the consultants speak in a burst."""
PREPARED = frozenset({"product", "objective", "change", "source", "hypothesis", "metric"})
"""What a team drafts together: each member may change and withdraw what another wrote."""
ABOUT: Mapping[str, tuple[str, ...]] = {
    "answer": ("question",),
    "recommendation": ("hypothesis", "metric"),
    "metric": ("hypothesis",),
    "action": ("recommendation",),
}
METRICS_SCORED = 5
"""Metrics of one round: three minutes' worth."""
NUMBER_LIMIT = 20
"""Characters of a number that is calculated with."""
_INDICATOR = re.compile(r"[a-z0-9.-]{1,40}\Z")
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


class Refusal(Worded):
    """A gesture that is not granted."""


@dataclass(frozen=True)
class Asking:
    """Who asks: `person` is known by the key of their browser, `door` is the role of their link."""

    person: str
    door: Role


def gesture_id(gesture: Gesture) -> str:
    """The id that the page gave to its gesture, which makes sending twice harmless. Raises Refusal."""
    id = gesture.get("id")
    if not isinstance(id, str) or not _ID.match(id):
        raise Refusal("This request has no valid id: reload the page.")
    return id


def decide(session: Session, asking: Asking, gesture: Gesture) -> tuple[list[Event], str]:
    """The events that a gesture becomes, and on whose behalf.

    Raises
    ------
    Refusal
        In words for the person; nothing must then be written.
    """
    gesture_id(gesture)
    do = gesture.get("do")
    rule = _RULES.get(do) if isinstance(do, str) else None
    if rule is None:
        raise Refusal("This page asks for something the kit does not know: reload it.")
    if do == "join":
        return rule.decide(session, Person(asking.person, "", asking.door), gesture), ""
    person = session.people.get(asking.person)
    if person is None:
        raise Refusal("You have not joined this workshop yet: reload the page.", code="join")
    if person.out:
        raise Refusal("The facilitator has closed this workshop to you.", code="out")
    # A key gives its own role's rights: a person who once was more must come in by the door of what they are.
    if person.role != asking.door:
        raise Refusal("Your role has changed meanwhile: reload the page.", code="door")
    if person.role not in rule.roles:
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    if session.listening and person.role == Role.CLIENT and do in RESTS:
        raise Refusal("The consultants are speaking: listen for now. Your text is kept.", code="listening")
    return rule.decide(session, person, gesture), _behalf(session, person, gesture)


def _behalf(session: Session, person: Person, gesture: Gesture) -> str:
    behalf = _field(gesture, "behalf")
    if not behalf or behalf == person.id:
        return ""
    if gesture.get("do") != "write" or gesture.get("kind") not in SPOKEN:
        raise Refusal("Only questions, answers, testimonies and recommendations are written for somebody else.")
    other = session.people.get(behalf)
    if other is None or other.out or other.role not in AROUND_THE_TABLE:
        raise Refusal("That person is not in the room: your text is kept, choose somebody else.")
    return behalf


def _field(gesture: Gesture, name: str, default: str = "") -> str:
    value = gesture.get(name, default)
    if not isinstance(value, str):
        raise Refusal("This page asks for something the kit does not know: reload it.")
    return value


def _text(gesture: Gesture, *, line: bool = False, may_be_empty: bool = False) -> str:
    raw = _field(gesture, "text")
    if len(raw) >= LIMIT:
        raise Refusal(
            "This text is too long (%(length)s characters; fewer than 20,000 are taken): shorten it.", length=len(raw)
        )
    text = clean_line(raw) if line else clean(raw)
    if is_blank(text) and not may_be_empty:
        raise Refusal("There is nothing to send yet: write a few words.")
    return text


def _name(gesture: Gesture) -> str:
    name = clean_line(_field(gesture, "name"))
    if is_blank(name):
        raise Refusal("Give a first name, or a label such as “Team A”.")
    if len(name) > NAME_LIMIT:
        raise Refusal("This name is too long (80 characters at most).")
    return name


def _note(session: Session, gesture: Gesture, key: str = "note") -> Note:
    note = session.notes.get(_field(gesture, key))
    if note is None:
        raise Refusal("That note is not there any more: reload the page.")
    return note


def _own(note: Note, person: Person) -> Note:
    together = note.kind in PREPARED and person.role in WRITERS[note.kind]
    if person.role != Role.FACILITATOR and person.id not in (note.by, note.behalf) and not together:
        raise Refusal("Only its author or the facilitator can change this note.", code="role")
    return note


def _join(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    name, known = _name(gesture), session.people.get(person.id)
    if known is None:
        return [events.PersonJoined(person.id, name, person.role)]
    if known.out:
        raise Refusal("The facilitator has closed this workshop to you.", code="out")
    return [] if known.name == name else [events.PersonCorrected(person.id, name, known.role)]


def _correct(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    other, name = _other(session, gesture), _name(gesture)
    try:
        role = Role(_field(gesture, "role", other.role))
    except ValueError:
        raise Refusal("There is no such role.") from None
    if other.role == Role.FACILITATOR and role != Role.FACILITATOR:
        _keep_a_facilitator(session, other)
    if (name, role) == (other.name, other.role):
        return []
    return [events.PersonCorrected(other.id, name, role)]


def _show_out(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    other = _other(session, gesture)
    if other.role == Role.FACILITATOR:
        _keep_a_facilitator(session, other)
    return [] if other.out else [events.PersonShownOut(other.id)]


def _let_in(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    other = _other(session, gesture)
    return [events.PersonLetIn(other.id)] if other.out else []


def _other(session: Session, gesture: Gesture) -> Person:
    other = session.people.get(_field(gesture, "person"))
    if other is None:
        raise Refusal("That person is not in the room.")
    return other


def _keep_a_facilitator(session: Session, leaving: Person) -> None:
    if all(p.id == leaving.id for p in session.here(Role.FACILITATOR)):
        raise Refusal("Somebody must facilitate: give that role to another person first.")


def _start(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    step = _field(gesture, "step")
    if all(known.id != step for known in session.steps):
        raise Refusal("This agenda has no such step.")
    # Two presses, or two facilitators at once, start a step once.
    if session.clock.step == step and not session.ended:
        return []
    # A press that was late on its way must not move the group back from where it has gone meanwhile.
    if _field(gesture, "was", session.clock.step or "") != (session.clock.step or ""):
        raise Refusal("The group has moved on meanwhile: nothing was changed.", code="changed")
    return [events.StepStarted(step)]


def _need_started(session: Session) -> None:
    if session.clock.step is None or session.ended:
        raise Refusal("The clock is not running: start a step first.")


def _pause(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    _need_started(session)
    return [events.ClockPaused()] if session.clock.running else []


def _resume(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    _need_started(session)
    return [] if session.clock.running else [events.ClockResumed()]


def _more(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    _need_started(session)
    return [events.TimeAdded(60.0)]


def _keep_end(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    _need_started(session)
    kept = _flag(gesture, "kept")
    return [] if session.clock.kept == kept else [events.EndKept(kept)]


def _end(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    return [] if session.ended else [events.SessionEnded()]


def _focus(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    note = _standing(_note(session, gesture)).id if _field(gesture, "note") else ""
    return [] if note == session.focus else [events.FocusSet(note)]


def _minutes(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    step = _step_to_come(session, gesture)
    raw = _field(gesture, "minutes").strip()
    minutes = int(raw) if re.fullmatch(r"[0-9]{1,3}", raw) else 0
    if not 0 < minutes <= LONGEST_STEP:
        raise Refusal("Give whole minutes, from 1 to 240.", field="minutes")
    return [] if minutes == step.minutes else [events.MinutesSet(step.id, float(minutes))]


def _hide(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    step, hidden = _step_to_come(session, gesture), _flag(gesture, "hidden")
    if step.id == session.clock.step:
        raise Refusal("The group is in this step: move on first.")
    if step is session.steps[-1]:
        raise Refusal("The last step closes the hour: it is not passed over.")
    return [] if step.hidden == hidden else [events.StepHidden(step.id, hidden)]


def _step_to_come(session: Session, gesture: Gesture) -> Step:
    """The current step, or one after it."""
    id, current = _field(gesture, "step"), session.clock.step
    ids = [step.id for step in session.steps]
    if id not in ids:
        raise Refusal("This agenda has no such step.")
    if session.ended or (current and ids.index(id) < ids.index(current)):
        raise Refusal("That step is over: nothing was changed.")
    return session.steps[ids.index(id)]


MOVED = ("hypothesis", "metric")
"""What the facilitator puts in another order."""


def _move(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    note, before = _standing(_note(session, gesture)), _field(gesture, "before")
    alike = [one.id for one in session.notes_of(note.kind)]
    if note.kind not in MOVED or before not in ("", *alike):
        raise Refusal("That note is not there any more: reload the page.")
    after = dict(zip(alike, [*alike[1:], ""], strict=True))
    return [] if before in (note.id, after[note.id]) else [events.NoteMoved(note.id, before)]


def _split(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """A hypothesis in two: what was attached stays with the first, the second comes right after it."""
    note = _hypothesis(session, gesture, "note", "was")
    first, second = (_text({"text": _field(gesture, name)}) for name in ("first", "second"))
    alike = [one.id for one in session.notes_of("hypothesis")]
    after = [*alike[alike.index(note.id) + 1 :], ""][0]
    return [
        *([events.NoteEdited(note.id, first)] if first != note.text else []),
        events.NoteWritten(gesture["id"], "hypothesis", second),
        *([events.NoteMoved(gesture["id"], after)] if after else []),
    ]


def _merge(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Two hypotheses in one: `other` is withdrawn, and all that was attached to it goes to `note`."""
    note = _hypothesis(session, gesture, "note", "was")
    other = _hypothesis(session, gesture, "other", "other_was")
    if note is other:
        raise Refusal("Choose another hypothesis.")
    text = _text({"text": _field(gesture, "merged")})
    return [
        *([events.NoteEdited(note.id, text)] if text != note.text else []),
        *(events.NoteAttached(one.id, note.id) for one in session.notes.values() if one.about == other.id),
        events.NoteWithdrawn(other.id),
    ]


def _hypothesis(session: Session, gesture: Gesture, key: str, was: str) -> Note:
    """A hypothesis that stands, as the page that asks saw it."""
    note = _standing(_note(session, gesture, key))
    if note.kind != "hypothesis":
        raise Refusal("Only hypotheses are split and merged.")
    if _field(gesture, was) != str(note.version):
        raise Refusal("Somebody changed this note meanwhile: close this, and look at it again.")
    return note


def _standing(note: Note) -> Note:
    if note.withdrawn:
        raise Refusal("This note was withdrawn meanwhile.")
    return note


def _flag(gesture: Gesture, name: str) -> bool:
    value = gesture.get(name)
    if not isinstance(value, bool) and value not in ("true", "false"):
        raise Refusal("This page asks for something the kit does not know: reload it.")
    return value in (True, "true")


def _write(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    kind = _field(gesture, "kind")
    if person.role not in WRITERS.get(kind, frozenset()):
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    about = _about(session, kind, gesture)
    # The person said it; whether an answer was noted down or not is nobody's fault.
    text = _text(gesture, may_be_empty=kind == "answer")
    if kind == "action" and len(session.notes_of("action")) >= ACTIONS:
        raise Refusal("Three actions at most: withdraw one first. Your text is kept.")
    if kind == "contact" and session.notes_of("contact"):
        raise Refusal("The team has agreed already: change what is written, or withdraw it first.")
    names = sorted(DETAILS.get(kind, frozenset()) - LATER)
    details = [(name, _detail(name, gesture)) for name in names if gesture.get(name)]
    note = gesture["id"]
    return [
        events.NoteWritten(note, kind, text, about),
        *(events.DetailSet(note, name, value) for name, value in details),
    ]


def _about(session: Session, kind: str, gesture: Gesture) -> str:
    about = _field(gesture, "about")
    if not about:
        if kind == "answer":
            raise Refusal("Choose the question that this answers. Your text is kept.")
        return ""
    note = session.notes.get(about)
    if note is None or note.withdrawn or note.kind not in ABOUT.get(kind, ()):
        raise Refusal("What this is attached to is not there any more. Your text is kept.")
    return about


def _detail(name: str, gesture: Gesture) -> str:
    raw = _field(gesture, name)
    try:
        value = hypotheses.read("target_date" if name in ("due", "decide_on") else name, raw)
    except hypotheses.Unreadable as unreadable:
        raise Refusal(str(unreadable), field=name) from None
    if value and name in CHOICES and value not in CHOICES[name]:
        raise Refusal("This page asks for something the kit does not know: reload it.")
    if value and name == "indicator" and not _INDICATOR.match(value):
        raise Refusal("This page asks for something the kit does not know: reload it.")
    if name in ("owner", "decider") and len(value) > NAME_LIMIT:
        raise Refusal("This name is too long (80 characters at most).", field=name)
    return value


def _draft(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """A hypothesis and its metric at once, half empty or not; with `about`, only a metric of that hypothesis."""
    note, about = gesture["id"], _about(session, "metric", gesture)
    statement = "" if about else _words(gesture, "statement")
    metric = _words(gesture, "metric")
    said = [] if about else [(name, _detail(name, gesture)) for name in hypotheses.OF_HYPOTHESIS]
    measured = [(name, _detail(name, gesture)) for name in hypotheses.OF_METRIC]
    has_metric = bool(metric) or any(value for _, value in measured)
    if not (statement or has_metric or any(value for _, value in said)):
        raise Refusal("There is nothing to send yet: write a few words.")
    happened: list[Event] = []
    if not about:
        happened.append(events.NoteWritten(note, "hypothesis", statement))
        happened += [events.DetailSet(note, name, value) for name, value in said if value]
    if has_metric:
        of = about or note
        measure = note if about else f"{note}-m"
        happened.append(events.NoteWritten(measure, "metric", metric, of))
        happened += [events.DetailSet(measure, name, value) for name, value in measured if value]
    return happened


def _words(gesture: Gesture, name: str) -> str:
    return _text({"text": _field(gesture, name)}, line=name == "metric", may_be_empty=True)


def _tie(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Say that a metric is computed from a source of the inventory, or not."""
    metric, source = _standing_metric(session, gesture), _note(session, gesture, "source")
    if source.kind != "source" or source.withdrawn:
        raise Refusal("What this is attached to is not there any more. Your text is kept.")
    tied = "yes" if _flag(gesture, "tied") else ""
    detail = tie(source)
    return [] if metric.details.get(detail, "") == tied else [events.DetailSet(metric.id, detail, tied)]


def _cost(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Divide a budget by active users: the result is the metric's baseline, and its other details say of what."""
    metric = _standing_metric(session, gesture)
    budget, users = _figure(gesture, "budget", "€"), _figure(gesture, "users", "")
    try:
        per_use = cost.cost_per_use(budget, users, convert="convert" in gesture and _flag(gesture, "convert"))
    except cost.Undivided as undivided:
        facts = {name: cost.shown(figure, session.lang) for name, figure in undivided.facts.items()}
        raise Refusal(undivided.message, undivided.code, **facts) from None
    said = cost.said(per_use, session.lang, metric.details.get("limits", ""))
    # A figure without the date of this one would keep that of another.
    said["baseline_date"] = _detail("baseline_date", gesture)
    return [
        events.DetailSet(metric.id, name, value)
        for name, value in said.items()
        if value != metric.details.get(name, "")
    ]


def _figure(gesture: Gesture, name: str, unit: str) -> cost.Figure:
    period = _field(gesture, f"{name}_period")
    if period not in cost.PERIODS:
        raise Refusal("Say of which period this figure is: day, week, month, quarter or year.", field=f"{name}_period")
    raw = _field(gesture, name)
    try:
        value = hypotheses.read("baseline", raw) if len(raw) <= NUMBER_LIMIT else ""
    except hypotheses.Unreadable:
        value = ""
    if not value:
        raise Refusal("This is not a number: write it as 12.5, without words.", field=name)
    return cost.Figure(Fraction(value), unit, period)


def _edit(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    note = _own(_note(session, gesture), person)
    text = _text(gesture, may_be_empty=note.kind == "answer")
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


def _withdraw(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    note = _own(_note(session, gesture), person)
    return [] if note.withdrawn else [events.NoteWithdrawn(note.id)]


def _restore(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    note = _own(_note(session, gesture), person)
    if not note.withdrawn:
        return []
    if person.role != Role.FACILITATOR and note.withdrawn_by != person.id:
        raise Refusal("Somebody else withdrew this note: ask the facilitator to put it back.", code="role")
    if note.kind == "action" and len(session.notes_of("action")) >= ACTIONS:
        raise Refusal("Three actions at most: withdraw one first. Your text is kept.")
    if note.kind == "contact" and session.notes_of("contact"):
        raise Refusal("The team has agreed already: change what is written, or withdraw it first.")
    # Three others may have been kept meanwhile: the metric then comes back without its place.
    full = note.id in session.kept and len(session.kept_metrics()) >= METRICS_KEPT
    return [events.NoteRestored(note.id), *([events.MetricKept(note.id, False)] if full else [])]


def _detail_of(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    note = _note(session, gesture)
    name = _field(gesture, "detail")
    roles = TEAM if name in TEAMS_OWN else WRITERS.get(note.kind, ())
    if person.role not in roles or name not in DETAILS.get(note.kind, ()):
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    if note.withdrawn:
        raise Refusal("This note was withdrawn meanwhile. Your text is kept.")
    value, current = _detail(name, {name: _field(gesture, "value")}), note.details.get(name, "")
    if value == current:
        return []
    if _field(gesture, "was", current) != current:
        raise Refusal("Somebody changed this meanwhile: choose which one stays.", code="changed", text=current)
    return [*_SETTLE.get(name, _nothing)(session, note, value), events.DetailSet(note.id, name, value)]


def _nothing(session: Session, note: Note, value: str) -> list[Event]:
    return []


def _group(session: Session, note: Note, value: str) -> list[Event]:
    """What repeats a recommendation goes with it when it is itself found to repeat another."""
    first = session.notes.get(value)
    if value and (first is None or first.withdrawn or first.kind != "recommendation" or first is note):
        raise Refusal("That recommendation is not there any more: reload the page.")
    if first and ledger.repeats(session, first):
        raise Refusal("That one repeats another already: choose the first of its group.")
    moved = [other.id for other in session.notes.values() if other.details.get("same_as") == note.id]
    happened: list[Event] = [events.DetailSet(id, "same_as", value) for id in moved if value]
    # It named a recommendation that was withdrawn since: now it is the first of a group.
    if first and first.details.get("same_as"):
        happened.append(events.DetailSet(first.id, "same_as", ""))
    return happened


def _one_star(session: Session, note: Note, value: str) -> list[Event]:
    """There is one North Star, among the metrics kept: naming another takes the name from the first."""
    if value and note not in session.kept_metrics():
        raise Refusal("The North Star is one of the metrics that the team keeps: keep this one first.")
    others = [other.id for other in session.notes.values() if other.details.get("north_star") and other is not note]
    return [events.DetailSet(id, "north_star", "") for id in others if value]


_SETTLE: Mapping[str, Callable[[Session, Note, str], list[Event]]] = {"same_as": _group, "north_star": _one_star}
"""What a detail needs of others, and changes in them, before it is set."""


def _listen(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    on = _flag(gesture, "on")
    if on:
        _need_started(session)
    return [] if session.listening == on else [events.ListeningSet(on)]


def _open_round(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    metrics = list(dict.fromkeys(_field(gesture, "metrics").split()))
    if session.round:
        raise Refusal("A round of scores is open: show it before you open another.")
    if not metrics:
        raise Refusal("Choose the metrics of this round first.")
    if len(metrics) > METRICS_SCORED:
        raise Refusal("Five metrics at most in a round: take some off. Another round can follow.")
    for id in metrics:
        _standing_metric(session, {"metric": id})
    return [events.RoundOpened(gesture["id"], " ".join(metrics))]


def _show_round(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    wanted = _field(gesture, "round")
    if all(known.id != wanted for known in session.rounds) or not wanted:
        raise Refusal("That round of scores is not there: reload the page.")
    return [events.RoundShown(wanted)] if session.round and session.round.id == wanted else []


def _scored_now(session: Session, gesture: Gesture) -> tuple[Round, Note]:
    """The open round and a metric of it."""
    metric = _standing_metric(session, gesture)
    if session.round is None or _field(gesture, "round", session.round.id) != session.round.id:
        raise Refusal("This round of scores is not open any more: your score was not counted.")
    if not session.round.takes(metric.id):
        raise Refusal("This round is not about that metric: your score was not counted.")
    return session.round, metric


def _abstain(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    round, metric = _scored_now(session, gesture)
    score = round.scores.get((metric.id, person.id))
    if score and score.abstained:
        raise Refusal("You abstained already: it was noted once.", code="twice")
    return [events.MetricAbstained(metric.id)]


def _score(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    round, metric = _scored_now(session, gesture)
    axes = {axis: _point(gesture.get(axis)) for axis in ("value", "ease") if axis in gesture}
    if not axes:
        raise Refusal("A score goes from 1 to 5.")
    before = round.scores.get((metric.id, person.id), Score())
    if all(getattr(before, axis) == point for axis, point in axes.items()):
        raise Refusal("You gave this score already: it counts once.", code="twice")
    return [events.MetricScored(metric.id, **axes)]


def _point(raw: Any) -> int:
    if isinstance(raw, str):
        raw = {str(score): score for score in SCORES}.get(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or raw not in SCORES:
        raise Refusal("A score goes from 1 to 5.")
    return raw


def _standing_metric(session: Session, gesture: Gesture) -> Note:
    metric = _note(session, gesture, "metric")
    if metric.kind != "metric" or metric.withdrawn:
        raise Refusal("That metric was withdrawn.")
    return metric


def _keep(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    metric, kept = _standing_metric(session, gesture), _flag(gesture, "kept")
    if (metric.id in session.kept) == kept:
        return []
    if kept and len(session.kept_metrics()) >= METRICS_KEPT:
        raise Refusal("Three metrics at most: take one off first.")
    star = [] if kept else _without_star(metric)
    return [events.MetricKept(metric.id, kept), *star]


def _without_star(metric: Note) -> list[Event]:
    return [events.DetailSet(metric.id, "north_star", "")] if metric.details.get("north_star") else []


@dataclass(frozen=True)
class _Rule:
    roles: Iterable[Role]
    decide: Callable[[Session, Person, Gesture], list[Event]]


_RULES: Mapping[str, _Rule] = {
    "join": _Rule(EVERYONE, _join),
    "correct": _Rule(FACILITATOR, _correct),
    "show_out": _Rule(FACILITATOR, _show_out),
    "let_in": _Rule(FACILITATOR, _let_in),
    "start": _Rule(FACILITATOR, _start),
    "pause": _Rule(FACILITATOR, _pause),
    "resume": _Rule(FACILITATOR, _resume),
    "more": _Rule(FACILITATOR, _more),
    "keep_end": _Rule(FACILITATOR, _keep_end),
    "end": _Rule(FACILITATOR, _end),
    "focus": _Rule(FACILITATOR, _focus),
    "minutes": _Rule(FACILITATOR, _minutes),
    "hide": _Rule(FACILITATOR, _hide),
    "move": _Rule(FACILITATOR, _move),
    "split": _Rule(FACILITATOR, _split),
    "merge": _Rule(FACILITATOR, _merge),
    "write": _Rule(AROUND_THE_TABLE, _write),
    "edit": _Rule(AROUND_THE_TABLE, _edit),
    "withdraw": _Rule(AROUND_THE_TABLE, _withdraw),
    "restore": _Rule(AROUND_THE_TABLE, _restore),
    "detail": _Rule(AROUND_THE_TABLE, _detail_of),
    "draft": _Rule(TEAM, _draft),
    "tie": _Rule(TEAM, _tie),
    "cost": _Rule(TEAM, _cost),
    "open_round": _Rule(FACILITATOR, _open_round),
    "show_round": _Rule(FACILITATOR, _show_round),
    "score": _Rule(VOTERS, _score),
    "abstain": _Rule(VOTERS, _abstain),
    "keep": _Rule(TEAM, _keep),
    "listen": _Rule(FACILITATOR, _listen),
}
