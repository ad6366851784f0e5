"""The map of CONTRIBUTING.md names the modules that are there, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from impactlib.paths import ASSETS

PACKAGE = ASSETS.parent
MAP = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOLDERS = ("domain", "gestures", "storage", "rooms", "rehearsal")


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_module_of_a_folder_is_on_the_map(folder: str) -> None:
    modules = [path.name for path in sorted((PACKAGE / folder).glob("[!_]*.py"))]
    assert [name for name in modules if not re.search(rf"\b{re.escape(name)}\b", MAP)] == []


def test_each_module_on_the_map_is_there() -> None:
    named = {
        name for line in re.findall(r"^\| .*?`[a-z]+/.*\|", MAP, re.M) for name in re.findall(r"\b\w+\.py\b", line)
    }
    there = {path.name for path in [*PACKAGE.rglob("*.py"), *Path(__file__).parent.rglob("*.py")]}
    assert sorted(named - there) == []
