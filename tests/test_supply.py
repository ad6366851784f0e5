"""What the kit is made of: no version that a known advisory names, no licence that binds, a list of all parts."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.make_sbom import KIT, ROOT, document, licence, locked, needed

LISTED = tomllib.loads((Path(__file__).parent / "advisories.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-scripts.lock", "requirements-peers.lock")
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla Public License 2\.0|HPND|CMU|Unlicense|Zlib|0BSD"
)
"""Licences under which anybody may use, change and pass on what a server installs."""
COPYLEFT = re.compile(r"\bA?L?GPL|GNU", re.I)


def affected(package: str, version: str) -> list[str]:
    """The advisories that name a version of a package."""
    return [
        one["id"]
        for one in LISTED["advisory"]
        if one["package"] == package
        and any(SpecifierSet(span).contains(Version(version), prereleases=True) for span in one["affected"])
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_pinned_version_is_named_by_a_known_advisory(lock: str) -> None:
    pins = locked(ROOT / lock)
    assert pins
    found = {f"{name}=={one}": affected(name, one) for name, (versions, _) in pins.items() for one in versions}
    assert {pin: ids for pin, ids in found.items() if ids} == {}


def test_the_audit_finds_what_it_is_to_find() -> None:
    assert affected("tornado", "6.5.4") and not affected("tornado", "6.6.1")
    assert affected("urllib3", "2.0.5") and affected("urllib3", "1.26.16")


def test_the_list_of_advisories_says_how_old_it_is() -> None:
    pins = locked()
    assert isinstance(LISTED["as_of"], date)
    for one in LISTED["advisory"]:
        assert one["package"] in pins and isinstance(one["date"], date) and one["date"] <= LISTED["as_of"]
        assert re.fullmatch(r"(CVE|PYSEC|GHSA)-[\w-]+", one["id"])
    ids = [(one["package"], one["id"]) for one in LISTED["advisory"]]
    assert len(set(ids)) == len(ids)
    for readme, day in (("README.md", f"{LISTED['as_of']:%-d %B %Y}"),):
        assert day in (ROOT / readme).read_text(encoding="utf-8")


def test_every_part_has_a_free_licence_that_asks_nothing_of_whoever_runs_a_server() -> None:
    said = {name: licence(dist) for name, (dist, _) in needed().items()}
    assert len(said) > 80
    assert {name: one for name, one in said.items() if not FREE.search(one) or COPYLEFT.search(one)} == {}


def test_the_list_of_parts_is_whole_and_pinned() -> None:
    made: dict[str, Any] = document()
    pins = locked()
    parts = {one["name"]: one for one in made["components"]}
    assert {"tornado", "jinja2", "voila", "msgspec", "lxml"} <= parts.keys() and KIT not in parts
    for name, one in parts.items():
        assert one["version"] in pins[name][0] and one["properties"], name
    refs = {one["bom-ref"] for one in (*made["components"], made["metadata"]["component"])}
    assert {ref for one in made["dependencies"] for ref in (one["ref"], *one["dependsOn"])} == refs
    assert not {"playwright", "mypy", "ruff"} & parts.keys()
