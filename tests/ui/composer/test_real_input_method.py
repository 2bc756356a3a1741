"""Enter while a real input method composes (ibus, libpinyin, a real X display)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SESSION = """
exec 3>display
Xvfb -displayfd 3 -screen 0 1024x768x24 >/dev/null 2>&1 &
server=$!
trap 'kill $server' EXIT
for _ in $(seq 100); do test -s display && break; sleep 0.1; done
export DISPLAY=:$(cat display)
cd "$ROOT"
"$PYTHON" -m tests.ui.composer.method_session
"""


@pytest.mark.desktop
def test_enter_that_ends_a_pinyin_composition_sends_nothing(tmp_path: Path) -> None:
    for name in ("home", "runtime"):
        (tmp_path / name).mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "XDG_RUNTIME_DIR": str(tmp_path / "runtime"),
        "PYTHON": sys.executable,
        "ROOT": str(Path(__file__).parents[3]),
        "LANG": "C.UTF-8",
    }
    with subprocess.Popen(
        ["dbus-run-session", "--", "bash", "-c", SESSION],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as session:
        try:
            said = session.communicate(timeout=110)[0].splitlines()
        finally:
            if session.poll() is None:
                os.killpg(session.pid, signal.SIGKILL)
    sent = [line for line in said if line.startswith("sent")]
    assert sent == ["sent nihao"], "\n".join(said[-25:])
    assert said.index("text nihao") < said.index("sent nihao")
    assert said[0].startswith("composing") or "composing" in said
