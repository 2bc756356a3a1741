"""What every command says when it is used wrongly."""

from __future__ import annotations


class UsageError(Exception):
    """The command line asks for something that cannot be; its text is the sentence to print."""
