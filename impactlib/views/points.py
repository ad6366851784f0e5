"""What could be made more precise in the hypotheses: one question at a time, asked once for all that it concerns.

The question is one that a consultant would ask. Where a detail answers it, one field takes the answer; a text that
must be worded anew opens the dialog of its hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from impactlib.domain import kinds
from impactlib.domain.hypotheses import OF_HYPOTHESIS, Drafted, drafted
from impactlib.domain.kinds import Form
from impactlib.domain.once import once
from impactlib.domain.session import Session
from impactlib.domain.shelf import kits
from impactlib.views import Eye, Pane, Part, draw, of_kind
from impactlib.views.drafts import Point, points_of, values_of


@dataclass(frozen=True)
class Asked:
    """A question, and the hypotheses that it is asked of."""

    point: Point
    rows: tuple[Drafted, ...]

    @property
    def inline(self) -> bool:
        """Whether one field takes the answer: the value of a detail, typed."""
        detail = kinds.detail(self.point.field)
        return bool(detail.label) and not detail.choices and detail.form is not Form.DATE

    def note(self, row: Drafted) -> str:
        """The id of the note that the answer is a detail of."""
        note = row.note if self.point.field in OF_HYPOTHESIS else row.metric
        return note.id if note else ""


def frame(eye: Eye) -> Markup:
    return draw(eye, "points", "frame")


@once
def asked(session: Session) -> tuple[Asked, ...]:
    """The questions that are open, each once; none of a hypothesis whose figure is still to be found."""
    found: dict[Point, list[Drafted]] = {}
    for row in drafted(session):
        if row.metric is not None:
            for point in points_of(row.row):
                found.setdefault(point, []).append(row)
    return tuple(Asked(point, tuple(rows)) for point, rows in _by_importance(found.items()))


def _by_importance(found: Iterable[tuple[Point, list[Drafted]]]) -> list[tuple[Point, list[Drafted]]]:
    return sorted(found, key=lambda one: one[0].rank)


def _read(point: Point, lang: str) -> tuple[str, str]:
    """What the kit's shelf has on a question: the title, and the place on the page of the shelf."""
    shelf = kits()
    need, item = shelf.need_of(point.code), shelf.for_finding(point.code)
    return (item.title[lang], need.id) if need and item else ("", "")


def _points(session: Session, eye: Eye) -> Markup:
    return draw(eye, "points", "points", asked=asked(session), values=values_of, read=_read)


PANE = Pane(
    "points",
    frame,
    (Part("points", lambda scene: (of_kind(scene.session, "hypothesis"), of_kind(scene.session, "metric")), _points),),
    "What could be made more precise, one question at a time.",
)
