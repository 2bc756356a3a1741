"""Templates: the built-in ones in two languages and the user's own files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from glmdesk.domain.changes import Changes
from glmdesk.domain.errors import ErrorInfo, TemplateError
from glmdesk.domain.messages import LANGUAGES, system_language
from glmdesk.domain.resources import resource
from glmdesk.domain.template import Family, Template
from glmdesk.domain.threads import in_thread
from glmdesk.store.atomic import write_file
from glmdesk.store.faults import from_os
from glmdesk.store.template_files import parse_template, read_template, template_error

_FAMILY_ORDER = {family: index for index, family in enumerate(Family)}
_NOT_IN_NAMES = re.compile(r"[^\w-]+")
_LONGEST_NAME = 40
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")  # no file on Windows may be called so
_COPIES = {"zh_CN": "{title}（副本）", "en": "{title} (copy)"}


def describe(info: ErrorInfo, text: Callable[..., str]) -> str:
    """“Line 12: …” for a TemplateError, in the language of a catalogue's `text`."""
    args = dict(info.args)
    reason = text(args.get("reason", ""), **args)
    line = args.get("line", "0")
    return reason if line == "0" else text("template.line", line=line, reason=reason)


@dataclass
class _Own:
    """The user's files as they were read: template and path by id, and what is wrong with the others."""

    templates: dict[str, Template] = field(default_factory=dict[str, Template])
    paths: dict[str, Path] = field(default_factory=dict[str, Path])
    problems: list[ErrorInfo] = field(default_factory=list[ErrorInfo])


class TemplateService:
    """`folder` holds the user's files; it need not exist. A file of theirs with a built-in's id replaces it.

    An id is `<family>/<file stem>`; a job that both languages have a template for has one id, and `get` gives
    the one of the language listed last (the window's), or, before that, of the system.
    """

    def __init__(self, folder: Path, announce: Callable[[Changes], None]) -> None:
        self._folder = folder
        self._announce = announce
        self._language = system_language().value
        self._built_in: dict[str, Mapping[str, Template]] = {}
        self._read: _Own | None = None

    def list(self, language: str) -> tuple[Template, ...]:
        """Built-in templates of a language and all of the user's, in the order of families, then by title."""
        self._language = language
        merged = {**self._built_in_of(language), **self._own.templates}
        return tuple(sorted(merged.values(), key=lambda t: (_FAMILY_ORDER[t.family], t.title.casefold(), t.id)))

    def get(self, template_id: str) -> Template | None:
        """The user's template of this id, else the built-in one, in another language if need be; None: no such id."""
        return self._own.templates.get(template_id) or self._built_in_by_id(template_id)

    @property
    def problems(self) -> tuple[ErrorInfo, ...]:
        """Files of the user that could not be read; `describe` or the reason's text id says why."""
        return tuple(self._own.problems)

    async def reload(self) -> None:
        """Read the user's files again, after they changed outside of the program."""
        self._read = await in_thread(lambda: _read_own(self._folder), name="glmdesk-templates")
        self._announce(Changes(templates=True))

    async def save(self, template: Template) -> Template:
        """Store a template of the user's; a built-in one or one without an id becomes a new one.

        Raises TemplateError when the template could not be read again, StoreError when it cannot be written.
        """
        path = self._own.paths.get(template.id)
        if template.built_in or (path is None and not self._is_free(template.id)):
            path, template = None, replace(template, id="")
        stored = replace(template, built_in=False)
        return await self._write(stored, path)

    async def duplicate(self, template_id: str) -> Template:
        """A copy that is the user's. Raises TemplateError when it is gone, StoreError."""
        source = self._existing(template_id)
        title = _COPIES.get(source.language, "{title}").format(title=source.title)
        return await self._write(replace(source, id="", title=title, built_in=False), None)

    async def delete(self, template_id: str) -> None:
        """Remove a template of the user's; a built-in one of the same id shows again.

        Raises TemplateError for an id that is not the user's, StoreError.
        """
        path = self._own.paths.get(template_id)
        if path is None:
            raise template_error(template_id, "gone")
        await in_thread(lambda: _remove(path), name="glmdesk-templates")
        await self.reload()

    async def import_file(self, path: Path) -> Template:
        """Take a template file over as a new one of the user's. Raises TemplateError, StoreError."""
        read = await in_thread(lambda: read_template(path), name="glmdesk-templates")
        wanted = read.id if self._is_free(read.id) else ""
        return await self._write(replace(read, id=wanted, built_in=False), None)

    async def export_file(self, template_id: str, path: Path) -> None:
        """Write a template to a file, with the comments of the user's own. Raises TemplateError, StoreError."""
        template = self._existing(template_id)
        source = self._own.paths.get(template_id)
        await in_thread(lambda: _store(template, path, source), name="glmdesk-templates")

    # --- files ----------------------------------------------------------------------------------------------------

    @property
    def _own(self) -> _Own:
        if self._read is None:
            self._read = _read_own(self._folder)
        return self._read

    def _existing(self, template_id: str) -> Template:
        template = self.get(template_id)
        if template is None:
            raise template_error(template_id, "gone")
        return template

    def _built_in_of(self, language: str) -> Mapping[str, Template]:
        if language not in self._built_in:
            self._built_in[language] = {t.id: t for t in _read_built_in(language)}
        return self._built_in[language]

    def _built_in_by_id(self, template_id: str) -> Template | None:
        order = dict.fromkeys((self._language, *(language.value for language in LANGUAGES)))
        found = (self._built_in_of(language).get(template_id) for language in order)
        return next((template for template in found if template is not None), None)

    def _is_free(self, template_id: str) -> bool:
        return bool(template_id) and self.get(template_id) is None

    async def _write(self, template: Template, path: Path | None) -> Template:
        """Write to `path`, or to a new file named after the template's id or title; a moved family moves the file."""
        kept = path if template.id.startswith(f"{template.family.value}/") else None
        target = kept or self._new_path(template)
        stored = replace(template, id=f"{template.family.value}/{target.stem}")
        await in_thread(lambda: _store(stored, target, path), name="glmdesk-templates")
        if path is not None and path != target:
            await in_thread(lambda: _remove(path), name="glmdesk-templates")
        await self.reload()
        return stored

    def _new_path(self, template: Template) -> Path:
        stem = template.id.rpartition("/")[2] or _name_of(template.title)
        family = template.family.value
        names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, 10_000))
        name = next(n for n in names if self._is_free(f"{family}/{n}") and not (self._file(family, n)).exists())
        return self._file(family, name)

    def _file(self, family: str, name: str) -> Path:
        return self._folder / family / f"{name}.toml"


def _name_of(title: str) -> str:
    name = _NOT_IN_NAMES.sub("-", title.casefold()).strip("-_")[:_LONGEST_NAME] or "template"
    return f"{name}-1" if _DEVICE.fullmatch(name) else name


def _read_built_in(language: str) -> Iterator[Template]:
    for path in sorted(resource("templates", language).glob("*/*.toml")):
        yield read_template(path, built_in=True)


def _read_own(folder: Path) -> _Own:
    """Every `*.toml` in the folder and in its folders; bad ones become problems, in the order of their names."""
    own = _Own()
    for path in sorted(folder.rglob("*.toml")):
        try:
            _add(own, read_template(path), path)
        except TemplateError as error:
            own.problems.append(error.info)
    return own


def _add(own: _Own, template: Template, path: Path) -> None:
    if template.id in own.templates:
        raise template_error(path.name, "same_id", id=template.id, other=str(own.paths[template.id]))
    own.templates[template.id] = template
    own.paths[template.id] = path


def _store(template: Template, path: Path, source: Path | None) -> None:
    """Write a file that is read again first: what is stored can be used."""
    from glmdesk.store.template_writing import render_template

    data = render_template(template, _text_of(source)).encode()
    parse_template(data, file=path.name)
    try:
        write_file(path, data)
    except OSError as error:
        raise from_os(error, path) from error


def _text_of(path: Path | None) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig") if path else ""
    except (OSError, ValueError):
        return ""


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise from_os(error, path) from error
