"""Structured output as values: where a reply does not fit its schema, and what is asked of the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from glmdesk.domain.json_places import Path, json_path
from glmdesk.domain.json_reply import JsonReply

Text = Callable[..., str]
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """One place that does not fit. `keyword` is the rule of the schema, `args` what its sentence names."""

    path: Path
    keyword: str
    args: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def where(self) -> str:
        """`$.items[2].price`"""
        return json_path(self.path)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply came to. `more` faults were found beyond those that are listed; `unchecked`: no time was left."""

    reply: JsonReply
    faults: tuple[SchemaFault, ...] = ()
    more: int = 0
    unchecked: bool = False
    cut: bool = False  # the reply ended at the limit of tokens

    @property
    def fits(self) -> bool:
        return self.reply.is_whole and not self.faults and not self.unchecked


_KNOWN = frozenset(
    (
        *("type", "enum", "const", "required", "additionalProperties", "unevaluatedProperties", "dependentRequired"),
        *("minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum"),
        *("exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "contains", "minProperties"),
        *("maxProperties", "propertyNames", "not", "oneOf", "anyOf", "json"),
    )
)


def sentence(fault: SchemaFault, text: Text) -> str:
    """One plain sentence in the language of a catalogue's `text`; types are named in that language."""
    args = {name: _words(name, value, text) for name, value in fault.args.items()}
    key = fault.keyword if fault.keyword in _KNOWN else "other"
    return text(f"structured.fault.{_snake(key)}", keyword=fault.keyword, **args)


def _words(name: str, value: str, text: Text) -> str:
    if name not in ("expected_types", "found_type"):
        return value
    return text("structured.or").join(text(f"structured.type.{kind}") for kind in value.split("|"))


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda m: "_" + m[0].lower(), name)


_ORDER = {
    True: "只输出一个 JSON 值，不要代码围栏，不要解释。它必须符合下面的 JSON Schema（draft 2020-12）：",
    False: "Reply with one JSON value only: no code fence, no explanation. It must fit this JSON Schema "
    "(draft 2020-12):",
}
_REPAIR = {
    True: ("上面的 JSON 有这些地方不符合 Schema：", "请改正，再次只输出完整的 JSON。"),
    False: ("The JSON above does not fit the schema in these places:", "Correct them and reply with the whole JSON."),
}


def with_schema(system: str, schema: str) -> str:
    """The system prompt with the schema in it: the API knows no `json_schema` (glm-api.md §2)."""
    if not schema.strip():
        return system
    order = f"{_ORDER[_is_chinese(system + schema)]}\n\n{schema.strip()}"
    return f"{system}\n\n{order}" if system else order


def repair_request(faults: Sequence[SchemaFault], text: Text, *, chinese: bool) -> str:
    """The one turn that sends the faults back."""
    before, after = _REPAIR[chinese]
    lines = [f"- {fault.where}: {sentence(fault, text)}" for fault in faults]
    return "\n".join([before, *lines, after])


def _is_chinese(text: str) -> bool:
    return bool(_HAN.search(text))
