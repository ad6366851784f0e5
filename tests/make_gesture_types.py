"""Writes types for the scripts: ``python -m tests.make_gesture_types`` (``make scripts`` does it)."""

from __future__ import annotations

from collections.abc import Iterable

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.kinds import KINDS
from impactlib.domain.session import SCORES
from impactlib.gestures import wire_fields
from impactlib.gestures.wire import Field, Value
from impactlib.paths import ASSETS
from impactlib.views.catalogue import catalogue

FILE = ASSETS / "wire.d.ts"
HEAD = "// The gestures that the server knows, their fields, and the keys of words: `make scripts` writes them."
_TYPES = {
    Value.TEXT: "string",
    Value.KIND: "Kind",
    Value.ROLE: "Role",
    Value.FLAG: "Flag",
    Value.POINT: "Point",
    Value.VERSION: "number | string",
}


def types() -> str:
    """The file itself."""
    gestures = wire_fields()
    names = sorted({field.name for fields in gestures.values() for field in fields})
    return "\n".join(
        [
            HEAD,
            "",
            f"export type Kind = {_either(KINDS)};",
            f"export type Role = {_either(Role)};",
            "export type Flag = boolean | 'true' | 'false';",
            f"export type Point = {' | '.join(map(str, SCORES))};",
            "",
            "export type Asked =",
            *(f"  | {{ do: '{do}'{''.join(map(_typed, fields))} }}" for do, fields in gestures.items()),
            "  ;",
            "",
            "export type Gesture = Asked & { id: string };",
            f"export type FieldName = {_either(names)};",
            "",
            "/** What scripts say, by its key in views/catalogue.py. */",
            f"export type Word = {_either(catalogue(LANGUAGES[0]))};",
            "",
        ]
    )


def _typed(field: Field) -> str:
    return f"; {field.name}{'' if field.needed else '?'}: {_TYPES[field.value]}"


def _either(words: Iterable[str]) -> str:
    return " | ".join(f"'{word}'" for word in words)


if __name__ == "__main__":
    FILE.write_text(types(), encoding="utf-8")
