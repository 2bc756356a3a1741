"""The start of the program does not wait for the parser."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_view_loads_no_parser_and_no_lexer() -> None:
    code = (
        "import sys, glmdesk.ui.transcript.view;"
        "print([m for m in ('markdown_it', 'pygments', 'mdit_py_cjk_friendly') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"
