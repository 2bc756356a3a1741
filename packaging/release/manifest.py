"""The list of a build's files, and whether two builds have the same."""

from __future__ import annotations

from pathlib import Path


def file_list(folder: Path) -> list[str]:
    """Every file and link below `folder`, by its path with `/`, links with their target."""
    return sorted(_line(path, folder) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _line(path: Path, folder: Path) -> str:
    name = path.relative_to(folder).as_posix()
    return f"{name} -> {path.readlink().as_posix()}" if path.is_symlink() else name


def size_of(folder: Path) -> int:
    """Bytes of all files; a link counts nothing."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def differences(one: Path, other: Path) -> list[str]:
    """Lines that only one of two builds has, with `-` or `+` before them."""
    first, second = set(file_list(one)), set(file_list(other))
    return [f"- {line}" for line in sorted(first - second)] + [f"+ {line}" for line in sorted(second - first)]
