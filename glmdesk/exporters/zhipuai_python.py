"""A request with zhipuai, the provider's older Python client."""

from __future__ import annotations

from glmdesk.exporters.code import Call
from glmdesk.exporters.python_sdk import ARGUMENTS, python_program


def zhipuai_python(call: Call) -> str:
    """A Python program."""
    return python_program(call, package="'zhipuai>=2.1.5' sniffio", module="zhipuai", client="ZhipuAI", known=ARGUMENTS)
