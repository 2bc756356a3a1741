"""The `--var name=value` of a template, checked against its variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from glmdesk.commands.usage import UsageError
from glmdesk.domain.template import Template, VariableKind

Text = Callable[..., str]


def template_values(template: Template, pairs: Sequence[str], text: Text) -> dict[str, str]:
    """Every variable's value. Raises UsageError for an unknown name, a pair without `=` and missing values."""
    given = dict(_pair(pair, text) for pair in pairs)
    kinds = {variable.name: variable.kind for variable in template.variables}
    for name in given:
        if name not in kinds:
            raise UsageError(text("cli.ask.no_variable", name=name, names=", ".join(kinds)))
    read = {n: _file(v, text) if v and kinds[n] is VariableKind.FILE else v for n, v in given.items()}
    values = template.defaults() | read
    missing = template.missing(values)
    if missing:
        raise UsageError(text("cli.ask.missing", names=", ".join(variable.name for variable in missing)))
    return values


def _pair(pair: str, text: Text) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise UsageError(text("cli.ask.bad_var", pair=pair))
    return name, value


def _file(path: str, text: Text) -> str:
    """The words of a text file, as the form takes them: UTF-8, else GB18030."""
    try:
        data = Path(path).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(text("cli.ask.no_file", path=path, reason=error.strerror or str(error))) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(text("cli.ask.not_text", path=path))
