"""What is imported beside Qt is not read a second time."""

from __future__ import annotations

import subprocess
import sys

_CODE = """
import linecache
from glmdesk.ui.imports import leave_sources_unread
{call}
import glmdesk.ui.main_window
print(sum("glmdesk" in name for name in linecache.cache))
"""


def _sources_in_memory(call: str) -> int:
    command = [sys.executable, "-c", _CODE.format(call=call)]
    return int(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)


def test_no_source_of_the_program_is_read_for_features_of_qt() -> None:
    assert _sources_in_memory("leave_sources_unread()") == 0


def test_pyside_reads_them_otherwise() -> None:
    """When this fails, PySide6 does not read them any more: `glmdesk.ui.imports` can go."""
    assert _sources_in_memory("") > 50
