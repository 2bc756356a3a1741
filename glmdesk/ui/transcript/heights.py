"""Heights of many rows: change one, find a row by its y, both in O(log n)."""

from __future__ import annotations

from collections.abc import Sequence


class Heights:
    """A Fenwick tree over whole pixels."""

    def __init__(self, heights: Sequence[int] = ()) -> None:
        self._heights = list(heights)
        self._tree = [0, *self._heights]
        for i in range(1, len(self._tree)):
            parent = i + (i & -i)
            if parent < len(self._tree):
                self._tree[parent] += self._tree[i]
        self._total = sum(self._heights)

    def __len__(self) -> int:
        return len(self._heights)

    @property
    def total(self) -> int:
        return self._total

    def append(self, height: int) -> None:
        self._heights.append(0)
        size = len(self._heights)
        below = size - (size & -size)
        self._tree.append(self.top(size - 1) - self.top(below))
        self.set(size - 1, height)

    def set(self, index: int, height: int) -> None:
        delta = height - self._heights[index]
        if not delta:
            return
        self._heights[index] = height
        self._total += delta
        i = index + 1
        while i < len(self._tree):
            self._tree[i] += delta
            i += i & -i

    def top(self, index: int) -> int:
        """The sum of the heights before `index`."""
        total = 0
        while index > 0:
            total += self._tree[index]
            index -= index & -index
        return total

    def find(self, y: int) -> int:
        """The row that covers `y`; the first or last one outside."""
        place, rest = 0, max(0, y)
        step = 1 << (len(self._heights).bit_length())
        while step:
            after = place + step
            if after < len(self._tree) and self._tree[after] <= rest:
                place = after
                rest -= self._tree[after]
            step >>= 1
        return min(place, max(0, len(self._heights) - 1))
