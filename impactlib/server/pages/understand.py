"""The page in which one understands impact, from the notebook `comprendre`: for everybody, without a kernel."""

from __future__ import annotations

from impactlib.domain.agenda import Role
from impactlib.domain.learning import exercises
from impactlib.server.handler import Handler


class Understand(Handler):
    """GET <base>understand: the notebook's prose, its traps and its exercises."""

    async def get(self) -> None:
        lang = self.lang()
        layout = await self.state.layouts.layout("comprendre", lang)
        content = layout.page(None, Role.OBSERVER, lang, {})
        self.render_page("understand.html", content=content, exercises=len(exercises(lang)))
