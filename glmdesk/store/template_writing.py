"""Writes template files: comments of the file that is replaced stay (the format: template_files.py)."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, cast

from glmdesk.domain.errors import TemplateError
from glmdesk.domain.template import Template, Variable, VariableKind
from glmdesk.store.template_files import PARAMETER_KEYS, parse_template


def render_template(template: Template, old: str = "") -> str:
    """The text of the template's file; comments of `old`, the file it replaces, stay where nothing changed."""
    import tomlkit

    before = _parsed(old)
    document = tomlkit.parse(old) if before else tomlkit.document()
    values = cast("MutableMapping[str, Any]", document)
    plain = plain_template(template)
    for name in set(before) - set(plain):
        del values[name]
    for name, value in plain.items():
        if before.get(name) != value:
            values.pop(name, None)
            values[name] = _item(value)
    return tomlkit.dumps(document)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return plain_template(parse_template(text.encode(), file=""))
    except TemplateError:
        return {}


def plain_template(template: Template) -> dict[str, Any]:
    """The keys of the file in its order; what is empty or a default is left out."""
    fields = {
        "family": template.family.value,
        "title": template.title,
        "description": template.description,
        "language": template.language,
        "model": template.model,
        "thinking": template.thinking,
        "output": "" if template.output == "text" else template.output,
        "schema": template.schema.strip("\n"),
        "system": template.system.strip("\n"),
        "prompt": template.prompt.strip("\n"),
        "parameters": _kept({name: getattr(template.parameters, name) for name in PARAMETER_KEYS}, json_object=False),
        "turns": [{"role": t.role.value, "text": t.text.strip("\n")} for t in template.turns],
        "variables": [_plain_variable(v) for v in template.variables],
    }
    return {name: value for name, value in fields.items() if value not in (None, "", {}, [])}


def _plain_variable(variable: Variable) -> dict[str, Any]:
    default: Any = variable.default
    if variable.kind is VariableKind.NUMBER and default:
        default = _plain_number(default)
    if variable.kind is VariableKind.SWITCH:
        default = default == "true"
    return _kept(
        {
            "name": variable.name,
            "label": variable.label,
            "kind": variable.kind.value,
            "default": default,
            "required": variable.required,
            "hint": variable.hint,
            "choices": [{"value": value, "label": label} for value, label in variable.choices],
            "min": variable.minimum,
            "max": variable.maximum,
        },
        required=False,
    )


def _plain_number(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text  # a form's words for a number; reading says what is wrong with them
    return int(number) if number.is_integer() else number


def _kept(values: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "", []) and not (name in defaults and value is defaults[name])
    }


def _item(value: Any) -> Any:
    """Several lines as a multi-line string, lists of tables as [[...]]."""
    import tomlkit

    if isinstance(value, str):
        return _string(value)
    if isinstance(value, dict):
        return _filled_table(cast("dict[str, Any]", value))
    if isinstance(value, list):
        rows: Any = tomlkit.aot()
        for row in cast("list[dict[str, Any]]", value):
            rows.append(_filled_table(row))
        return rows
    return value


def _filled_table(row: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.table()
    for name, value in row.items():
        table.add(name, _choice_list(value) if name == "choices" else _item(value))
    return table


def _choice_list(choices: Sequence[Mapping[str, str]]) -> Any:
    import tomlkit

    listed: Any = tomlkit.array()
    for choice in choices:
        table: Any = tomlkit.inline_table()
        table.update(choice)
        listed.append(table)
    return listed.multiline(True)


def _string(text: str) -> Any:
    import tomlkit

    # the line break after the opening quotes is not part of the text
    return tomlkit.string("\n" + text + "\n", multiline=True) if "\n" in text else tomlkit.string(text)
