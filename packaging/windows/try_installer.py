"""Installs for this user, asks the installed program one question, uninstalls: `try_installer.py SETUP.exe`.

Windows only; the user's data must still be there afterwards, the program must not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

_LIMIT = 60.0  # seconds for the uninstaller, which goes on by itself from a copy


def main() -> int:
    """Returns 0, or 1 with a reason."""
    setup = Path(sys.argv[1]).resolve()
    folder = Path(os.environ["LOCALAPPDATA"]) / "Programs" / "GLM Desk"
    data = Path(os.environ["LOCALAPPDATA"]) / "glmdesk"
    data.mkdir(exist_ok=True)
    (data / "kept.txt").write_text("mine", "utf-8")
    subprocess.run([str(setup), "/S"], check=True, timeout=300)
    smoke = Path(__file__).resolve().parents[1] / "smoke.py"
    subprocess.run([sys.executable, str(smoke), str(folder / "glmdesk.exe")], check=True)
    subprocess.run([str(folder / "uninstall.exe"), "/S"], check=True, timeout=300)
    deadline = time.monotonic() + _LIMIT
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.5)
    if folder.exists():
        print("left behind:", *sorted(map(str, folder.rglob("*")))[:20], sep="\n", file=sys.stderr)
        return 1
    return 0 if (data / "kept.txt").exists() else 1


if __name__ == "__main__":
    sys.exit(main())
