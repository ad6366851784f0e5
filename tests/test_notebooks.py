"""Every notebook of the kit runs from its first cell to its last, as in JupyterLab."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from impactlib.agenda import LANGUAGES
from impactlib.share import NOTEBOOKS

# nbval's own default would let a cell that hangs wait for half an hour.
NBVAL = ("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=60", "-p", "no:cacheprovider")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_notebook_runs(lang: str) -> None:
    # In a process of its own: nbval is a plugin that would collect for all the tests.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *NBVAL, str(NOTEBOOKS / lang)],
        cwd=Path(NOTEBOOKS).parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_the_languages_have_the_same_notebooks() -> None:
    names = {lang: {path.name for path in (NOTEBOOKS / lang).glob("*.ipynb")} for lang in LANGUAGES}
    assert names["fr"] == names["en"]
    assert names["fr"]
