"""`glmdesk key print` as other programs start it, and what it prints."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from glmdesk.domain.errors import ErrorInfo, UserError
from glmdesk.domain.secret import Secret, key_problem
from glmdesk.domain.threads import in_thread

_SECONDS = 10.0  # Claude Code complains about helpers that take longer
_HOME = "GLMDESK_HOME"
_LONGEST_REASON = 300


def key_command(endpoint_id: str) -> str:
    """The command line for the system's shell that prints an endpoint's key."""
    words = [*program(), *profile(), "key", "print", endpoint_id]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def program() -> list[str]:
    """How this program is started anew, by its full path."""
    if not getattr(sys, "frozen", False):
        script = Path(sys.executable).with_name("glmdesk.exe" if os.name == "nt" else "glmdesk")
        return [str(script)] if script.is_file() else [sys.executable, "-m", "glmdesk"]
    if image := os.environ.get("APPIMAGE"):  # what runs is a mount that is gone afterwards
        return [image]
    # On Windows the window's program has no console; the command beside it has.
    here = Path(sys.executable)
    return [str(here.with_name("glmdesk.exe") if os.name == "nt" else here)]


def profile() -> list[str]:
    """Keys of a profile elsewhere are found by its endpoints."""
    return ["--profile", os.environ[_HOME]] if os.environ.get(_HOME) else []


async def key_from(command: str) -> Secret:
    """What the command prints, run by the system's shell as Claude Code does. Raises UserError `agent_helper`."""
    return await in_thread(lambda: _run(command), name="glmdesk-helper")


def _run(command: str) -> Secret:
    try:
        done = subprocess.run(  # noqa: S602 (the shell is what Claude Code uses; the command is our own)
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        raise _fault(f"> {_SECONDS:.0f} s") from None
    except OSError as error:
        raise _fault(str(error)) from None
    key = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode or key_problem(key):
        raise _fault(done.stderr.decode("utf-8", "replace").strip() or f"exit {done.returncode}")
    return Secret(key)


def _fault(reason: str) -> UserError:
    return UserError(ErrorInfo("agent_helper", detail=reason[:_LONGEST_REASON]))
