"""`glmdesk doctor`: what is missing on this machine, in plain words and without Qt."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from glmdesk import __version__, preflight
from glmdesk.domain.errors import SecretError, StoreError, UserError
from glmdesk.domain.ports import SecretStore

Text = Callable[..., str]

PROXY_NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Mark(StrEnum):
    """How bad a finding is; only BAD counts as a problem."""

    GOOD = "good"
    BAD = "bad"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report, as text ids with their arguments; `fix` says what to do."""

    mark: Mark
    line: str
    fix: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict[str, str])


def run(text: Text, *, secrets: SecretStore | None = None, folder: Path | None = None) -> tuple[str, int]:
    """The report and an exit code: 0 when nothing is missing, 1 otherwise. Never reads or prints a key.

    `secrets` and `folder` are the keyring and the data folder to look at; the program's own unless given.
    """
    findings = list(_examine(secrets or _own_keyring(), folder))
    problems = sum(finding.mark is Mark.BAD for finding in findings)
    lines = [text("doctor.title", version=__version__, python=platform.python_version(), pyside=_pyside() or "-")]
    for finding in findings:
        lines += _lines(text, finding)
    lines.append(text("doctor.found", count=problems) if problems else text("doctor.fine"))
    return "\n".join(lines), 1 if problems else 0


def _lines(text: Text, finding: Finding) -> Iterator[str]:
    arguments = {name: text(value) if name == "store" else value for name, value in finding.arguments.items()}
    yield text(f"doctor.mark.{finding.mark}", line=text(finding.line, **arguments))
    if finding.fix:
        yield text("doctor.mark.fix", line=text(finding.fix, **arguments))


def _examine(secrets: SecretStore, folder: Path | None) -> Iterator[Finding]:
    if not _pyside() and not getattr(sys, "frozen", False):
        yield Finding(Mark.BAD, "doctor.pyside.missing", "doctor.pyside.fix")
    if sys.platform == "linux":
        yield from examine_desktop(os.environ)
        yield examine_fonts(shutil.which("fc-list"))
    yield asyncio.run(examine_keyring(secrets))
    yield examine_proxy(os.environ)
    try:
        yield examine_folder(folder or _own_folder())
    except StoreError as error:  # the system names no home
        yield _from_error(error)


def _pyside() -> str:
    """The version of PySide6, "" when it is not installed; nothing of Qt is loaded."""
    try:
        return metadata.version("pyside6-essentials")
    except metadata.PackageNotFoundError:
        return ""


def examine_desktop(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Qt's system libraries, the display and the input method."""
    libraries = preflight.library_problem(environment)
    yield _from_problem(libraries) or Finding(Mark.GOOD, "doctor.libraries.good")
    yield _from_problem(preflight.display_problem(environment)) or Finding(Mark.GOOD, "doctor.display.good")
    module = environment.get("QT_IM_MODULE", "")
    if module.startswith("fcitx"):  # the wheels bring ibus and compose only
        yield Finding(Mark.NOTE, "doctor.input_method.fcitx", "doctor.input_method.fix", {"module": module})


def _from_error(error: UserError) -> Finding:
    return Finding(Mark.BAD, error.info.what_id, error.info.fix_id, dict(error.info.args))


def _from_problem(problem: preflight.Problem | None) -> Finding | None:
    return Finding(Mark.BAD, problem.what, problem.fix, problem.arguments) if problem else None


def examine_fonts(program: str | None) -> Finding:
    """The first font for Chinese, asked of fontconfig's `fc-list` (its path, or None when there is none)."""
    if program is None:
        return Finding(Mark.NOTE, "doctor.font.unknown", "doctor.font.unknown_fix")
    command = [program, ":lang=zh-cn", "family"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603 (fixed words)
    families = {line.partition(",")[0] for line in done.stdout.splitlines() if line}
    if not families:
        return Finding(Mark.BAD, "doctor.font.none", "doctor.font.fix")
    chosen = min(families, key=lambda family: (" SC" not in family, family))  # simplified forms first
    return Finding(Mark.GOOD, "doctor.font.good", arguments={"font": chosen})


async def examine_keyring(secrets: SecretStore) -> Finding:
    """Which store a key would go to, or why there is none. No key is read."""
    try:
        kind = await secrets.kind()
    except SecretError as error:
        return _from_error(error)
    return Finding(Mark.GOOD, "doctor.keyring.good", arguments={"store": f"doctor.keyring.kind.{kind}"})


def examine_proxy(environment: Mapping[str, str]) -> Finding:
    """The proxy variables that are set, user names and passwords masked."""
    found = {n: v for n, v in sorted(environment.items()) if n.lower() in PROXY_NAMES and v}
    if not found:
        return Finding(Mark.GOOD, "doctor.proxy.none")
    shown = ", ".join(f"{name}={masked(value)}" for name, value in found.items())
    return Finding(Mark.GOOD, "doctor.proxy.set", arguments={"variables": shown})


def masked(address: str) -> str:
    """A proxy's address without what stands before the last @, whatever its form."""
    return re.sub(r"^(\w[\w+.-]*://)?.*@", r"\1***@", address)


def examine_folder(folder: Path) -> Finding:
    """Whether the data folder, or the nearest one above it that exists, can be written."""
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        arguments = {"path": str(folder), "reason": error.strerror or str(error)}
        return Finding(Mark.BAD, "doctor.folder.bad", "doctor.folder.fix", arguments)
    return Finding(Mark.GOOD, "doctor.folder.good", arguments={"path": str(folder)})


def _own_keyring() -> SecretStore:
    from glmdesk.store.secrets import KeyringStore  # keyring takes 0.2 s to import

    return KeyringStore()


def _own_folder() -> Path:
    from glmdesk.store.files import find_profile

    return find_profile(None).root
