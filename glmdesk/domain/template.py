"""Templates: typed variables, prompts and parameters of one recurring job."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from glmdesk.domain.conversation import Setup, ThinkingChoice, Turn
from glmdesk.domain.request import Parameters

_SLOT = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class Family(StrEnum):
    """The seven scenarios (product.md §5), in the order of the cards."""

    WEB = "web"
    ASSISTANT = "assistant"
    OFFICE = "office"
    QA = "qa"
    TRANSLATION = "translation"
    WRITING = "writing"
    CHARACTER = "character"


class VariableKind(StrEnum):
    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    NUMBER = "number"
    SWITCH = "switch"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Variable:
    """One field of the form. `choices` as (value, label); `default` as text ("true"/"false" for a switch)."""

    name: str
    label: str
    kind: VariableKind = VariableKind.TEXT
    default: str = ""
    required: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template as read from its file. `id` is `<family>/<file stem>` for built-in ones.

    `schema` is a JSON Schema and belongs to the output `json`.
    """

    id: str
    family: Family
    title: str
    description: str
    prompt: str
    language: str = "zh_CN"
    system: str = ""
    turns: tuple[Turn, ...] = ()
    variables: tuple[Variable, ...] = ()
    model: str = ""
    thinking: bool | None = None
    parameters: Parameters = Parameters()
    output: str = "text"
    schema: str = ""
    built_in: bool = True

    def defaults(self) -> dict[str, str]:
        return {v.name: v.default for v in self.variables}

    def missing(self, values: Mapping[str, str]) -> tuple[Variable, ...]:
        """Required variables that are still empty."""
        return tuple(v for v in self.variables if v.required and not values.get(v.name, "").strip())

    def fill(self, values: Mapping[str, str]) -> str:
        """The user's turn: the prompt with its variables put in."""
        return fill(self.prompt, values)

    def setup(self, values: Mapping[str, str]) -> Setup:
        """What a new conversation from this template starts with."""
        return Setup(
            system=fill(self.system, values),
            turns=tuple(Turn(t.role, fill(t.text, values)) for t in self.turns),
            template_id=self.id,
            template_thinking=self.thinking,
            model=self.model,
            thinking=ThinkingChoice.TEMPLATE,
            parameters=self.parameters,
            schema=self.schema,
        )


def fill(text: str, values: Mapping[str, str]) -> str:
    """`{{name}}` replaced once from `values`; an unknown name stays as it is, values are never expanded again."""
    return _SLOT.sub(lambda m: values.get(m.group(1), m.group(0)), text)


def slots(text: str) -> tuple[str, ...]:
    """The names used as `{{name}}`, in order of first use."""
    return tuple(dict.fromkeys(_SLOT.findall(text)))
