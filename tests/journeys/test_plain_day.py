"""What tools and servers need is not loaded on a day without them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.helpers.stored import ROOT

SMALL = {  # only the lists of what there is
    "glmdesk.tools.registry",
    "glmdesk.tools.user_tools",
    "glmdesk.tools.mcp",
    "glmdesk.tools.mcp.addresses",
    "glmdesk.tools.mcp.programs",
}


def test_a_question_without_tools_imports_no_tool_no_schema_and_no_mcp(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.journeys.plain_day", str(tmp_path)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= SMALL
