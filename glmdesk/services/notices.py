"""What the program is made of, and under which licences: from the package's own list, else from the environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from glmdesk.domain.resources import resource_root

_TEXT = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Notice:
    """One part; `licence` is its SPDX expression or its own words, '' when it names none."""

    name: str
    version: str
    licence: str
    files: tuple[Path, ...]

    def text(self) -> str:
        """The licence texts one after the other; '' when the part came without one."""
        found = (file.read_text("utf-8", errors="replace").strip() for file in self.files if file.is_file())
        return f"\n\n{'─' * 40}\n\n".join(found)


def notices() -> list[Notice]:
    """Every bundled part, the program first. A frozen program has a list; a checkout reads its environment."""
    folder = resource_root() / "notices"
    try:
        rows = json.loads((folder / "notices.json").read_text("utf-8"))
    except FileNotFoundError:
        return list(_installed())
    return [Notice(r["name"], r["version"], r["licence"], tuple(folder / name for name in r["texts"])) for r in rows]


def _installed() -> Iterator[Notice]:
    """The program's distribution and, by name, all it needs; nothing when it runs without being installed."""
    found: dict[str, metadata.Distribution] = {}
    _collect("glmdesk", found)
    for name in sorted(found, key=lambda name: (name != "glmdesk", name)):
        dist = found[name]
        yield Notice(dist.metadata["Name"], dist.version, _licence(dist), tuple(_texts(dist)))


def _collect(name: str, found: dict[str, metadata.Distribution]) -> None:
    """Follow the requirements; what is not installed is not of this system or not wanted."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    try:
        found[key] = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return
    for requirement in found[key].requires or ():
        wanted = re.match(r"[\w.-]+", requirement)
        if wanted and "extra ==" not in requirement:
            _collect(wanted.group(), found)


def _licence(dist: metadata.Distribution) -> str:
    for field in ("License-Expression", "License"):
        for value in dist.metadata.get_all(field) or ():
            if value and "\n" not in value:
                return value
    classifiers = dist.metadata.get_all("Classifier") or ()
    return next((c.rpartition("::")[2].strip() for c in classifiers if c.startswith("License ::")), "")


def _texts(dist: metadata.Distribution) -> Iterator[Path]:
    for file in dist.files or ():
        if _TEXT.search(str(file)) and file.suffix not in {".py", ".pyc"}:
            yield Path(str(file.locate()))
