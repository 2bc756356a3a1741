"""Keeps PySide6 from reading the source of every module that is imported after it."""

from __future__ import annotations

import importlib
import sys

_LOOK = "_mod_uses_pyside"


def leave_sources_unread() -> None:
    """To be called before the rest of the program is imported.

    Since PYSIDE-2029 an import hook of PySide6 reads every new module to see whether it may switch features with
    `from __feature__ import …`, which nothing here does, and what it has read stays in memory: 24 ms of CPU and 8 MB
    at the start, and stalls whenever something is loaded later. A PySide6 without that hook is left as it is.
    """
    importlib.import_module("PySide6.QtCore")  # installs the hook
    hook = sys.modules.get("shibokensupport.feature")
    if hook is not None and hasattr(hook, _LOOK):
        vars(hook)[_LOOK] = lambda module: False  # pyright: ignore[reportUnknownLambdaType]
