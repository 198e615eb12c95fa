"""A dictionary of classes by slug that refuses silent overrides."""

from collections.abc import Collection, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Collection[type[T]], Generic[T]):
    """Things found by slug. Registering the same slug twice is a bug, not an override."""

    def __init__(self) -> None:
        self._items: dict[str, type[T]] = {}

    def register(self, item: type[T]) -> type[T]:
        """Add a class under its ``slug``; use as a decorator. Raises ValueError on a duplicate."""
        slug: str = item.slug  # type: ignore[attr-defined]
        if slug in self._items:
            msg = f"{slug!r} is already registered"
            raise ValueError(msg)
        self._items[slug] = item
        return item

    def __getitem__(self, slug: str) -> type[T]:
        return self._items[slug]

    def __iter__(self) -> Iterator[type[T]]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, slug: object) -> bool:
        return slug in self._items
