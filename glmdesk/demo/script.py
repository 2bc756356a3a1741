"""The scripted replies: files under `resources/demo`, chosen by words of the question."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from glmdesk.demo.wire import Json
from glmdesk.domain.resources import resource

_BORDER = "\n<!-- answer -->\n"
_HAN = re.compile(r"[\u4e00-\u9fff]")
DEFAULT = "default"
_LABEL = {
    "zh": "*演示回答：内容是预置的，没有访问网络。*",
    "en": "*Demo reply: this text is scripted, and no network was used.*",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted reply with its thought."""

    reasoning: str
    content: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Questions that match `pattern` get the reply `name`; with `setting`, system prompts that match do too."""

    name: str
    pattern: re.Pattern[str]
    brief: bool
    setting: bool


def is_chinese(text: str) -> bool:
    return bool(_HAN.search(text))


@cache
def rules() -> tuple[Rule, ...]:
    """The index `replies.toml`, in order: the first match wins."""
    rows = cast(list[Json], tomllib.loads(resource("demo", "replies.toml").read_text("utf-8"))["reply"])
    return tuple(_rule(row) for row in rows)


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        row["name"],
        re.compile(row["match"], re.IGNORECASE | re.DOTALL),
        bool(row.get("brief")),
        bool(row.get("setting")),
    )


@cache
def load(name: str, language: str) -> Reply:
    """The reply `name` in `zh` or `en`, labelled as what it is."""
    text = resource("demo", language, f"{name}.md").read_text("utf-8").replace("\r\n", "\n")
    reasoning, _, content = text.partition(_BORDER)
    return Reply(reasoning.strip(), f"{content.strip()}\n\n{_LABEL[language]}")


def choose(question: str, setting: str = "") -> tuple[Rule | None, Reply]:
    """The reply to `question` under the system prompt `setting`, in the question's language; no rule: the default."""
    language = "zh" if is_chinese(question) else "en"
    asked = next((rule for rule in rules() if rule.pattern.search(question)), None)
    rule = asked or next((rule for rule in rules() if rule.setting and rule.pattern.search(setting)), None)
    return rule, load(rule.name if rule else DEFAULT, language)
