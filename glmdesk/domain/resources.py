"""Finds files of `resources/` in a checkout, in an installed wheel and in a frozen program."""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource_root() -> Path:
    """The `resources` folder. Raises FileNotFoundError when the installation is incomplete."""
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(str(frozen)) / "resources"] if frozen else []
    candidates += [_PACKAGE / "resources", _PACKAGE.parent / "resources"]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError("the resources folder of GLM Desk is missing")


def resource(*parts: str) -> Path:
    """The path of one resource, e.g. `resource("icons", "send.svg")`."""
    return resource_root().joinpath(*parts)
