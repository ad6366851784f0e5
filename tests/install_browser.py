"""Find a browser for the tests, or install one: ``python -m tests.install_browser``, as ``make browser`` does.

One of the system comes first, then Playwright's, then the distribution's, which only root can install.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.harness import find_browser

APT = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")


def main() -> int:
    """0 when there is a browser at the end; else 1, and what to install on standard error."""
    if _found() or (_playwrights() and _found()) or (_apts() and _found()):
        return 0
    try:
        find_browser()
    except RuntimeError as error:
        print(f"make: {error}", file=sys.stderr)
    return 1


def _found() -> bool:
    try:
        find_browser()
    except RuntimeError:
        return False
    return True


def _playwrights() -> bool:
    """Download Playwright's Chromium and put it on the tests' path, in the environment."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if _is_root():
        command.insert(-1, "--with-deps")
    if subprocess.run(command).returncode:
        return False
    with sync_playwright() as playwright:
        link = Path(sys.prefix, "bin", "chromium")
        link.unlink(missing_ok=True)
        link.symlink_to(playwright.chromium.executable_path)
    return True


def _apts() -> bool:
    if not _is_root():
        return False
    try:
        subprocess.run(["apt-get", "update"])
        return subprocess.run(APT).returncode == 0
    except FileNotFoundError:
        return False


def _is_root() -> bool:
    return os.geteuid() == 0


if __name__ == "__main__":
    sys.exit(main())
