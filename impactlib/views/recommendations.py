"""Recommendations: the team's hypotheses, the advice given on each, and free advice; then what the team does of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from impactlib.domain import recommendations
from impactlib.domain.agenda import Role
from impactlib.domain.hypotheses import rows_of
from impactlib.domain.moments import to_hear
from impactlib.domain.once import once
from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, cards, draw, place, signatures, signed, speakers
from impactlib.views.drafts import first_point
from impactlib.views.wording import definition, reworded


def frame(eye: Eye) -> Markup:
    return draw(eye, "recommendations", "frame")


def _hypothesis(session: Session, eye: Eye, hypothesis: Note) -> Markup:
    [item] = signed(session, [hypothesis])
    rows = [row.row for row in rows_of(session, hypothesis)]
    defined = [(row.metric, said) for row in rows if (said := definition(row, eye.lang, but=("statement", "metric")))]
    observes = eye.role == Role.OBSERVER
    point = None if observes else next(filter(None, (first_point(row) for row in rows)), None)
    return draw(
        eye,
        "recommendations",
        "hypothesis",
        item=item,
        advice=grouped(session, recommendations.advice(session, about=hypothesis.id)),
        left=to_mark(session, hypothesis),
        metrics=session.notes_of("metric", about=hypothesis.id),
        defined=defined,
        point=point,
        changes=reworded(recommendations.changes(session, hypothesis), eye.lang),
        ended=session.ended,
        place=place(session, hypothesis),
    )


def grouped(session: Session, advice: Iterable[Note]) -> list[dict[str, Any]]:
    """Recommendations with their signatures, each with those that repeat it."""
    repeated = _groups(session)
    return [{**item, "same": signed(session, repeated.get(item["note"].id, []))} for item in signed(session, advice)]


def to_mark(session: Session, about: Note) -> int:
    """How many recommendations on a note the team has still to mark, once the hour has ended; 0 until then."""
    advice = recommendations.advice(session, about=about.id) if session.ended else ()
    return sum(not note.details.get("status") for note in advice)


@once
def _groups(session: Session) -> recommendations.Groups:
    return recommendations.groups(session)


def advice_reads(scene: Scene, about: Note) -> Reads:
    """The values that the advice on a note is drawn from."""
    advice = recommendations.advice(scene.session, about=about.id)
    return repeated_reads(scene, *advice)


def repeated_reads(scene: Scene, *advice: Note) -> Reads:
    """These recommendations, those that repeat them, and their signatures."""
    groups = _groups(scene.session)
    notes = [one for note in advice for one in (note, *groups.get(note.id, ()))]
    return (*notes, *signatures(scene, *notes))


def _hypothesis_reads(scene: Scene, hypothesis: Note) -> Reads:
    session = scene.session
    metrics = session.notes_of("metric", about=hypothesis.id)
    return (
        *metrics,
        *advice_reads(scene, hypothesis),
        session.before.get(hypothesis.id),
        *(session.before.get(metric.id) for metric in metrics),
        place(session, hypothesis),
        session.ended,
    )


def _free(session: Session, note: Note) -> bool:
    """Whether a recommendation stands alone: it repeats no other, and is about no note that stands.

    Advice outlives the note that it was given on.
    """
    about = session.notes.get(note.about)
    attached = about is not None and about.kind in ("hypothesis", "metric") and not about.withdrawn
    return not attached and recommendations.repeats(session, note) is None


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    return draw(eye, "recommendations", "card", item=grouped(session, [note])[0], ended=session.ended)


def _listening(session: Session, eye: Eye) -> Markup | None:
    """While the band does not offer it: a button that gives the consultants the floor."""
    if not (eye.facilitates and session.step and not session.ended):
        return None
    return draw(eye, "recommendations", "listening", on=session.listening or to_hear(session))


def _listening_reads(scene: Scene) -> Reads:
    session = scene.session
    return session.listening, to_hear(session), session.step is not None, session.ended


PANE = Pane(
    "recommendations",
    frame,
    (
        Part("listening", _listening_reads, _listening),
        cards(
            "hypotheses",
            "hypothesis",
            _hypothesis,
            with_kinds=["metric", "recommendation"],
            reads=lambda scene: (scene.session.before, scene.session.ended),
            card_reads=_hypothesis_reads,
        ),
        cards(
            "recommendations",
            "recommendation",
            _card,
            only=_free,
            with_kinds=["hypothesis", "metric"],
            reads=lambda scene: (scene.session.ended,),
            card_reads=lambda scene, note: (*repeated_reads(scene, note), scene.session.ended),
        ),
        speakers("recommendation"),
        speakers("recommendation", "advice"),
    ),
    "Hypotheses of impact, and advice.",
    replayed=True,
)
