"""The summary as a PDF: the page as a browser prints it, else the document as an office suite does.

Neither comes with the kit: the first that the PATH has is used, in a profile of its own that goes with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from impactlib.domain.session import Session
from impactlib.export import ExportError, html, odt

if TYPE_CHECKING:
    from jinja2 import Environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFFICES = ("soffice", "libreoffice")
WITHIN = 90.0
"""Seconds that printing may take: some two, and an office suite some ten."""


def write(session: Session, views: Environment) -> bytes:
    """The file itself, in the language of `views`.

    Raises
    ------
    ExportError
        When no program here can make it, or none did.
    """
    for names, make in ((BROWSERS, _by_browser), (OFFICES, _by_office)):
        program = _found(names)
        if program:
            return _made(make, program, session, views)
    raise ExportError(
        "a PDF is made by a browser or an office suite, and none is found on the PATH. Nothing was written. Install "
        "Chromium or LibreOffice, or export summary.html, open it, and print it to a PDF."
    )


def _found(names: Iterable[str]) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def _made(make: Callable[..., list[str]], program: str, session: Session, views: Environment) -> bytes:
    with TemporaryDirectory(prefix="impact-") as name:
        folder = Path(name)
        command = make(program, folder, session, views)
        try:
            done = subprocess.run(command, capture_output=True, timeout=WITHIN, check=False)
            return (folder / "summary.pdf").read_bytes()
        except subprocess.TimeoutExpired:
            said = "it took too long"
        except FileNotFoundError:
            said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2] or "it said nothing"
    raise ExportError(f"{program} made no PDF: {said}. Nothing was written. Export summary.html, and print it.")


def _by_browser(program: str, folder: Path, session: Session, views: Environment) -> list[str]:
    page = folder / "summary.html"
    page.write_bytes(html.write(session, views))
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []  # whose page has no script, and asks for nothing
    quiet = ["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    printed = ["--no-pdf-header-footer", f"--print-to-pdf={folder / 'summary.pdf'}"]
    return [program, *alone, *quiet, f"--user-data-dir={folder / 'profile'}", *printed, page.as_uri()]


def _by_office(program: str, folder: Path, session: Session, views: Environment) -> list[str]:
    document = folder / "summary.odt"
    document.write_bytes(odt.write(session, views))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    return [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(document)]
