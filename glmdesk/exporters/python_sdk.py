"""What the two Python clients of the provider share."""

from __future__ import annotations

from typing import Any

from glmdesk.exporters.code import KEY, Call
from glmdesk.exporters.python_literal import literal

# The arguments of `Completions.create` in zhipuai 2.1 and zai-sdk.
ARGUMENTS = frozenset(
    {
        "model",
        "messages",
        "request_id",
        "user_id",
        "do_sample",
        "stream",
        "temperature",
        "top_p",
        "max_tokens",
        "seed",
        "stop",
        "sensitive_word_check",
        "tools",
        "tool_choice",
        "meta",
        "response_format",
        "thinking",
    }
)
_OPEN_RANGE = ("temperature", "top_p")  # the clients change values outside (0, 1) without saying so


def python_program(call: Call, *, package: str, module: str, client: str, known: frozenset[str]) -> str:
    """`known` are the arguments of the client's `create`; everything else goes into `extra_body`."""
    given = {name: value for name, value in call.body.items() if name in known and not _rewritten(name, value)}
    extra = {name: value for name, value in call.body.items() if name not in given}
    arguments = [f"    {name}={literal(value, 4)},\n" for name, value in given.items()]
    if extra:
        arguments.append(f"    extra_body={literal(extra, 4)},\n")
    key = f'os.environ["{KEY}"]' if call.needs_key else f'os.environ.get("{KEY}", "none")'
    return (
        f"# pip install {package}\n"
        "import os\n\n"
        f"from {module} import {client}\n\n"
        f"client = {client}(\n"
        f"    api_key={key},\n"
        f"    base_url={literal(call.base_url)},\n"
        ")\n"
        "response = client.chat.completions.create(\n"
        f"{''.join(arguments)})\n"
        f"{_STREAMED if call.body.get('stream') else _WHOLE}"
    )


_STREAMED = """for chunk in response:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
print()
"""
_WHOLE = """print(response.choices[0].message.content)
"""


def _rewritten(name: str, value: Any) -> bool:
    return name in _OPEN_RANGE and not (isinstance(value, int | float) and 0 < value < 1)
