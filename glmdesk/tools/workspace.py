"""The folder a conversation may work in, and the one door into it: no path leads out of it.

A path is a row of plain names below the folder. Links are followed to see where they end; what ends outside is refused,
and the way to what is left is then opened name by name without following any link, so that nothing can be swapped
between the check and the use.
"""

from __future__ import annotations

import codecs
import os
import secrets
import stat
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from glmdesk.domain.tools import ToolContext, ToolFault

MAX_FILE = 8 * 1024 * 1024
"""Bytes of a file that is read or written."""
_LONGEST_PATH = 1_024
_NEW = 0o644  # of a file that was not there
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_BY_HANDLE = os.open in os.supports_dir_fd


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder. `kind`: file, folder, link (it ends outside or nowhere) or other."""

    name: str
    kind: str
    size: int = 0


def workspace_of(context: ToolContext) -> Workspace:
    """The conversation's folder. Raises ToolFault when none is chosen or it is gone."""
    if context.workspace is None:
        raise ToolFault(
            "No workspace folder is chosen. The user can choose one in the tools menu.", "tools.fault.no_folder"
        )
    return Workspace(context.workspace, context.hidden)


class Workspace:
    """All paths that go in and out are relative, with `/`. What is in a `hidden` folder is not there.

    Everything here blocks: call it in a thread.
    """

    def __init__(self, folder: Path, hidden: Sequence[Path] = ()) -> None:
        self._hidden = {found for path in hidden if (found := _identity(path))}
        try:
            self.root = folder.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise ToolFault("The workspace folder is not there any more.", "tools.fault.folder_gone") from error
        if not self.root.is_dir():
            raise ToolFault("The workspace is not a folder.", "tools.fault.folder_gone")
        if self._is_hidden(self.root):
            raise ToolFault(
                "The workspace is the folder in which GLM Desk keeps its own data; no tool works there.",
                "tools.fault.folder_own",
            )

    def names(self, path: str) -> tuple[str, ...]:
        """The checked names of a path, after its links; () is the folder itself. Raises ToolFault."""
        given = _names(path)
        try:
            real = Path(os.path.realpath(self.root.joinpath(*given)))
        except (OSError, ValueError) as error:
            raise _unusable(path) from error
        try:
            inside = real.relative_to(self.root)
        except ValueError:
            raise _outside(path) from None
        if self._is_hidden(real):
            raise ToolFault(
                f"{path!r} is where GLM Desk keeps its own data; no tool works there.",
                "tools.fault.path_own",
                path=path,
            )
        return inside.parts

    def _is_hidden(self, path: Path) -> bool:
        """Known by what it is, not by its name: that may be written in several ways."""
        return bool(self._hidden) and any(_identity(place) in self._hidden for place in (path, *path.parents))

    def list(self, path: str) -> list[Entry]:
        """What is in a folder, folders first. Raises ToolFault."""
        folder = self.root.joinpath(*self.names(path))
        try:
            with os.scandir(folder) as found:
                entries = [self._entry(item) for item in found]
        except OSError as error:
            raise _told(error, path) from None
        return sorted(entries, key=lambda entry: (entry.kind != "folder", entry.name.casefold(), entry.name))

    def _entry(self, item: os.DirEntry[str]) -> Entry:
        try:
            if item.is_symlink() and not self._ends_inside(Path(item.path)):
                return Entry(item.name, "link")
            if item.is_dir() and _identity(Path(item.path)) in self._hidden:
                return Entry(item.name, "other")
            if item.is_dir():
                return Entry(item.name, "folder")
            return Entry(item.name, "file", item.stat().st_size) if item.is_file() else Entry(item.name, "other")
        except OSError:
            return Entry(item.name, "other")

    def _ends_inside(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self.root)

    def read(self, path: str, *, limit: int = MAX_FILE) -> bytes:
        """A regular file, at most `limit` bytes of it. Raises ToolFault."""
        names = self.names(path)
        if not names:
            raise _no_file(path, "a folder")
        try:
            with self._folder(names[:-1], make=False) as folder:
                handle = _open(folder, names[-1], os.O_RDONLY | _NONBLOCK | _BINARY)
                with os.fdopen(handle, "rb") as file:
                    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                        raise _no_file(path, "not a regular file")
                    return file.read(limit)
        except OSError as error:
            raise _told(error, path) from None

    def exists(self, path: str) -> bool:
        """Whether something is there. Raises ToolFault."""
        return self.root.joinpath(*self.names(path)).exists()

    def write(self, path: str, data: bytes) -> None:
        """Replace or make a file, whole or not at all; folders on the way are made. Raises ToolFault."""
        names = self.names(path)
        if not names:
            raise _no_file(path, "a folder")
        if len(data) > MAX_FILE:
            raise ToolFault("The content is too large.", "tools.fault.large", path=path)
        try:
            with self._folder(names[:-1], make=True) as folder:
                _replace(folder, names[-1], data)
        except OSError as error:
            raise _told(error, path) from None

    @contextmanager
    def _folder(self, names: tuple[str, ...], *, make: bool) -> Generator[int | Path, None, None]:
        """A handle of a folder, opened name by name without following links; its path where handles cannot do that."""
        if not _BY_HANDLE:
            folder = self.root.joinpath(*names)
            if make:
                folder.mkdir(parents=True, exist_ok=True)
            yield folder
            return
        at = os.open(self.root, os.O_RDONLY | _DIRECTORY)
        try:
            for name in names:
                at = _step(at, name, make=make)
            yield at
        finally:
            os.close(at)


def _identity(path: Path) -> tuple[int, int] | None:
    """The device and the number of what is there, behind its links; None when nothing is."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _step(at: int, name: str, *, make: bool) -> int:
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=at)
    below = os.open(name, os.O_RDONLY | _DIRECTORY | _NOFOLLOW, dir_fd=at)
    os.close(at)
    return below


def _open(folder: int | Path, name: str, flags: int, *, mode: int = _NEW) -> int:
    if isinstance(folder, Path):
        return os.open(folder / name, flags | _NOFOLLOW, mode)
    return os.open(name, flags | _NOFOLLOW, mode, dir_fd=folder)


def _mode(folder: int | Path, name: str) -> int | None:
    """Who may read and run the file that is replaced; its replacement is no more open. None when there is none."""
    try:
        found = os.lstat(folder / name) if isinstance(folder, Path) else os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        return None
    return found.st_mode & 0o777 if stat.S_ISREG(found.st_mode) else None


def _replace(folder: int | Path, name: str, data: bytes) -> None:
    draft = f".{secrets.token_hex(8)}.part"
    mode = _mode(folder, name)
    handle = _open(folder, draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode=_NEW if mode is None else 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if mode is not None and sys.platform != "win32":
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        if isinstance(folder, Path):
            (folder / draft).replace(folder / name)
        else:
            os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        _remove(folder, draft)
        raise


def _remove(folder: int | Path, name: str) -> None:
    try:
        if isinstance(folder, Path):
            (folder / name).unlink()
        else:
            os.unlink(name, dir_fd=folder)
    except OSError:
        return


def _names(path: str) -> list[str]:
    """The names of a relative path. Raises ToolFault for everything that could mean another place."""
    text = path.strip()
    if len(text) > _LONGEST_PATH or any(ord(ch) < 32 or 0xD800 <= ord(ch) < 0xE000 for ch in text):
        raise _unusable(path)
    if "\\" in text or text.startswith("/"):
        raise ToolFault(
            f"{path!r}: give a path relative to the workspace, with / between names.",
            "tools.fault.relative",
            path=path,
        )
    names = [name for name in PurePosixPath(text).parts if name != "."]
    for name in names:
        if name == ".." or _is_special(name):
            raise _outside(path)
    return names


def _is_special(name: str) -> bool:
    """Names that mean something else on Windows: drives, streams, devices, and ends that it drops."""
    if len(name) > 1 and name[1] == ":" and name[0].isalpha():
        return True
    if sys.platform != "win32":
        return False
    return ":" in name or name.split(".")[0].strip().lower() in _DEVICES or name != name.rstrip(" .")


def _told(error: OSError, path: str) -> ToolFault:
    why = error.strerror or type(error).__name__
    return ToolFault(f"{path!r}: {why}.", "tools.fault.failed", path=path, why=why)


def _outside(path: str) -> ToolFault:
    return ToolFault(f"{path!r} leads out of the workspace.", "tools.fault.outside", path=path)


def _unusable(path: str) -> ToolFault:
    return ToolFault(f"This path cannot be used: {path[:80]!r}.", "tools.fault.path", path=path[:80])


def _no_file(path: str, what: str) -> ToolFault:
    return ToolFault(f"{path!r} is {what}.", "tools.fault.no_file", path=path)


def decoded(data: bytes, *, cut: bool = False) -> str | None:
    """A file's text: UTF-8 (with or without a mark), UTF-16 with one, else GB18030; None when it is no text.

    What is `cut` may end within a character.
    """
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, "replace")
    if b"\0" in data[:65_536]:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(data, final=not cut)
        except UnicodeDecodeError:
            continue
    return None
