"""Requests that are hard to write down, and the ways to run what was written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from glmdesk.domain.exchange import Exchange
from scripts.zhipuai_env import python_of

ROOT = Path(__file__).parents[2]
NASTY = (
    "'",
    '"',
    "'''",
    '"""',
    "\\",
    "\\\\n",
    "\\u0041",
    "$HOME ${HOME} $(id) `id`",
    "\n",
    "\r\n",
    "\t",
    "JSON",
    "\nJSON\n",
    "EOF",
    "木星与土星",
    "😀🏳️‍🌈",
    "\u2028\u2029\x85",
    "\u202eabc\u200b",
    "\x00\x01\x1b[31m\x7f",
    "%s {0} {name}",
    "# not a comment",
    "!history",
    "é\u0301\u00ff\u0081\u0088",
)
TEXTS = (
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=12)), max_size=8)
    .map("".join)
    .map(lambda text: text.encode("utf-8", "replace").decode())
)


def exchange(body: Mapping[str, Any], url: str = "http://127.0.0.1:9/api/paas/v4/chat/completions") -> Exchange:
    return Exchange("POST", url, {"Authorization": "Bearer •••"}, json.dumps(body, ensure_ascii=False), 0.0)


def request(*texts: str, **fields: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text} for text in texts]
    return {"model": "glm-4.5", "messages": messages, "stream": True, "thinking": {"type": "enabled"}, **fields}


def environment(**extra: str) -> dict[str, str]:
    """What a sample finds: its key by name, and nothing of a proxy."""
    return {**os.environ, "ZAI_API_KEY": "sample-id.sample-secret", "PYTHONUTF8": "1", "NO_PROXY": "*", **extra}


def run_shell(code: str, **extra: str) -> str:
    return _run(["sh"], code, extra)


def run_python(code: str, python: str = sys.executable, **extra: str) -> str:
    return _run([python, "-W", "error::SyntaxWarning", "-"], code, extra)


def _run(command: list[str], code: str, extra: Mapping[str, str]) -> str:
    done = subprocess.run(command, input=code.encode(), capture_output=True, env=environment(**extra), timeout=60)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode()


@cache
def zhipuai_python() -> str:
    """The interpreter beside which zhipuai is installed; the test is left out, and says why, when it cannot be."""
    folder = Path(os.environ.get("GLMDESK_ZHIPUAI") or ROOT / "build" / "zhipuai")
    if not (folder / "installed").is_file():
        making = [sys.executable, "-m", "scripts.zhipuai_env", str(folder)]
        try:
            done = subprocess.run(making, cwd=ROOT, capture_output=True, text=True, timeout=100)
        except subprocess.TimeoutExpired:
            pytest.skip("the environment of zhipuai could not be made in time")
        if done.returncode != 0:
            pytest.skip(f"the environment of zhipuai could not be made: {done.stderr.strip()[-300:]}")
    return str(python_of(folder))


def java(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"no {tool}: the Java sample is checked by its escape rules only")
    return found
