"""The texts a user reads, in two languages, by id.

A text id is `<area>.<key>`; an area is one file in `resources/i18n/<language>/`. Every layer names texts by id; this
module turns an id and its arguments into a sentence. `ui/i18n.py` wraps it for widgets, the command line uses it as is.
"""

from __future__ import annotations

import locale
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.resources import resource
from glmdesk.domain.settings import Language

_NUMBERED = re.compile(r"\{([a-z_]+):([^|{}]*)\|([^{}]*)\}")
LANGUAGES = (Language.ZH_CN, Language.EN)


def system_language() -> Language:
    """zh_CN on Chinese systems, else en."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next((n for n in names if n), "") or (locale.getlocale()[0] or "")
    return Language.ZH_CN if name.lower().startswith(("zh", "chinese")) else Language.EN


def _flatten(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict):
            yield from _flatten(name, value)  # pyright: ignore[reportUnknownArgumentType]
        else:
            yield name, str(value)


@cache
def _area(language: Language, area: str) -> Mapping[str, str]:
    """The texts of one area; empty when there is no such file."""
    path = resource("i18n", language.value, f"{area}.toml")
    if not area.isidentifier() or not path.is_file():
        return {}
    return dict(_flatten(area, tomllib.loads(path.read_text("utf-8"))))


class Catalogue:
    """All texts of one language; the file of an area is read when one of its texts is asked for."""

    def __init__(self, language: Language) -> None:
        self.language = language

    @classmethod
    def load(cls, language: Language) -> Catalogue:
        """The texts of a language; `SYSTEM` means the system's."""
        return cls(system_language() if language is Language.SYSTEM else language)

    @property
    def ids(self) -> frozenset[str]:
        areas = (path.stem for path in resource("i18n", self.language.value).glob("*.toml"))
        return frozenset(text_id for area in areas for text_id in _area(self.language, area))

    def text(self, text_id: str, /, **arguments: object) -> str:
        """The sentence for an id; `{name}` is filled from the arguments. An unknown id shows itself.

        `{name:turn|turns}` is the first word where the argument is 1, else the second.
        """
        pattern = _area(self.language, text_id.partition(".")[0]).get(text_id)
        if pattern is None:
            return text_id
        pattern = _NUMBERED.sub(lambda m: m[2 if str(arguments.get(m[1])) == "1" else 3], pattern)
        for name, value in arguments.items():
            pattern = pattern.replace("{" + name + "}", str(value))
        return pattern

    def error(self, info: ErrorInfo) -> tuple[str, str]:
        """(what happened, what to do). A `reason` among the arguments is itself the id of a text."""
        arguments = dict(info.args)
        if reason := arguments.get("reason"):
            arguments["reason"] = self.text(reason, **arguments)
        return self.text(info.what_id, **arguments), self.text(info.fix_id, **arguments)
