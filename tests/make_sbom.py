"""What the kit is made of where it runs, as a CycloneDX document: ``python -m tests.make_sbom FILE``, or ``make sbom``.

Each component is a distribution that `impactlib` needs, however deep, with its licence as it says it and the hashes
that the lock accepts. Nothing is asked of a network; the same environment gives the same document.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
KIT = "impactlib"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def locked(lock: Path = ROOT / "requirements.lock") -> dict[str, tuple[set[str], list[str]]]:
    """The versions of each package that a lock pins, and the SHA-256 of its files."""
    found: dict[str, tuple[set[str], list[str]]] = defaultdict(lambda: (set(), []))
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pin := _PIN.match(line):
            name = canonicalize_name(pin[1])
            found[name][0].add(pin[2])
        found[name][1].extend(_HASH.findall(line))
    return dict(found)


def needed(name: str = KIT) -> dict[str, tuple[Distribution, list[str]]]:
    """The distributions that one needs to run, itself first, each with the names of those that it needs directly."""
    found: dict[str, tuple[Distribution, list[str]]] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(canonicalize_name(name), frozenset())]
    while waiting:
        name, extras = waiting.pop()
        try:
            dist = distribution(name)
        except PackageNotFoundError:
            continue  # of another system
        asked = list(_asked(dist, extras))
        known = found.get(name)
        if known and all(one in known[1] for one, _ in asked):
            continue
        found[name] = dist, sorted({*(known[1] if known else ()), *(one for one, _ in asked)})
        waiting += asked
    return found


def _asked(dist: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for line in dist.requires or ():
        asked = Requirement(line)
        if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield canonicalize_name(asked.name), frozenset(asked.extras)


def licence(dist: Distribution) -> str:
    """The licence of a distribution, as its metadata say it: an expression, else its classifiers, else in words."""
    said = dist.metadata
    for expression in said.get_all("License-Expression") or ():
        return str(expression)
    classifiers = [
        str(line) for line in said.get_all("Classifier") or () if str(line).startswith("License :: OSI Approved")
    ]
    if classifiers:
        return " AND ".join(sorted(line.rpartition(" :: ")[2] for line in classifiers))
    words = (str(line).strip() for line in said.get_all("License") or ())
    return next((line.splitlines()[0] for line in words if line), "")


def document() -> dict[str, Any]:
    """The whole, by CycloneDX 1.6."""
    pins, parts = locked(), needed()
    refs = {name: f"pkg:pypi/{name}@{dist.version}" for name, (dist, _) in parts.items()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component(KIT, parts[KIT][0], refs[KIT], [])},
        "components": [
            _component(name, dist, refs[name], pins.get(name, (set(), []))[1])
            for name, (dist, _) in sorted(parts.items())
            if name != KIT
        ],
        "dependencies": [
            {"ref": refs[name], "dependsOn": [refs[one] for one in asked if one in refs]}
            for name, (_, asked) in sorted(parts.items())
        ],
    }


def _component(name: str, dist: Distribution, ref: str, hashes: list[str]) -> dict[str, Any]:
    said = {"type": "library", "bom-ref": ref, "name": name, "version": dist.version, "purl": ref}
    licences = {"licenses": [{"license": {"name": licence(dist)}}]}
    # Of a wheel for each system, the lock accepts any: they are no hashes of one file.
    known = [{"name": "lock:sha256", "value": one} for one in hashes]
    return {**said, **licences, **({"properties": known} if known else {})}


def main() -> None:
    Path(sys.argv[1]).write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
