"""All that was done in a workshop, a line each, and the moments to look at first. Pure: no view is needed.

Times are seconds since the hour began, negative before it; a workshop that never began is timed from its last entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from msgspec import structs

from impactlib.domain import events, kinds
from impactlib.domain.clock import local
from impactlib.domain.events import Entry, Event, order
from impactlib.domain.fold import evolve
from impactlib.domain.formats import day, rounded
from impactlib.domain.inventory import TIE
from impactlib.domain.names import named
from impactlib.domain.notes import Correction
from impactlib.domain.session import Session
from impactlib.domain.session_file import SessionFile
from impactlib.domain.text import N_

STARTED, SCORED, KEPT = (kind.__name__ for kind in (events.StepStarted, events.MetricScored, events.MetricKept))
"""Names of events, in lines."""


@dataclass(frozen=True)
class Line:
    """Something that was done: at which second, in which step ("" before the first), by whom ("" if the room
    did not see who), in words to translate, the event's name, the kind of the note written ("" for the rest), its
    text and that of the note that it is about; `detail` names what a note was completed with, if the words do not, and
    what was corrected of a figure, which was `before` and then got its `value`."""

    at: float
    step: str
    who: str
    what: str
    event: str
    kind: str = ""
    text: str = ""
    about: str = ""
    detail: str = ""
    before: str = ""
    value: str = ""


@dataclass(frozen=True)
class Moment:
    """A moment to look at first; `kind` is problem, question, turn, advice, scores, choice or action, `label` words to
    translate."""

    at: float
    kind: str
    label: str
    text: str


def state_at(file: SessionFile, seconds: float) -> Session:
    """The session as it was that many seconds after the hour began: the fold stopped there.

    Scores of a round that was not shown then were known to nobody: they are not in it, even if it was shown later.
    """
    start = start_of(file)
    session = replace(file, entries=tuple(entry for entry in file.entries if entry.at - start <= seconds)).fold()
    known = (round if round.shown else structs.replace(round, scores={}) for round in session.rounds)
    return structs.replace(session, rounds=tuple(known))


def timeline(file: SessionFile) -> list[Line]:
    """All that was done, a line each, in its order; scores are there without their points and their author."""
    start, session = start_of(file), Session(id=file.session)
    lines: list[Line] = []
    for entry in sorted(file.entries, key=order):
        session = evolve(session, entry)
        lines += said(session, entry, entry.at - start)
    return lines


def start_of(file: SessionFile) -> float:
    """When the hour began, in seconds since 1970."""
    started = file.fold().clock.started
    return max(entry.at for entry in file.entries) if started is None else started


def note_of(event: Event) -> str:
    """The id of the note or the metric that an event is about, or ""."""
    return str(getattr(event, "note", "") or getattr(event, "metric", ""))


def said(session: Session, entry: Entry, at: float) -> Iterator[Line]:
    """The line of an entry, `session` being the state after it; what this kit does not know has none."""
    event, corrected = entry.event, _correction(session, entry)
    what = _CORRECTS[corrected.detail] if corrected else _does(event)
    if not what:
        return
    # Whether somebody abstained is theirs, as their points are.
    scored = isinstance(event, events.MetricScored | events.MetricAbstained)
    name = SCORED if scored else type(event).__name__
    author = named(session).get(entry.behalf or entry.by)
    who = author.name if author and not scored else ""
    line = Line(at, session.clock.step or "", who, what, name, text=_text(session, event))
    if isinstance(event, events.NoteWritten):
        about = session.notes.get(event.about)
        line = replace(line, kind=event.kind, about=about.text if about else "")
    if isinstance(event, events.DetailSet) and what == _DOES[events.DetailSet]:
        line = replace(line, detail=event.detail)
    if corrected and isinstance(event, events.DetailSet):
        line = replace(line, detail=corrected.detail, before=corrected.before, value=event.value)
    yield line


def _correction(session: Session, entry: Entry) -> Correction | None:
    """What a figure was before an entry corrected it, `session` being the state after it: an older kit's baseline may
    be a reading by now."""
    id = note_of(entry.event)
    found = (session.notes.get(one) for one in (id, session.measured_at.get(id, ("",))[0]))
    last = (note.corrected[-1] for note in found if note and note.corrected)
    return next((one for one in last if one.entry == entry.id), None)


def moments(lines: Iterable[Line]) -> list[Moment]:
    """The problem, each question, the turn (the request worded; without one, the first advice), the first advice, the
    scores shown, the choice and the first action."""
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line.kind or line.event, line)
    asked = [Moment(line.at, "question", N_("A question"), line.text) for line in lines if line.kind == "question"]
    found = [
        ("problem", N_("The problem"), first.get("problem")),
        ("turn", N_("The turn: what the team asks for"), first.get("contract")),
        ("advice", N_("The first advice"), first.get("recommendation")),
        ("scores", N_("The scores are shown"), first.get(events.RoundShown.__name__)),
        ("choice", N_("The choice"), first.get(KEPT)),
        ("action", N_("The first action"), first.get("action")),
    ]
    if "contract" not in first:
        found[1:3] = [("turn", N_("The turn: the first advice"), first.get("recommendation"))]
    marked = [Moment(line.at, kind, label, line.text) for kind, label, line in found if line]
    return sorted([*marked, *asked], key=lambda moment: moment.at)


# Words for each event ----------------------------------------------------------------------------

_DOES: Mapping[type, str] = {
    events.SessionOpened: N_("opens the workshop"),
    events.ZoneSet: N_("sets the time zone"),
    events.RehearsalMarked: N_("makes it a rehearsal"),
    events.StartSet: N_("changes the start time"),
    events.LinksEnd: N_("says until when the links open"),
    events.StatsMade: N_("makes the page of statistics"),
    events.SessionFollows: N_("goes on after another workshop"),
    events.EarlierHeld: N_("recalls an earlier session of the product"),
    events.VisionRecalled: N_("recalls the last workshop on the vision"),
    events.PersonJoined: N_("comes in"),
    events.PersonCorrected: N_("corrects a name or a role"),
    events.PersonShownOut: N_("shows somebody out"),
    events.PersonLetIn: N_("lets somebody in again"),
    events.PersonCameBack: N_("comes back by another browser"),
    events.LeadOffered: N_("offers to lead, the facilitator being gone"),
    events.PersonForgotten: N_("erases what somebody wrote"),
    events.ErasureSet: N_("chooses when the workshop is erased"),
    events.PersonSetApart: N_("says that somebody who came back is not the same person"),
    events.StepStarted: N_("starts the step"),
    events.ClockPaused: N_("stops the clock"),
    events.ClockResumed: N_("starts the clock again"),
    events.TimeAdded: N_("adds a minute"),
    events.SessionEnded: N_("ends the hour"),
    events.MinutesSet: N_("changes a step's minutes"),
    events.NoteMoved: N_("moves a note"),
    events.NoteAttached: N_("attaches a note to another one"),
    events.NoteEdited: N_("changes a note"),
    events.NoteWithdrawn: N_("withdraws a note"),
    events.NoteRestored: N_("puts a note back"),
    events.DetailSet: N_("completes a note"),
    events.NoteBrought: N_("brings it from a file"),
    events.RoundOpened: N_("opens a round of scores"),
    events.RoundShown: N_("shows the ranking"),
    events.ChoiceOpened: N_("lets the team choose"),
    events.MetricScored: N_("Somebody scores a metric"),
    events.MetricAbstained: N_("Somebody scores a metric"),
}


_OF_A_FIGURE, _ITS_DATE = N_("corrects a figure"), N_("corrects the date of a figure")
_CORRECTS: Mapping[str, str] = {
    "baseline": _OF_A_FIGURE,
    "figure": _OF_A_FIGURE,
    "baseline_date": _ITS_DATE,
    "as_of": _ITS_DATE,
    "over": N_("corrects the period of a figure"),
}
"""By the detail of a figure that was corrected."""


def _does(event: Event) -> str:
    match event:
        case events.DetailSet(detail=detail, value=value) if detail.startswith(TIE):
            return N_("ties a metric to a source of data") if value else N_("unties a metric from a source of data")
        case events.FigureCorrected(detail=detail):
            return _CORRECTS.get(detail, _CORRECTS["figure"])
        case events.DetailSet(detail=detail, value=value):
            return kinds.detail(detail).words(value) or _DOES[events.DetailSet]
        case events.NoteWritten(kind=kind):
            return kinds.row(kind).says
        case events.EndKept(kept=kept):
            return N_("keeps the planned end") if kept else N_("lets the end slide")
        case events.RankingShown(shown=shown):
            return N_("shows the ranking") if shown else N_("hides the ranking")
        case events.FocusSet(note=note):
            return N_("asks the room to look together") if note else N_("stops looking together")
        case events.NoteSeconded(on=on):
            return N_("says “me too”") if on else N_("takes a “me too” back")
        case events.StepHidden(hidden=hidden):
            return N_("hides a step") if hidden else N_("shows a step again")
        case events.MetricKept(kept=kept):
            return N_("keeps a metric") if kept else N_("takes a metric off")
        case events.ListeningSet(on=on):
            return N_("lets the consultants speak, the team listens") if on else N_("gives the team its turn again")
        case _:
            return _DOES.get(type(event), "")


def _text(session: Session, event: Event) -> str:
    match event:
        case events.NoteWritten(text=text) | events.NoteEdited(text=text):
            return text
        case events.ZoneSet(zone=zone):
            return zone
        case events.StartSet():
            when = local(session.clock.scheduled or 0.0, session.zone)
            return f"{day(when.date(), session.lang)} · {when:%H:%M}"
        case events.MinutesSet(step=id) | events.StepHidden(step=id):
            step = next((step for step in session.steps if step.id == id), None)
            title = step.title[session.lang] if step else ""
            minutes = f" · {rounded(event.minutes, session.lang)} min" if isinstance(event, events.MinutesSet) else ""
            return title + minutes
        case events.PersonCorrected() | events.PersonShownOut() | events.PersonLetIn() | events.PersonSetApart():
            person = named(session).get(event.person)
            return person.name if person else ""
        case _:
            note = session.notes.get(note_of(event))
            if note and note.kind == "reading" and isinstance(event, events.DetailSet):
                note = session.notes.get(note.about)  # a reading is known by its metric
            return note.text if note else ""
