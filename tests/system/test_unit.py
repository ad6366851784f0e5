"""The unit of docs/operating.md: systemd understands it, and says how exposed a server that runs as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

UNIT = Path(__file__).parents[2] / "docs" / "impact.service"
MOST = 15
"""Tenths of an exposure that the document allows: from 0, safe, to 100."""


def test_systemd_understands_the_unit_and_finds_it_hardly_exposed(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/impact/.venv/bin/impact", f"{Path(sys.executable).parent}/impact"))
    assert _analyze("verify", "--man=no", str(unit)) == (0, "")
    code, said = _analyze("security", "--offline=yes", f"--threshold={MOST}", str(unit))
    assert code == 0, said
    unit.write_text(unit.read_text().replace("ProtectSystem=strict\n", "ProtectSytem=strict\n"))
    assert "ProtectSytem" in _analyze("verify", "--man=no", str(unit))[1]


def _analyze(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)
    return done.returncode, done.stderr if arguments[0] == "verify" else done.stdout
