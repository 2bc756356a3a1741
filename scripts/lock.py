"""Regenerates the lock: `uv run python -m scripts.lock [--upgrade]`.

`requirements.lock` pins every shipped distribution (the program and its extra `preview`) by hash, for all systems;
`packaging/freeze.lock` does the same for what freezes the program.
`[tool.uv] constraint-dependencies` pins every distribution, the developers' tools too, so that `uv run` installs what
the lock says. None of them names an address; `uv.lock`, which does, stays out of the repository. An upgrade takes no
release younger than two weeks: most bad releases are withdrawn by then.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import tomlkit
from tomlkit.items import Table

ROOT = Path(__file__).resolve().parent.parent
COOL_DOWN = timedelta(days=14)
HEADER = "# Made by `uv run python -m scripts.lock`. Install with --require-hashes.\n"
EXPORT = ["uv", "export", "--quiet", "--frozen", "--no-emit-project", "--no-annotate", "--no-header"]


def main(arguments: list[str] | None = None) -> int:
    """Write all three files; returns 0, or uv's exit code when it finds no solution."""
    parser = argparse.ArgumentParser(prog="python -m scripts.lock", description="Regenerate the lock.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that pyproject.toml allows")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        try:
            shipped, freezing, everything = _solve(Path(name), upgrade=options.upgrade)
        except subprocess.CalledProcessError as error:
            return error.returncode
    (ROOT / "requirements.lock").write_text(HEADER + shipped, "utf-8")
    (ROOT / "packaging" / "freeze.lock").write_text(HEADER + freezing, "utf-8")
    (ROOT / "pyproject.toml").write_text(_with_constraints(_project(), everything.splitlines()), "utf-8")
    return 0


def _project() -> str:
    return (ROOT / "pyproject.toml").read_text("utf-8")


def _solve(folder: Path, *, upgrade: bool) -> tuple[str, str, str]:
    """Lock a copy, so that the checkout's environment stays as it is: shipped and freezing with hashes, all without."""
    project = _with_constraints(_project(), []) if upgrade else _project()
    (folder / "pyproject.toml").write_text(project, "utf-8")
    for name in ("README.md", "LICENSE", *(() if upgrade else ("uv.lock",))):
        if (ROOT / name).exists():
            (folder / name).write_bytes((ROOT / name).read_bytes())
    newest = ["--exclude-newer", (datetime.now(UTC) - COOL_DOWN).strftime("%Y-%m-%d")] if upgrade else []
    subprocess.run(["uv", "lock", "--quiet", *newest], cwd=folder, check=True)
    shipped = _uv([*EXPORT, "--no-dev", "--extra", "preview"], folder)
    freezing = _uv([*EXPORT, "--only-group", "freeze"], folder)
    return shipped, freezing, _uv([*EXPORT, "--all-extras", "--all-groups", "--no-hashes"], folder)


def _uv(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def _with_constraints(project: str, lines: list[str]) -> str:
    """The project file with these pins in the place of the old ones; its comments stay."""
    document = tomlkit.parse(project)
    pins = tomlkit.array().multiline(True)
    for line in lines:
        cast(list[str], pins).append(line.replace(" ; ", "; "))
    tool = cast(Table, cast(Table, document["tool"])["uv"])
    tool["constraint-dependencies"] = pins
    return tomlkit.dumps(document)


if __name__ == "__main__":
    sys.exit(main())
