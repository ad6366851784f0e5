"""Runs the notebooks that keep their outputs, and keeps them anew: ``python -m tests.make_outputs``.

What a viewer without a kernel reads of them is kept, and no widget; nbval compares it (`tests/test_notebooks.py`).
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from impactlib.paths import NOTEBOOKS

VIEW = "application/vnd.jupyter.widget-view+json"


def keepers() -> list[Path]:
    """The notebooks whose metadata say that they keep their outputs."""
    paths = sorted(NOTEBOOKS.glob("*/*.ipynb"))
    return [path for path in paths if json.loads(path.read_text(encoding="utf-8"))["metadata"].get("keep_output")]


def outputs(path: Path) -> nbformat.NotebookNode:
    """A notebook with the outputs that it has now."""
    notebook = nbformat.read(path, as_version=4)
    metadata = deepcopy(notebook.metadata)
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, resources=where, store_widget_state=False, record_timing=False)
    client.execute()
    notebook.metadata = metadata
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
            for output in cell.outputs:
                output.execution_count = None
                output.data.pop(VIEW, None)
    return notebook


def main() -> None:
    for path in keepers():
        nbformat.write(outputs(path), path)


if __name__ == "__main__":
    main()
