"""The settings file: read before the window opens, written whole, never losing what it does not know."""

from __future__ import annotations

import json
import shutil
import threading
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import fields, replace
from itertools import count
from pathlib import Path
from typing import Any, cast

from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.settings import Settings
from glmdesk.domain.threads import in_thread
from glmdesk.store.atomic import write_file
from glmdesk.store.codec import whole_text
from glmdesk.store.faults import from_os
from glmdesk.store.plain import from_plain, to_plain

# Least and greatest value that is believed. Temperature: glm-api.md §2.
_RANGES: Mapping[str, tuple[float, float]] = {
    "zoom": (0.5, 3.0),
    "concurrency": (1, 64),
    "default_max_tokens": (1, 10_000_000),
    "default_temperature": (0.0, 1.0),
    "monthly_budget": (0.000_001, 10_000_000),
    "inspector_megabytes": (0, 10_000),
}
_ENDPOINT_KEYS = frozenset(f.name for f in fields(Endpoint))


class Preferences:
    """`settings.toml` of a profile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: tuple[str, ...] = ()
        self._numbers = count(1)
        self._written = 0
        self._writing = threading.Lock()

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be used when the file was read: paths of keys (`zoom`, `endpoints[1].base_url`), or the
        file's name when nothing could be read. A copy of the file is kept beside it as `settings.toml.bad`."""
        return self._problems

    def load(self) -> Settings:
        """The settings; defaults for what is missing or bad. Never raises."""
        found: list[str] = []
        data = self._read(found)
        settings = read_settings(data, found)
        self._problems = tuple(found)
        if found:
            self._keep_bad()
        return settings

    def _read(self, problems: list[str]) -> Mapping[str, Any]:
        try:
            return tomllib.loads(self._path.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            problems.append(self._path.name)
            return {}

    def _keep_bad(self) -> None:
        try:
            shutil.copyfile(self._path, self._path.with_name(self._path.name + ".bad"))
        except OSError:
            return  # nothing to copy, or no place for it: the settings still work

    async def save(self, settings: Settings) -> None:
        """Write the file; comments and unknown keys in it stay. Raises StoreError.

        Of two saves at once the later one wins.
        """
        number = next(self._numbers)
        await in_thread(lambda: self._write(settings, number), name="glmdesk-settings")

    def _write(self, settings: Settings, number: int) -> None:
        with self._writing:
            if number < self._written:
                return
            try:
                write_file(self._path, render(self._text(), settings).encode())
            except OSError as error:
                raise from_os(error, self._path) from error
            self._written = number

    def _text(self) -> str:
        try:
            return self._path.read_bytes().decode("utf-8-sig")
        except (OSError, ValueError):
            return ""


def read_settings(data: Mapping[str, Any], problems: list[str]) -> Settings:
    """Settings from the plain values of a file; paths of values that could not be used go to `problems`."""
    settings = from_plain(Settings, data, problems.append)
    defaults = Settings()
    for name, (least, greatest) in _RANGES.items():
        value = getattr(settings, name)
        if value is not None and not least <= value <= greatest:
            problems.append(name)
            settings = replace(settings, **{name: getattr(defaults, name)})
    if not settings.endpoints and data.get("endpoints"):
        settings = replace(settings, endpoints=defaults.endpoints)  # there were some, and none could be read
    return settings


def render(text: str, settings: Settings) -> str:
    """`text`, the old file, with these settings in it. What equals its default and was not there is not written."""
    import tomlkit

    old = _parsed(text)
    document = tomlkit.document() if old is None else tomlkit.parse(text)
    values = cast("MutableMapping[str, Any]", document)
    defaults = to_plain(Settings())
    for name, plain in _plain(settings).items():
        before = (old or {}).get(name, defaults[name])
        value: Any = _with_unknown_keys(plain, before) if name == "endpoints" else plain
        if repr(value) == repr(before):
            continue
        if value is None or isinstance(value, list | dict):
            values.pop(name, None)  # tables go to the end; a plain value keeps its place and its comment
        if value is not None:
            values[name] = tomlkit.item(cast("Any", value))
    return tomlkit.dumps(document)


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _plain(settings: Settings) -> dict[str, Any]:
    """The settings as plain values of text that UTF-8 can hold."""
    return json.loads(whole_text(json.dumps(to_plain(settings), ensure_ascii=False)))


def _with_unknown_keys(rows: list[dict[str, Any]], old: Any) -> list[dict[str, Any]]:
    """Endpoints keep keys of theirs that this version does not know."""
    listed = cast("list[Any]", old) if isinstance(old, list) else []
    known = [cast("dict[str, Any]", row) for row in listed if isinstance(row, dict)]
    extra = {
        str(row.get("id")): {key: value for key, value in row.items() if key not in _ENDPOINT_KEYS} for row in known
    }
    return [{**row, **extra.get(row["id"], {})} for row in rows]
