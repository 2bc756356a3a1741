"""A JSON Schema as a form: made from its rows, and read back into them without losing what they cannot show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from glmdesk.domain.json_schema import Schema

FIELD_TYPES = ("string", "integer", "number", "boolean", "date", "strings")
KEPT = "kept"  # the kind of a field whose rules no row can show
MOST_FIELDS = 60
_SHOWN = ("type", "enum", "description", "format", "pattern")  # what a row stands for, in these or other words
_ROW = ("type", "properties", "required", "additionalProperties")
_ROOT = ("$schema", "$defs")  # where references look
_DATE: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_SCALARS = {"string": str, "integer": int, "number": (int, float)}


@dataclass(frozen=True, slots=True)
class FormField:
    """One row of the form. `kind` is one of FIELD_TYPES, or KEPT; `choices` are the only values that are allowed.

    `rules` are what the field came with: a row that is not changed gives them back as they were.
    """

    name: str
    kind: str = "string"
    required: bool = True
    description: str = ""
    choices: tuple[str, ...] = ()
    rules: Any = None

    @property
    def known(self) -> Schema | None:
        """The rules where they are some; a schema may be `true` or `false`, too."""
        rules: object = self.rules
        return cast("Schema", rules) if isinstance(rules, dict) else None


@dataclass(frozen=True, slots=True)
class Form:
    """`many`: a list of such objects under `list_name`. `rest` are its other rules as they were, `unnamed`
    the required fields that have no row, `order` the one in which all required fields were named."""

    fields: tuple[FormField, ...]
    many: bool = False
    list_name: str = "items"
    rest: Mapping[str, Any] = field(default_factory=dict[str, Any])
    unnamed: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def kept(self) -> list[str]:
        """What is kept and not shown: rules of the object, and fields with their rules, `address (anyOf)`."""
        rules = [name for name in self.rest if name not in (*_ROW, "$schema")]
        return rules + [f"{each.name} ({', '.join(more)})" for each in self.fields if (more := _hidden_rules(each))]


def schema_from_form(form: Form) -> Schema:
    """The schema of the fields that have a name."""
    named = [each for each in form.fields if each.name.strip()]
    rules: Schema = dict(form.rest) if form.rest else {"type": "object", "additionalProperties": False}
    row: Schema = {"type": rules.pop("type", "object")}
    row["properties"] = {each.name.strip(): _rules(each) for each in named}
    if required := [*(each.name.strip() for each in named if each.required), *form.unnamed]:
        places = {name: place for place, name in enumerate(form.order)}
        row["required"] = sorted(required, key=lambda name: places.get(name, len(places)))
    if not form.many:
        return row | rules
    root = {key: rules.pop(key) for key in _ROOT if key in rules}
    listed = {form.list_name: {"type": "array", "items": row | rules}}
    plain = {"type": "object", "properties": listed, "required": [form.list_name], "additionalProperties": False}
    return plain | root


def _rules(each: FormField) -> object:
    before = each.known
    if before is None:
        return each.rules if each.kind == KEPT else _with_words(_fresh(each), each)
    if each.kind != _kind(before):
        return _with_words(_fresh(each), each)
    rules = dict(before)
    if each.choices != _choices(before):
        _choose(rules, each)
    return _with_words(rules, each)


def _with_words(rules: Schema, each: FormField) -> Schema:
    before = rules.get("description", "")
    if isinstance(before, str) and each.description != before:
        rules["description"] = each.description
    if rules.get("description") == "" != before:
        del rules["description"]
    return rules


def _fresh(each: FormField) -> Schema:
    if each.kind == "date":
        return dict(_DATE)
    rules: Schema = {"type": "array", "items": {"type": "string"}} if each.kind == "strings" else {"type": each.kind}
    _choose(rules, each)
    return rules


def _choose(rules: Schema, each: FormField) -> None:
    if each.kind == "strings":
        rules["items"] = dict(rules["items"])
    at = rules["items"] if each.kind == "strings" else rules
    values = [value for choice in each.choices if (value := _choice(choice.strip(), each.kind)) is not None]
    at.pop("enum", None)
    if values:
        at["enum"] = values


def _choice(text: str, kind: str) -> str | float | None:
    """A choice as the field's type; None for what does not fit."""
    if kind not in ("integer", "number") or not text:
        return text or None
    try:
        return int(text) if kind == "integer" else float(text)
    except ValueError:
        return None


# Back into a form


def form_of(schema: Schema, *, with_many: bool) -> Form | None:
    """The form of a schema; None when its root is no object, or a name or the number of fields is beyond a form."""
    listed = _list_in(schema) if with_many else None
    list_name, row = listed or ("items", schema)
    properties, required = row.get("properties", {}), row.get("required", [])
    if row.get("type") != "object" or not isinstance(properties, dict) or not _is_texts(required):
        return None
    named = cast("Schema", properties)
    if len(named) > MOST_FIELDS or not all(name == name.strip() and name.isprintable() and name for name in named):
        return None
    wanted = cast("list[str]", required)
    fields = tuple(_field(name, rules, required=name in wanted) for name, rules in named.items())
    rest = {key: value for key, value in row.items() if key not in ("properties", "required")}
    unnamed = tuple(name for name in wanted if name not in named)
    return Form(fields, listed is not None, list_name, rest, unnamed, tuple(wanted))


def _list_in(schema: Schema) -> tuple[str, Schema] | None:
    """(name, rules of a row) of a schema that is nothing but a list of objects under one name."""
    properties = schema.get("properties")
    names = list(cast("Schema", properties)) if isinstance(properties, dict) else []
    if len(names) != 1 or not names[0].strip():
        return None
    plain: Schema = {"type": "object", "properties": properties, "required": names, "additionalProperties": False}
    root = {key: value for key, value in schema.items() if key in _ROOT}
    inner = cast("Schema", properties)[names[0]]
    if schema != plain | root or not isinstance(inner, dict):
        return None
    rules = cast("Schema", inner)
    items: object = rules.get("items")
    if set(rules) != {"type", "items"} or rules["type"] != "array" or not isinstance(items, dict):
        return None
    row = cast("Schema", items)
    return None if any(key in row for key in _ROOT) else (names[0], row | root)


def _field(name: str, rules: object, *, required: bool) -> FormField:
    if not isinstance(rules, dict):
        return FormField(name, KEPT, required, rules=rules)
    known = cast("Schema", rules)
    words = known.get("description", "")
    return FormField(name, _kind(known), required, words if isinstance(words, str) else "", _choices(known), known)


def _kind(rules: Schema) -> str:
    kind, items = rules.get("type"), rules.get("items")
    if not isinstance(rules.get("description", ""), str):
        return KEPT
    if kind == "array" and isinstance(items, dict):
        inner = cast("Schema", items)
        return "strings" if inner.get("type") == "string" and _fits(inner, "string") else KEPT
    if kind == "string" and rules.get("format") == "date" and "enum" not in rules:
        return "date"
    if kind == "boolean":
        return KEPT if "enum" in rules else "boolean"
    return kind if isinstance(kind, str) and kind in _SCALARS and _fits(rules, kind) else KEPT


def _fits(rules: Schema, kind: str) -> bool:
    """Whether the only values that are allowed, if some are named, are of the kind."""
    values: object = rules.get("enum", [])
    if not isinstance(values, list):
        return False
    found = cast("list[object]", values)
    return all(isinstance(value, _SCALARS[kind]) and not isinstance(value, bool) for value in found)


def _choices(rules: Schema) -> tuple[str, ...]:
    kind = _kind(rules)
    at = cast("Schema", rules["items"]) if kind == "strings" else rules
    return tuple(str(value) for value in at.get("enum", ())) if kind != KEPT else ()


def _hidden_rules(each: FormField) -> list[str]:
    known = each.known
    if known is None:
        return [str(each.rules).lower()] if each.kind == KEPT else []
    if each.kind == KEPT:
        kind = known.get("type")
        return [kind] if isinstance(kind, str) else [key for key in known if key != "description"][:3]
    if each.kind != _kind(known):
        return []
    items = cast("Schema", known["items"]) if each.kind == "strings" else {}
    shown = _SHOWN if each.kind == "date" else ("type", "enum", "description", *(("items",) if items else ()))
    return [key for key in known if key not in shown] + [key for key in items if key not in ("type", "enum")]


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in cast("Sequence[object]", value))
