"""The wheel works alone: installed in an environment of its own, served from an empty folder."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import answers, free_port, until

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands' folder of a new environment: our wheel installed, its dependencies borrowed from ours."""
    venv = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True, capture_output=True)
    site = next(venv.glob("lib/python3*/site-packages"))
    # Only the folder itself: the .pth files in it, our own checkout's among them, are not read.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    # What the dependencies put beside their packages: Voilà's and nbconvert's templates.
    (venv / "share").symlink_to(Path(sys.prefix, "share"))
    return venv / "bin"


def _clean() -> dict[str, str]:
    ours = ("IMPACT_", "JUPYTER", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _run(environment: Path, folder: Path, *command: str) -> str:
    done = subprocess.run(
        [environment / command[0], *command[1:]], cwd=folder, env=_clean(), check=True, capture_output=True, text=True
    )
    return done.stdout


@contextlib.contextmanager
def _served(environment: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    server = subprocess.Popen(
        [environment / "impact", "serve", "--no-browser", "--port", str(port)], cwd=folder, env=_clean()
    )
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def _page(url: str) -> str:
    """The page at that address, once the server is up."""
    until(lambda: answers(f"{url}api"))
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.status == 200
        page: str = answer.read().decode()
        return page


def _below(folder: str) -> set[str]:
    """The files of the checkout that git follows, below that folder."""
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(filter(None, listed.stdout.split("\0")))


def test_the_wheel_holds_templates_notebooks_assets_and_catalogs(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {f"impactlib/_share/{path}" for path in _below("templates") | _below("notebooks")} <= held
    assert _below("impactlib") <= held
    assert "impactlib/locale/fr/LC_MESSAGES/impact.mo" in held


def test_the_wheel_is_the_code_that_runs(environment: Path, tmp_path: Path) -> None:
    where = _run(environment, tmp_path, "python", "-c", "import impactlib, sys; print(impactlib.__file__, sys.prefix)")
    file, prefix = where.split()
    assert file.startswith(prefix)


def test_a_workshop_opens_and_the_home_page_shows_from_an_empty_folder(environment: Path, tmp_path: Path) -> None:
    opened = json.loads(_run(environment, tmp_path, "impact", "new", "--team", "Colis Solidaire", "--json"))
    with _served(environment, tmp_path) as url:
        home = _page(url)
        for door in ("door-open", "door-prepare", "door-review"):
            assert f'id="{door}"' in home
        assert "/impact.css" in home
        link = opened["links"]["client"].replace("http://127.0.0.1:8866/", url)
        assert "Colis Solidaire" in _page_with_cookies(link)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def _page_with_cookies(url: str) -> str:
    with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(url, timeout=60) as answer:
        page: str = answer.read().decode()
        return page
