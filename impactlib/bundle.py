"""One of our scripts with what it imports, as one file."""

from __future__ import annotations

import re
from functools import cache

from impactlib.paths import ASSETS

_IMPORT = re.compile(r"^import (?:(\{[^}]+\}) from )?'\./([a-z]+)\.js';$", re.M)
_EXPORTED = re.compile(r"^export (?:async )?(?:const|let|function) (\w+|\$+)", re.M)


@cache
def bundle_script(name: str) -> str:
    """One of our scripts as a module that asks for no other: what it imports stands before it, each in its own scope.

    So the sources are many and small, and a page, a widget and a saved replay load one file.
    """
    source = (ASSETS / name).read_text(encoding="utf-8")
    return "\n".join([*(_scoped(module) for module in _needed(source)), _IMPORT.sub(_from_scope, source)])


def _needed(source: str) -> list[str]:
    """The modules that a source imports, each after those that it imports itself, and once."""
    needed: dict[str, None] = {}
    for found in _IMPORT.finditer(source):
        inner = (ASSETS / f"{found[2]}.js").read_text(encoding="utf-8")
        needed |= dict.fromkeys([*_needed(inner), found[2]])
    return list(needed)


def _scoped(module: str) -> str:
    source = (ASSETS / f"{module}.js").read_text(encoding="utf-8")
    names = ", ".join(_EXPORTED.findall(source))
    body = re.sub(r"^export default .*$", "", _IMPORT.sub(_from_scope, source), flags=re.M)
    body = re.sub(r"^export ", "", body, flags=re.M)
    return f"const _{module} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();"


def _from_scope(found: re.Match[str]) -> str:
    return f"const {found[1]} = _{found[2]};" if found[1] else ""
