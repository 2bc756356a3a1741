"""A part of the program that is made, and imported, when it is first used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """`made` is None until somebody has asked for it."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self.made: T | None = None

    def get(self) -> T:
        """The part, always the same one."""
        if self.made is None:
            self.made = self._make()
        return self.made
