"""Makes the environment in which samples for zhipuai run: `uv run python -m scripts.zhipuai_env FOLDER`.

It wants an older PyJWT than mcp does, so it cannot be in the development environment. A folder that has it is left
alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = ("zhipuai==2.1.5.20250825", "sniffio==1.3.1")  # it imports sniffio and does not say so
_LIMIT = 300  # seconds


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> int:
    """Make it in the folder named on the command line; prints nothing when there is nothing to do."""
    folder = Path(sys.argv[1]).resolve()
    mark = folder / "installed"
    if mark.is_file() and mark.read_text("utf-8").split() == [*PACKAGES]:
        return 0
    uv = [path] if (path := shutil.which("uv")) else [sys.executable, "-m", "uv"]
    steps = (
        [*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [*uv, "pip", "install", "--quiet", "--python", str(python_of(folder)), *PACKAGES],
    )
    for step in steps:  # elsewhere: in the project its own versions would be asked for
        code = subprocess.run(step, cwd=tempfile.gettempdir(), timeout=_LIMIT).returncode
        if code != 0:
            return code
    mark.write_text("\n".join(PACKAGES), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
