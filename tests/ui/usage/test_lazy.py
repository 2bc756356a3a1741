from __future__ import annotations

from tests.helpers.stored import run_child

CODE = """
import sys
import glmdesk.app
late = ("glmdesk.ui.usage", "glmdesk.ui.inspector", "glmdesk.exporters.code", "glmdesk.exporters.curl")
print([name for name in sys.modules if name.startswith(late)])
"""


def test_usage_inspector_and_code_are_read_when_they_are_wanted() -> None:
    assert run_child(CODE) == ["[]"]
