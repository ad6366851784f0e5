"""The gestures that bring a team's hypotheses in: one with its first metric, then each of its other metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from impactlib.domain.figures import in_one_way
from impactlib.domain.hypotheses import NUMBERS, OF_METRIC, Hypothesis


def drafts(rows: Sequence[Hypothesis], named: Callable[[Mapping[str, str]], str]) -> Iterator[dict[str, str]]:
    """The gestures of one hypothesis, given as its rows; `named` gives an id to what a gesture says.

    >>> rows = (Hypothesis("Moins d’attente", metric="Délai"), Hypothesis("Moins d’attente", metric="Appels"))
    >>> [(one["metric"], one.get("about")) for one in drafts(rows, lambda said: f"row-{said['metric']}")]
    [('Délai', None), ('Appels', 'row-Délai')]
    """
    first, *others = rows
    said = _said(first, tuple(vars(first)))
    about = named(said)
    yield {"id": about, "do": "draft", **said}
    for other in others:
        said = {"about": about, **_said(other, ("metric", *OF_METRIC))}
        yield {"id": named(said), "do": "draft", **said}


def _said(row: Hypothesis, names: Sequence[str]) -> dict[str, str]:
    given = {name: getattr(row, name) for name in names}
    return {name: in_one_way(value) if name in NUMBERS else value for name, value in given.items() if value}
