"""Voilà's own pages, for notebooks that show other ipywidgets than panes: a kernel for each visitor.

They are the operator's alone, they ask no other host, and their kernels end when they close.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment
from traitlets.config import Config

from impactlib.server.fingerprint import fingerprint
from impactlib.views.render import translation

POLICY = (
    # ipywidgets need inline scripts, anywidget modules made of text (blob:); 'self' covers the websocket.
    "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self' blob: data:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
ORPHANED = 600
"""Seconds after which the kernel of a page that left without a word is ended."""
NOT_FOR_A_PAGE = ["@jupyter-server/resource-usage", "@jupyterhub/jupyter-server-proxy", "jupyter-offlinenotebook"]
"""JupyterLab's extensions that a Binder image holds: they look for a lab around them."""


def configure(config: Config, lang: str) -> None:
    """Say how Voilà renders a notebook for itself."""
    config.VoilaConfiguration.update(
        template="widgets",
        allow_template_override="NO",
        allow_theme_override="NO",
        show_tracebacks=False,
        extension_denylist=NOT_FOR_A_PAGE,
        prelaunch_hook=let_the_page_end_its_kernel,
    )
    config.HTMLExporter.language_code = lang


def dress(errors: Environment, kernels: Any, base_url: str, lang: str) -> None:
    """Give Voilà's error pages our words and style, and its orphaned kernels an end."""
    errors.install_gettext_translations(translation(lang), newstyle=True)  # type: ignore[attr-defined]
    errors.globals.update(lang=lang, assets=f"{base_url}assets/{fingerprint()}")
    kernels.cull_idle_timeout, kernels.cull_interval = ORPHANED, 60


def let_the_page_end_its_kernel(handler: Any, **_: Any) -> None:
    """Give the page the cookie that its farewell must repeat: Voilà sets it on none that is opened directly."""
    if handler is not None:  # it is, when a room's notebook is drawn
        handler.xsrf_token  # noqa: B018  # reading it sets the cookie
