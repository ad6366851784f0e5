"""A persistent mapping: a change makes another mapping, which shares the unchanged items."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, TypeVar, overload

from immutables import Map

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
Own = TypeVar("Own", bound="Ordered[Any, Any]")


class Ordered(Mapping[K, V]):
    """A persistent mapping, iterated as a dict is: in the order in which its keys came.

    `put` takes the same time whatever the size. Reading it whole makes a dict once, and keeps it.

    >>> one = Ordered({"a": 1, "b": 2})
    >>> two = one.put("a", 3)
    >>> dict(one), dict(two)
    ({'a': 1, 'b': 2}, {'a': 3, 'b': 2})
    """

    __slots__ = ("_keys", "_listed", "_values")

    _values: Map[K, V]
    _keys: Map[int, K]
    """The keys by their places."""
    _listed: dict[K, V] | None

    def __init__(self, content: Mapping[K, V] | None = None) -> None:
        self._listed = dict(content or {})
        self._values = Map(self._listed)
        self._keys = Map(enumerate(self._listed))

    @classmethod
    def of(cls, content: Mapping[K, V]) -> Ordered[K, V]:
        """The mapping itself when it is one of these, else one with its content."""
        return content if isinstance(content, cls) else cls(content)

    def put(self, key: K, value: V) -> Ordered[K, V]:
        return self._with(key, value)

    def _with(self: Own, key: Any, value: Any) -> Own:
        made = object.__new__(type(self))
        made._keys = self._keys if key in self._values else self._keys.set(len(self._keys), key)
        made._values = self._values.set(key, value)
        made._listed = None
        return made

    def _whole(self) -> dict[K, V]:
        if self._listed is None:
            keys = list(map(self._keys.__getitem__, range(len(self._keys))))
            self._listed = dict(zip(keys, map(self._values.__getitem__, keys), strict=True))
        return self._listed

    def __getitem__(self, key: K) -> V:
        return self._values[key]

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, default: V | T, /) -> V | T: ...
    def get(self, key: K, default: object = None, /) -> object:
        return self._values.get(key, default)

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[K]:
        return iter(self._whole())

    def keys(self) -> KeysView[K]:
        return self._whole().keys()

    def values(self) -> ValuesView[V]:
        return self._whole().values()

    def items(self) -> ItemsView[K, V]:
        return self._whole().items()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Ordered):
            return self is other or bool(self._values == other._values)
        return isinstance(other, Mapping) and self._whole() == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._whole()!r})"
