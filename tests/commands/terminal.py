"""Runs the real command `glmdesk` as a child, as a person at a terminal does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEY = "canary5e2d8b44.Wp3secretT9tail"
VARIABLE = "A_KEY_OF_TESTS"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Ran:
    """How a child ended. Whatever it was asked, it never says the key and never shows a trace."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        return json.loads(self.out)


@dataclass(slots=True)
class Terminal:
    """`glmdesk` on one profile, with a key in an environment variable."""

    url: str
    profile: Path
    changes: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {VARIABLE: KEY, "GLMDESK_HOME": str(self.profile)} | self.changes

    def start(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "glmdesk", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=stdin, stdout=pipe, stderr=pipe)

    def run(self, *arguments: str, typed: str | bytes | None = None) -> Ran:
        data = typed.encode() if isinstance(typed, str) else typed
        stdin = subprocess.DEVNULL if data is None else subprocess.PIPE
        with self.start(*arguments, stdin=stdin) as child:
            return finish(child, data)

    def ask(self, *arguments: str, typed: str | bytes | None = None) -> Ran:
        """`glmdesk ask` of the demo server."""
        return self.run("ask", "--endpoint", self.url, "--key-env", VARIABLE, *arguments, typed=typed)


def finish(child: subprocess.Popen[bytes], data: bytes | None = None) -> Ran:
    """Wait for the end."""
    out, err = child.communicate(data, timeout=60)
    ran = Ran(child.returncode, out.decode(), err.decode())
    assert KEY not in ran.out + ran.err
    assert "Traceback" not in ran.err, ran.err
    return ran
