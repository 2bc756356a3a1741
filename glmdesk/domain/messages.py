"""The texts a user reads, in two languages, by id.

A text id is `<area>.<key>`; an area is one file in `resources/i18n/<language>/`. Every layer names texts by id; this
module turns an id and its arguments into a sentence. `ui/i18n.py` wraps it for widgets, the command line uses it as is.
"""

from __future__ import annotations

import locale
import os
import tomllib
from collections.abc import Iterator, Mapping

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.resources import resource
from glmdesk.domain.settings import Language

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


class Catalogue:
    """All texts of one language."""

    def __init__(self, language: Language, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    @classmethod
    def load(cls, language: Language) -> Catalogue:
        """Read the files of a language; `SYSTEM` means the system's."""
        chosen = system_language() if language is Language.SYSTEM else language
        texts: dict[str, str] = {}
        for path in sorted(resource("i18n", chosen.value).glob("*.toml")):
            texts.update(_flatten(path.stem, tomllib.loads(path.read_text("utf-8"))))
        return cls(chosen, texts)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self._texts)

    def text(self, text_id: str, /, **arguments: object) -> str:
        """The sentence for an id; `{name}` is filled from the arguments. An unknown id shows itself."""
        pattern = self._texts.get(text_id)
        if pattern is None:
            return text_id
        for name, value in arguments.items():
            pattern = pattern.replace("{" + name + "}", str(value))
        return pattern

    def error(self, info: ErrorInfo) -> tuple[str, str]:
        """(what happened, what to do). A `reason` among the arguments is itself the id of a text."""
        arguments = dict(info.args)
        if reason := arguments.get("reason"):
            arguments["reason"] = self.text(reason, **arguments)
        return self.text(info.what_id, **arguments), self.text(info.fix_id, **arguments)
