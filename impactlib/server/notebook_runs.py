"""A notebook of panes run by Voilà, in a kernel that then ends."""

from __future__ import annotations

import contextlib
import os
import re
import uuid
from typing import Any

from jupyter_core.utils import ensure_async
from voila.notebook_renderer import NotebookRenderer

from impactlib.rooms.layout import LAYOUT

_PRIVATE = re.compile(r"TOKEN|SECRET|PASSWORD|^JUPYTERHUB_|^IMPACT_", re.I)

_NO_HISTORY = "--HistoryManager.enabled=False"
"""Nobody types in these kernels, and a lock that another program holds on the history would make each of them wait."""


class NotebookRuns:
    """Give it to `Layouts`. `voila` is the application that runs notebooks."""

    def __init__(self, voila: Any) -> None:
        self._voila = voila

    async def __call__(self, notebook: str, lang: str) -> str:
        """The HTML of a notebook's cells."""
        kernel = str(uuid.uuid4())
        try:
            return await self._generate(notebook, lang, kernel)
        finally:
            await self._end(kernel)

    async def _generate(self, notebook: str, lang: str, kernel: str) -> str:
        voila, kernels = self._voila, self._voila.layout_kernels
        environment = {name: value for name, value in os.environ.items() if not _PRIVATE.search(name)} | {LAYOUT: lang}
        named = {"kernel_id": kernel, "kernel_name": "python3", "path": lang, "env": environment}
        await ensure_async(kernels.start_kernel(**named, extra_arguments=[_NO_HISTORY]))
        renderer = NotebookRenderer(
            voila_configuration=voila.voila_configuration,
            traitlet_config=voila.config,
            notebook_path=f"{lang}/{notebook}.ipynb",
            template_paths=voila.room_template_paths,
            config_manager=voila.config_manager,
            contents_manager=voila.contents_manager,
            kernel_spec_manager=voila.kernel_spec_manager,
            base_url=voila.base_url,
            page_config={},
        )
        await renderer.initialize()
        html: str = await renderer.generate_content_str(kernel, kernels.get_kernel(kernel))
        return html

    async def _end(self, kernel: str) -> None:
        if kernel in self._voila.layout_kernels:
            with contextlib.suppress(Exception):
                await ensure_async(self._voila.layout_kernels.shutdown_kernel(kernel, now=True))
