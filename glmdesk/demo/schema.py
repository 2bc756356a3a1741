"""Values that fit a JSON schema, made from the words of the question; the same question gives the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from glmdesk.demo import script
from glmdesk.demo.wire import Json

_CITIES = re.compile(
    r"北京|上海|广州|深圳|杭州|成都|南京|西安|Beijing|Shanghai|London|Paris|Florence|Tokyo|New York|Berlin",
    re.IGNORECASE,
)
_EXPRESSION = re.compile(r"\(*\d[\d.\s+\-*/×÷^()%]*[+\-*/×÷^%][\d.\s+\-*/×÷^()%]*\d\)*")
_URL = re.compile(r"https?://[^\s，。）)\"'<>]+")
_FILE = re.compile(r"[\w./-]*[\w-]+\.(?:md|txt|py|csv|json|html|toml|docx|pdf)\b")
_QUOTED = re.compile(r"[“\"「《`]([^”\"」》`]{1,200})[”\"」》`]")
_DEEPEST = 8


@dataclass(slots=True)
class Filler:
    """Fills one schema. `full`: optional fields too, and lists of `many`."""

    question: str
    root: Json
    full: bool = False
    many: int = 2
    _numbers: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = iter(re.findall(r"-?\d+(?:\.\d+)?", self.question))

    def fill(self, schema: Any, name: str = "", depth: int = 0) -> Any:
        """A value for `schema`, found under the property `name`."""
        rules = self._resolve(schema)
        if (fixed := _fixed(rules)) is not None:
            return fixed[0]
        kind = _kind(rules)
        if kind == "object":
            return self._object(rules, depth)
        if kind == "array":
            return self._list(rules, name, depth)
        return self._plain(kind, rules, name)

    def _resolve(self, schema: Any) -> Json:
        rules = cast(Json, schema) if isinstance(schema, dict) else {}
        if str(rules.get("$ref", "")).startswith("#/"):
            target: Any = self.root
            for step in str(rules["$ref"])[2:].split("/"):
                target = cast(Json, target).get(step, {})
            return cast(Json, target)
        for word in ("anyOf", "oneOf", "allOf"):
            options = [self._resolve(option) for option in rules.get(word) or ()]
            if options:
                return next((option for option in options if option.get("type") != "null"), options[0])
        return rules

    def _object(self, rules: Json, depth: int) -> Json:
        properties = cast(Json, rules.get("properties") or {})
        required = cast(list[str], rules.get("required") or list(properties)[:1])
        chosen = list(properties) if self.full and depth < _DEEPEST else [n for n in properties if n in required]
        return {name: self.fill(properties[name], name, depth + 1) for name in chosen}

    def _list(self, rules: Json, name: str, depth: int) -> list[Any]:
        if depth > _DEEPEST:
            return []
        size = max(
            int(rules.get("minItems", 0)), min(self.many if self.full else 1, int(rules.get("maxItems", self.many)))
        )
        return [self.fill(rules.get("items") or {"type": "string"}, name, depth + 1) for _ in range(size)]

    def _plain(self, kind: str, rules: Json, name: str) -> Any:
        match kind:
            case "boolean":
                return False
            case "null":
                return None
            case "integer":
                return int(self._number(rules))
            case "number":
                value = self._number(rules)
                return int(value) if value.is_integer() else value
            case _:
                return _fit(self._words(rules, name.lower()), rules)

    def _number(self, rules: Json) -> float:
        value = float(next(self._numbers, rules.get("minimum", 1)))
        return min(max(value, float(rules.get("minimum", value))), float(rules.get("maximum", value)))

    def _words(self, rules: Json, name: str) -> str:
        for words, pattern, otherwise in _FINDS:
            if any(word in name for word in words):
                found = pattern.search(self.question)
                return found.group().strip() if found else otherwise
        if str(rules.get("format", "")).startswith("date"):
            return "2025-07-28" if rules["format"] == "date" else "2025-07-28T09:00:00Z"
        quoted = _QUOTED.search(self.question)
        return quoted[1] if quoted else self._subject(name)

    def _subject(self, name: str) -> str:
        chinese = script.is_chinese(self.question)
        if self.full:
            return f"演示：{name or '内容'}" if chinese else f"Demo {name or 'text'}"
        return " ".join(self.question.split())[:80] or ("演示" if chinese else "demo")


_FINDS = (
    (("city", "location", "place"), _CITIES, "北京"),
    (("expression", "formula", "expr"), _EXPRESSION, "1+1"),
    (("url", "link", "address"), _URL, "https://example.com/"),
    (("path", "file"), _FILE, "notes.md"),
    (("dir", "folder"), re.compile(r"(?!)"), "."),
    (("zone",), re.compile(r"[A-Z][a-z]+/[A-Z]\w+"), "Asia/Shanghai"),
    (("code", "script", "source"), re.compile(r"print\(.*?\)"), "print(6 * 7)"),
)


def cities(question: str) -> list[str]:
    """The places that a question names, each once."""
    return list(dict.fromkeys(_CITIES.findall(question)))


def about_place(schema: Any) -> str | None:
    """The first property of a function that wants a place."""
    properties = cast(Json, cast(Json, schema).get("properties") or {}) if isinstance(schema, dict) else {}
    return next((n for n in properties if any(w in n.lower() for w in ("city", "location", "place"))), None)


def _fixed(rules: Json) -> list[Any] | None:
    """The value that the schema itself names, in a list of one; None when it names none."""
    for word in ("const", "default"):
        if word in rules:
            return [rules[word]]
    for word in ("enum", "examples"):
        if rules.get(word):
            return [rules[word][0]]
    return None


def _kind(rules: Json) -> str:
    kind: Any = rules.get("type")
    if isinstance(kind, list):
        kind = next((k for k in cast(list[str], kind) if k != "null"), "null")
    return str(kind or ("object" if "properties" in rules else "string"))


def _fit(text: str, rules: Json) -> str:
    padded = text.ljust(int(rules.get("minLength", 0)), ".")
    return padded[: int(rules.get("maxLength", len(padded)))]


def spoiled(value: Json) -> Json:
    """The value with faults: its deepest first object has lost a field, and another one is of the wrong type."""
    for name, inner in value.items():
        items = cast("list[Any]", inner) if isinstance(inner, list) else []
        if items and isinstance(items[0], dict):
            return {**value, name: [spoiled(cast(Json, items[0])), *items[1:]]}
    names = list(value)
    kept = {name: v for name, v in value.items() if name != names[-1]}
    return {**kept, names[0]: [value[names[0]]]} if names else value


def objects_in(text: str) -> Iterator[Json]:
    """The JSON objects that stand in a text, outermost first."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            if isinstance(value, dict):
                yield cast(Json, value)
        at = text.find("{", end)
