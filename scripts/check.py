"""The one check command: `uv run python -m scripts.check`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 500  # lines of a file that one person still reads as a whole

# Written in pieces, so that this file is not found by its own rules.
BANNED = {
    "a path of one machine": r"(?<![\w.])/(?:tm[p]|wor[k]|hom[e]/\w+|roo[t])/",
    "the address of a registry": r"pyp[i][.]org|pythonhoste[d][.]org|npmj[s][.]",
    "unfinished work": r"#\s*(?:TOD[O]|FIXM[E]|XX[X])\b",
}


def tracked() -> list[str]:
    """Paths of the repository's files, those not yet added too, ignored ones not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def long_files(names: list[str]) -> Iterator[str]:
    """Python files over the limit."""
    for name in names:
        if name.endswith(".py"):
            lines = len((ROOT / name).read_text("utf-8").splitlines())
            if lines > LONGEST:
                yield f"{name}: {lines} lines, at most {LONGEST}"


def banned_words(names: list[str]) -> Iterator[str]:
    """Text that must not be in the repository, with its place."""
    for name in names:
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a database
        yield from banned_in(name, text)


def banned_in(name: str, text: str) -> Iterator[str]:
    """The banned words of one text."""
    for reason, pattern in BANNED.items():
        for found in re.finditer(pattern, text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{name}:{line}: {reason}: {found.group()}"


def misplaced(names: list[str]) -> Iterator[str]:
    """Files that no repository should hold."""
    for name in names:
        path = Path(name)
        if path.name in {"utils.py", "helpers.py", "uv.lock"} or path.suffix in {".pyc", ".orig", ".rej"}:
            yield f"{name}: has no place here"


def house_rules() -> bool:
    """The rules no tool knows; prints what breaks them."""
    names = tracked()
    rules: tuple[Callable[[list[str]], Iterator[str]], ...] = (long_files, banned_words, misplaced)
    problems = [problem for rule in rules for problem in rule(names)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return not problems


TOOLS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "import contracts": ["lint-imports", "--no-logo"],
    "pyright": ["pyright"],
}


def _report(name: str, passed: bool) -> bool:
    print(f"{'ok    ' if passed else 'FAILED'} {name}", flush=True)
    return passed


def _tool(command: list[str]) -> bool:
    """Run a tool; its output is worth reading only when it fails."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout, end="")
    return done.returncode == 0


def main() -> int:
    """0 when every check passes, 1 otherwise."""
    results = [_report("house rules", house_rules())]
    results += [_report(name, _tool(command)) for name, command in TOOLS.items()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
