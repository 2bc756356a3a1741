"""File name endings of the languages that code blocks are written in."""

from __future__ import annotations

import re

_SUFFIXES = {
    "bash": "sh",
    "c#": "cs",
    "c++": "cpp",
    "console": "sh",
    "csharp": "cs",
    "cython": "pyx",
    "docker": "dockerfile",
    "elixir": "ex",
    "erlang": "erl",
    "fortran": "f90",
    "f#": "fs",
    "fsharp": "fs",
    "golang": "go",
    "haskell": "hs",
    "javascript": "js",
    "julia": "jl",
    "kotlin": "kt",
    "latex": "tex",
    "markdown": "md",
    "matlab": "m",
    "objective-c": "m",
    "objectivec": "m",
    "ocaml": "ml",
    "pascal": "pas",
    "perl": "pl",
    "plaintext": "txt",
    "powershell": "ps1",
    "pwsh": "ps1",
    "python": "py",
    "python3": "py",
    "ruby": "rb",
    "rust": "rs",
    "shell": "sh",
    "text": "txt",
    "typescript": "ts",
    "verilog": "v",
    "yaml": "yml",
    "zsh": "sh",
}
_SHORT = re.compile(r"[a-z0-9]{1,10}")


def suffix(language: str) -> str:
    """`py` for Python; a short name ends its own files (`sql`, `html`); `txt` for anything else."""
    name = language.lower()
    known = _SUFFIXES.get(name)
    if known is not None:
        return known
    return name if _SHORT.fullmatch(name) else "txt"
