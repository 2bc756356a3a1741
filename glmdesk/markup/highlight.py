"""Colours of source code: runs of styles by language name, never by guessing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pygments.lexer import Lexer

HIGHLIGHT_LIMIT = 200_000  # characters; longer code stays plain

# Pygments token name (its start) to our style name; the first match wins.
_STYLES = (
    ("Token.Comment.Preproc", "keyword"),
    ("Token.Comment", "comment"),
    ("Token.Keyword.Type", "type"),
    ("Token.Keyword.Constant", "number"),
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Name.Function", "function"),
    ("Token.Name.Class", "type"),
    ("Token.Name.Decorator", "function"),
    ("Token.Name.Builtin", "builtin"),
    ("Token.Name.Exception", "type"),
    ("Token.Name.Tag", "keyword"),
    ("Token.Name.Attribute", "function"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Number", "number"),
    ("Token.Generic.Inserted", "string"),
    ("Token.Generic.Deleted", "keyword"),
    ("Token.Generic.Heading", "type"),
)


class StyleRun(NamedTuple):
    """`length` characters from `start` have a style: keyword, type, function, builtin, string, number or comment."""

    start: int
    length: int
    style: str


@lru_cache(maxsize=256)
def _style(name: str) -> str:
    return next((style for prefix, style in _STYLES if name.startswith(prefix)), "")


@lru_cache(maxsize=32)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType]
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


def highlight(text: str, language: str) -> tuple[StyleRun, ...]:
    """The styled runs of a text, in order; () for a language nobody knows or too long a text.

    Plain Python that holds no state of ours: it may run in a thread.
    """
    lexer = _lexer(language.lower()) if language and len(text) <= HIGHLIGHT_LIMIT else None
    if lexer is None:
        return ()
    runs: list[StyleRun] = []
    for start, kind, value in lexer.get_tokens_unprocessed(text):
        style = _style(str(kind))
        if style and value.strip():
            runs.append(StyleRun(start, len(value), style))
    return tuple(runs)
