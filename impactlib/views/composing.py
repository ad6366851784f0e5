"""The page that composes an agenda: its fields, what is wrong with it, and what each role would read."""

from __future__ import annotations

import re
from functools import partial

from markupsafe import Markup

from impactlib.domain.agenda import PANES, Agenda, Role
from impactlib.domain.agenda_files import AgendaError, Doubt
from impactlib.domain.composing import Draft
from impactlib.views.render import environment, say


def fields(draft: Draft, lang: str) -> Markup:
    """The fields of a draft: the panes of a step in its own order, then the others."""
    panes = [[*step.shows, *(pane for pane in PANES if pane not in step.shows)] for step in draft.steps]
    return _drawn("fields", lang, draft=draft, panes=panes, roles=list(Role))


def checked(agenda: Agenda | None, fault: AgendaError | None, doubts: list[Doubt], lang: str) -> Markup:
    """What is wrong with an agenda, or what one may doubt, then what each role reads in each step."""
    begins, at = [], 0.0
    for step in agenda.steps if agenda else ():
        begins.append(at / 60)
        at += step.seconds
    given = {"agenda": agenda, "fault": fault, "doubts": doubts, "begins": begins}
    return _drawn("checked", lang, **given, roles=list(Role), said=partial(say, lang=lang), place_of=_place)


def _place(where: str) -> tuple[int, str]:
    """The number of the step that a place in a file is in, 0 for none, and the key.

    >>> [_place(where) for where in ("agenda: steps[5].now.client", "minutes", "agenda: steps", "agenda")]
    [(5, 'now'), (0, 'minutes'), (0, 'steps'), (0, '')]
    """
    found = re.search(r"steps\[(\d+)\](?:\.(\w+))?", where)
    if found:
        return int(found[1]), found[2] or ""
    key = where.rpartition(": ")[2]
    return 0, "" if key == "agenda" else key


def _drawn(macro: str, lang: str, **given: object) -> Markup:
    return Markup(getattr(environment(lang).get_template("composing.html").module, macro)(**given))
