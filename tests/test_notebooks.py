"""Every notebook of the kit runs from its first cell to its last, as in JupyterLab."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.export import render
from impactlib.paths import NOTEBOOKS
from impactlib.views.render import environment
from tests.conftest import Room

pytestmark = pytest.mark.process

# nbval's own default would let a cell that hangs wait for half an hour.
NBVAL = ("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=60", "-p", "no:cacheprovider")


def run(path: Path) -> None:
    """Run a notebook, or those of a folder, with nbval, in a process of its own: it would collect for all the tests."""
    command = [sys.executable, "-m", "pytest", *NBVAL, str(path)]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


# A session notebook, and a notebook of the kit, has the same code in each language: one of them runs while we work.
languages = pytest.mark.parametrize("lang", ["fr", pytest.param("en", marks=pytest.mark.long)])


@languages
def test_every_notebook_runs(lang: str) -> None:
    run(NOTEBOOKS / lang)


@languages
def test_a_session_notebook_runs_wherever_its_owner_put_it(lang: str, lived: Room, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "mardi.ipynb"
    path.parent.mkdir()
    path.write_bytes(render(lived.store.to_file(), "session", "ipynb", environment(lang)))
    run(path)


def test_a_session_notebook_is_a_valid_one_without_widgets_or_html_of_peoples_words(lived: Room) -> None:
    lived.ask(Role.CLIENT, do="write", kind="learning", text="<img src=x onerror=alert(1)> & <b>gras</b>")
    import nbformat

    content = render(lived.store.to_file(), "session", "ipynb", environment("fr")).decode()
    notebook = nbformat.reads(content, as_version=4)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    assert [cell.outputs for cell in notebook.cells if cell.cell_type == "code"] == [[]]
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(prose)
    assert "<img src=x" not in page and "<b>" not in page
    assert "&lt;b&gt;gras&lt;/b&gt;" in page
    pictures = [cell.attachments for cell in notebook.cells if "attachments" in cell]
    assert [list(picture) for picture in pictures] == [["matrix.png"]]
    for title in ("Compte rendu", "## Actions", "## Classement", "## Questions et réponses"):
        assert title in prose


def test_the_languages_have_the_same_notebooks_with_the_same_code() -> None:
    code = {lang: {path.name: _code(path) for path in (NOTEBOOKS / lang).glob("*.ipynb")} for lang in LANGUAGES}
    assert code["fr"] == code["en"]
    assert code["fr"] and all(code["fr"].values())


def _code(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
