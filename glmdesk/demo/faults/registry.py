"""The list of faults by name; every module of this package adds its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from glmdesk.demo.markers import Args
from glmdesk.demo.turn import Turn

Fault = Callable[[Turn, Args], Awaitable[None]]
Change = Callable[[Turn, Args], None]

FAULTS: dict[str, Fault] = {}  # writes a whole reply, badly
CHANGES: dict[str, Change] = {}  # changes the answer, which is then written as usual, streamed or plain


def fault(function: Fault) -> Fault:
    FAULTS[function.__name__] = function
    return function


def change(function: Change) -> Change:
    CHANGES[function.__name__] = function
    return function


def names() -> list[str]:
    return sorted([*FAULTS, *CHANGES])


def describe() -> str:
    """The documented list: one line a name, from the first lines of the docstrings."""
    functions = {**FAULTS, **CHANGES}
    return "\n".join(f"{name:20} {(functions[name].__doc__ or '').strip().splitlines()[0]}" for name in names())
