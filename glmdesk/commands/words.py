"""argparse's own words in the user's language."""

from __future__ import annotations

import argparse

from glmdesk.domain.messages import Catalogue

_LITERAL = {
    "usage: ": "usage",
    "positional arguments": "arguments",
    "options": "options",
    "show this help message and exit": "help",
    "expected one argument": "one_value",
}
# Each text names its parts; argparse fills them in by its own marks.
_WITH_PARTS = {
    "%(prog)s: error: %(message)s\n": ("error", {"program": "%(prog)s", "message": "%(message)s"}),
    "argument %(argument_name)s: %(message)s": ("about", {"name": "%(argument_name)s", "message": "%(message)s"}),
    "unrecognized arguments: %s": ("unknown", {"names": "%s"}),
    "the following arguments are required: %s": ("required", {"names": "%s"}),
    "invalid choice: %(value)r (choose from %(choices)s)": ("choice", {"value": "%(value)r", "choices": "%(choices)s"}),
    "ambiguous option: %(option)s could match %(matches)s": (
        "ambiguous",
        {"option": "%(option)s", "matches": "%(matches)s"},
    ),
    "ignored explicit argument %r": ("no_value", {"value": "%r"}),
}


def speak(catalogue: Catalogue) -> None:
    """Let argparse's help and errors be in a language; words that are not known here stay English.

    argparse asks gettext, through a name of its module, whenever it writes something; a compiled catalogue in a folder
    of gettext's layout would be the other way to answer.
    """

    def translated(words: str) -> str:
        if words in _LITERAL:
            return catalogue.text(f"cli.words.{_LITERAL[words]}")
        if words in _WITH_PARTS:
            key, parts = _WITH_PARTS[words]
            ending = "\n" if words.endswith("\n") else ""
            return catalogue.text(f"cli.words.{key}", **parts) + ending
        return words

    argparse.__dict__["_"] = translated
