"""Template files: TOML read with precise errors (template_writing.py writes them).

The format; root keys come before the tables, `family`, `title` and `prompt` are required:

    family = "writing"          # one of the seven families
    title = "..."
    description = "..."         # one line for the card
    language = "zh_CN"          # or "en"
    model = "glm-4.5"           # empty or absent: the user's default
    thinking = true             # absent: the template does not mind
    output = "text"             # text, html, outline, checklist or json: what the answer is to be
    system = '''...'''          # outer blank lines of texts are not part of them
    prompt = '''... {{name}} ...'''
    schema = '''{...}'''         # output "json" only: the JSON Schema that the answer is to fit

    [parameters]                # all optional: temperature 0-1, top_p 0.01-1, max_tokens, stop, json_object

    [[turns]]                   # turns before the user's own, e.g. an example
    role = "user"               # or "assistant"
    text = '''...'''

    [[variables]]               # one field of the form; each {{name}} in a text needs one
    name = "tone"
    label = "..."
    kind = "choice"             # text, long, choice, number, switch or file; absent: text
    default = "plain"           # text; a number for number, true or false for switch
    required = false
    hint = "..."
    choices = [{ value = "plain", label = "..." }, "a value that is its own label"]
    min = 1                     # number only
    max = 9
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from glmdesk.domain.conversation import Turn
from glmdesk.domain.errors import ErrorInfo, TemplateError
from glmdesk.domain.message import Role
from glmdesk.domain.request import Parameters
from glmdesk.domain.template import Family, Template, Variable, VariableKind, slots
from glmdesk.store.toml_lines import Key, line_of, line_with, parser_line
from glmdesk.store.toml_values import (
    BadValue,
    filled,
    in_range,
    list_of,
    number_of,
    one_of,
    only_known,
    rows_of,
    switch_of,
    table_of,
    text_of,
)

LIMIT = 256 * 1024
OUTPUTS = ("text", "html", "outline", "checklist", "json")
_LANGUAGES = ("zh_CN", "en")
_ROLES = (Role.USER.value, Role.ASSISTANT.value)
_ROOT_KEYS = (
    *("family", "title", "description", "language", "model", "thinking", "output", "schema", "system", "prompt"),
    *("parameters", "turns", "variables"),
)
PARAMETER_KEYS = ("temperature", "top_p", "max_tokens", "stop", "json_object")
_VARIABLE_KEYS = ("name", "label", "kind", "default", "required", "hint", "choices", "min", "max")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_template(path: Path, *, template_id: str = "", built_in: bool = False) -> Template:
    """The template in a file; without `template_id` it is `<family>/<file stem>`. Raises TemplateError."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise template_error(path.name, "unreadable", detail=error.strerror or "") from error
    template = parse_template(data, file=path.name)
    return replace(template, id=template_id or f"{template.family.value}/{path.stem}", built_in=built_in)


def parse_template(data: bytes, *, file: str) -> Template:
    """The template in the bytes of a file, with an empty id. Raises TemplateError, whose `info` names `file`."""
    text = _decoded(data, file)
    try:
        return _template(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line, detail = parser_line(str(error), text)
        raise template_error(file, "toml", line=line, detail=detail) from error
    except RecursionError as error:
        raise template_error(file, "too_deep") from error
    except BadValue as error:
        line = line_with(text, error.at, error.slot) if error.slot else line_of(text, error.at)
        raise template_error(file, error.reason, line=line, **error.named) from error


def template_error(file: str, reason: str, *, line: int = 0, **args: str) -> TemplateError:
    """`info.args`: `file`, `line` ("0" = the whole file), `reason` (a text id) and what that text names."""
    shown = {"file": file, "line": str(line), "reason": f"template.reason.{reason}", **args}
    return TemplateError(ErrorInfo("template_bad", shown, detail=args.get("detail", "")))


def _decoded(data: bytes, file: str) -> str:
    if len(data) > LIMIT:
        raise template_error(file, "too_big", limit=str(LIMIT // 1024))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise template_error(file, "not_utf8", line=data.count(b"\n", 0, error.start) + 1) from error


def _template(data: Mapping[str, Any]) -> Template:
    only_known(data, _ROOT_KEYS, ())
    template = Template(
        id="",
        family=Family(one_of(data, "family", tuple(f.value for f in Family))),
        title=filled(data, "title"),
        description=text_of(data, "description"),
        prompt=filled(data, "prompt"),
        language=one_of(data, "language", _LANGUAGES, default="zh_CN"),
        system=text_of(data, "system"),
        turns=tuple(_turn(row, key) for row, key in rows_of(data, "turns")),
        variables=tuple(_variable(row, key) for row, key in rows_of(data, "variables")),
        model=text_of(data, "model"),
        thinking=switch_of(data, "thinking"),
        parameters=_parameters(data),
        output=one_of(data, "output", OUTPUTS, default="text"),
        schema=text_of(data, "schema"),
    )
    if template.schema and template.output != "json":
        raise BadValue(("schema",), "schema_without_json")
    _check_names(template)
    return template


def _check_names(template: Template) -> None:
    names = [v.name for v in template.variables]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise BadValue(("variables", index, "name"), "twice", name=name)
    for key, text in _texts(template):
        for name in slots(text):
            if name not in names:
                raise BadValue(key, "no_variable", slot=name, name=name)


def _texts(template: Template) -> Iterator[tuple[Key, str]]:
    yield ("system",), template.system
    for index, turn in enumerate(template.turns):
        yield ("turns", index, "text"), turn.text
    yield ("prompt",), template.prompt


def _turn(row: Mapping[str, Any], key: Key) -> Turn:
    only_known(row, ("role", "text"), key)
    return Turn(Role(one_of(row, "role", _ROLES, at=key)), filled(row, "text", key))


def _parameters(data: Mapping[str, Any]) -> Parameters:
    row = table_of(data.get("parameters", {}), ("parameters",))
    key: Key = ("parameters",)
    only_known(row, PARAMETER_KEYS, key)
    most = number_of(row, "max_tokens", key, low=1)
    if most is not None and most != int(most):
        raise BadValue((*key, "max_tokens"), "not_integer", key="max_tokens")
    return Parameters(
        temperature=number_of(row, "temperature", key, low=0, high=1),  # glm-api.md §2
        top_p=number_of(row, "top_p", key, low=0.01, high=1),
        max_tokens=None if most is None else int(most),
        stop=text_of(row, "stop", key) or None,
        json_object=switch_of(row, "json_object", key) or False,
    )


def _variable(row: Mapping[str, Any], key: Key) -> Variable:
    only_known(row, _VARIABLE_KEYS, key)
    name = filled(row, "name", key)
    if not _NAME.fullmatch(name):
        raise BadValue((*key, "name"), "bad_name", name=name)
    kind = VariableKind(one_of(row, "kind", tuple(k.value for k in VariableKind), default="text", at=key))
    variable = Variable(
        name=name,
        label=text_of(row, "label", key) or name,
        kind=kind,
        default=_default(row, kind, key),
        required=switch_of(row, "required", key) or False,
        hint=text_of(row, "hint", key),
        choices=_choices(row, key),
        minimum=number_of(row, "min", key),
        maximum=number_of(row, "max", key),
    )
    _check_kind(variable, row, key)
    return variable


def _default(row: Mapping[str, Any], kind: VariableKind, key: Key) -> str:
    if kind is VariableKind.NUMBER:
        number = number_of(row, "default", key)
        return "" if number is None else f"{number:.15g}"
    if kind is VariableKind.SWITCH:
        return "true" if switch_of(row, "default", key) else "false"
    return text_of(row, "default", key)


def _choices(row: Mapping[str, Any], key: Key) -> tuple[tuple[str, str], ...]:
    at = (*key, "choices")
    found: list[tuple[str, str]] = []
    for item in list_of(row.get("choices", []), at):
        if isinstance(item, str):
            found.append((item, item))
            continue
        table = table_of(item, at)
        only_known(table, ("value", "label"), at)
        value = filled(table, "value", at)
        found.append((value, text_of(table, "label", at) or value))
    return tuple(found)


def _check_kind(variable: Variable, row: Mapping[str, Any], key: Key) -> None:
    """What only some kinds have, and whether the default fits."""
    allowed = {VariableKind.CHOICE: ("choices",), VariableKind.NUMBER: ("min", "max")}.get(variable.kind, ())
    for name in ("choices", "min", "max"):
        if name in row and name not in allowed:
            raise BadValue((*key, name), "not_for_kind", key=name, kind=variable.kind.value)
    if variable.kind is VariableKind.CHOICE:
        _check_choice(variable, key)
    if variable.kind is VariableKind.NUMBER:
        _check_range(variable, key)


def _check_choice(variable: Variable, key: Key) -> None:
    values = [value for value, _ in variable.choices]
    if not values:
        raise BadValue(key, "no_choices", name=variable.name)
    if variable.default and variable.default not in values:
        raise BadValue((*key, "default"), "default_not_choice", name=variable.name, value=variable.default)


def _check_range(variable: Variable, key: Key) -> None:
    low, high = variable.minimum, variable.maximum
    if low is not None and high is not None and low > high:
        raise BadValue((*key, "min"), "min_over_max", name=variable.name)
    if variable.default:
        in_range(float(variable.default), low, high, (*key, "default"))
