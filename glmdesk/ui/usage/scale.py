"""Round values for an axis."""

from __future__ import annotations

import math


def ticks(most: float, *, whole: bool = False) -> list[float]:
    """Two to four round steps from 0 to at least `most`; `whole` numbers where nothing lies between them."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / 3
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= rough - 1e-12 * power)
    if whole:
        step = max(1.0, math.ceil(step))
    return [step * n for n in range(math.ceil(most / step - 1e-9) + 1)]
