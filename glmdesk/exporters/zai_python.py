"""A request with zai-sdk, the provider's newer Python client."""

from __future__ import annotations

from glmdesk.exporters.code import Call
from glmdesk.exporters.python_sdk import ARGUMENTS, python_program

_KNOWN = ARGUMENTS | {"tool_stream", "reasoning_effort"}  # zai-sdk 0.2


def zai_python(call: Call) -> str:
    """A Python program."""
    client = "ZaiClient" if call.international else "ZhipuAiClient"
    return python_program(call, package="zai-sdk", module="zai", client=client, known=_KNOWN)
