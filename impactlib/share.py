"""Where the templates and the notebooks are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

import re
from pathlib import Path

_PACKAGE = Path(__file__).parent


def _root() -> Path:
    # Not "share": that is this module.
    inside = _PACKAGE / "_share"
    return inside if inside.is_dir() else _PACKAGE.parent


TEMPLATES = _root() / "templates"
NOTEBOOKS = _root() / "notebooks"
ASSETS = _PACKAGE / "assets"
LOCALE = _PACKAGE / "locale"

_IMPORTED = re.compile(r"^import (\{[^}]+\}) from './([a-z]+\.js)';$", re.M)
_EXPORTED = re.compile(r"^export (?:async )?(?:const|let|function) (\w+|\$+)", re.M)


def script(name: str) -> str:
    """One of our scripts as a module that asks for no other: what it imports stands in it, in a scope of its own."""
    return _IMPORTED.sub(_inlined, (ASSETS / name).read_text(encoding="utf-8"))


def _inlined(imported: re.Match[str]) -> str:
    module = script(imported[2])
    names = ", ".join(_EXPORTED.findall(module))
    body = re.sub(r"^export default .*$", "", module, flags=re.M)
    body = re.sub(r"^export ", "", body, flags=re.M)
    return f"const {imported[1]} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();"
