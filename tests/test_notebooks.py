"""Every notebook of the kit runs from its first cell to its last, as in JupyterLab."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat
import pytest
from markdown_it import MarkdownIt
from matplotlib.image import imread

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.export import render
from impactlib.paths import NOTEBOOKS
from impactlib.views.render import environment
from tests.conftest import Room
from tests.make_outputs import keepers, outputs

pytestmark = pytest.mark.process

# nbval's own default would let a cell that hangs wait for half an hour.
NBVAL = ("--nbval-current-env", "--nbval-cell-timeout=60", "-p", "no:cacheprovider")
WITH = "--nbval-sanitize-with"
PICTURE = re.compile(r"data:image/png;base64,([\w+/=]+)")
ALIKE = 1.0
"""Of 255: how far the pixels of two drawings of a picture may be apart, on average; one point elsewhere makes 1.7."""
# A drawing by another version of matplotlib has other bytes: pictures are compared below, all else by nbval.
SANITIZED = f"[picture]\nregex: {PICTURE.pattern}\nreplace: picture\n"


def run(*paths: Path, how: tuple[str, ...] = ("--nbval-lax",)) -> None:
    """Run notebooks with nbval, in a process of its own: it would collect for all the tests."""
    command = [sys.executable, "-m", "pytest", *how, *NBVAL, *map(str, paths)]
    done = subprocess.run(command, cwd=paths[0].parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


# A session notebook, and a notebook of the kit, has the same code in each language: one of them runs while we work.
languages = pytest.mark.parametrize("lang", ["fr", pytest.param("en", marks=pytest.mark.long)])


def of(lang: str, kept: bool) -> list[Path]:
    """The notebooks of a language that keep their outputs, or that do not."""
    return [path for path in sorted((NOTEBOOKS / lang).glob("*.ipynb")) if (path in keepers()) == kept]


@languages
def test_every_notebook_runs(lang: str) -> None:
    run(*of(lang, kept=False))


@languages
def test_outputs_that_are_kept_are_those_that_come_out(lang: str, tmp_path: Path) -> None:
    sanitized = tmp_path / "sanitized.cfg"
    sanitized.write_text(SANITIZED, encoding="utf-8")
    run(*(counted(path, tmp_path / lang) for path in of(lang, kept=True)), how=("--nbval", f"{WITH}={sanitized}"))


def counted(path: Path, folder: Path) -> Path:
    """A copy of a notebook whose cells have a count: nbval compares no other, and we keep none."""
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            cell.execution_count = number
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / path.name)
    return folder / path.name


@languages
def test_pictures_that_are_kept_look_like_those_that_come_out(lang: str) -> None:
    for path in of(lang, kept=True):
        if not (kept := pictures(nbformat.read(path, as_version=4))):
            continue
        made = pictures(outputs(path))
        assert len(kept) == len(made)
        for before, now in zip(kept, made, strict=True):
            assert before.shape == now.shape
            assert abs(before - now).mean() < ALIKE


def pictures(notebook: Any) -> list[Any]:
    """The pictures in the outputs of a notebook, as arrays of numbers from 0 to 255."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    found = [png for output in outputs for png in PICTURE.findall(output.data["text/html"])]
    return [255 * imread(BytesIO(base64.b64decode(png))) for png in found]


@languages
def test_a_session_notebook_runs_wherever_its_owner_put_it(lang: str, lived: Room, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "mardi.ipynb"
    path.parent.mkdir()
    path.write_bytes(render(lived.store.to_file(), "session", "ipynb", environment(lang)))
    run(path)


def test_a_session_notebook_is_a_valid_one_without_widgets_or_html_of_peoples_words(lived: Room) -> None:
    lived.ask(Role.CLIENT, do="write", kind="learning", text="<img src=x onerror=alert(1)> & <b>gras</b>")
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
