"""A value that must not be printed: the API key on its way from the keyring to the header."""

from __future__ import annotations


class Secret:
    """Holds a key; `str`, `repr` and formatting show dots, pickling is refused.

    Only `reveal()` gives the value, so every place that uses it can be found by name.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself. Call this where the header is built, and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is never pickled")


def key_problem(text: str) -> str | None:
    """Why `text` cannot be sent as a key in a header: the id of a message, or None when it can.

    The shape of a key is not checked: Coding Plan keys look different (glm-api.md §1).
    """
    if not text:
        return "key.problem.empty"
    if any(ch.isspace() for ch in text):
        return "key.problem.space"
    if any(not 33 <= ord(ch) <= 126 for ch in text):
        return "key.problem.characters"
    return None
