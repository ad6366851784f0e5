"""The summary's templates, in the language of the views whose words and filters they share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader

from impactlib.domain.clock import day_of
from impactlib.domain.impact_matrix import filled
from impactlib.domain.matrices import newest
from impactlib.domain.session import Session
from impactlib.domain.summary import Outline
from impactlib.export import over_time
from impactlib.export.fonts import faces
from impactlib.export.picture import Form, data_uri
from impactlib.paths import TEMPLATES
from impactlib.views.render import compiled
from impactlib.views.wording import erased_when, reworded


def fill(
    name: str,
    session: Session,
    views: Environment,
    *,
    escape: bool,
    image: Form,
    filters: dict[str, Callable[..., Any]] | None = None,
    **more: Any,
) -> str:
    """One of ``templates/summary`` filled with a session's outline.

    Parameters
    ----------
    escape
        Whether what is not marked as safe is escaped as HTML.
    image
        The format of the picture, which the template asks for with the words of its axes.
    filters
        More filters than the views have.
    more
        What this template asks for besides.
    """
    found = templates(views, escape, tuple((filters or {}).items()))
    made, lang = Outline(session), str(views.globals["lang"])
    return found.get_template(f"summary/{name}").render(
        outline=made,
        session=session,
        matrix=filled(session, newest()),
        changes=lambda note: reworded(made.changes(note), lang),
        reworded=partial(reworded, lang=lang),
        date=day_of(session.held_at, session.zone).isoformat(),
        fonts=faces,
        picture=partial(data_uri, made.ranking, form=image),
        vector=image == "svg",
        erased=erased_when(session, lang),
        curve_image=partial(over_time.data_uri, lang=lang),
        on_screen=over_time.ON_SCREEN,
        **more,
    )


def words(views: Environment) -> Any:
    """The macros of ``summary/words.md``, in the language of the views: what spreadsheets and calendars say."""
    return templates(views, escape=False, filters=()).get_template("summary/words.md").module


@cache  # by the filters too: what a template imports keeps those that it was first given
def templates(views: Environment, escape: bool, filters: tuple[tuple[str, Callable[..., Any]], ...]) -> Environment:
    """The environment that has the templates of files too, in the language of the views."""
    # The views' folder comes first: the words that both use are written there, and imported by their bare name.
    loader = FileSystemLoader([TEMPLATES / "views", TEMPLATES])
    form = "-".join(["escaped" if escape else "plain", *(name for name, _ in filters)])
    made = views.overlay(loader=loader, autoescape=escape, bytecode_cache=compiled(str(views.globals["lang"]), form))
    made.filters = {**views.filters, **dict(filters)}
    return made
