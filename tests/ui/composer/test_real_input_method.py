"""Enter while a real input method composes (ibus, libpinyin, a real X display)."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

SESSION = """
exec 3>display
Xvfb -noreset -displayfd 3 -screen 0 1024x768x24 >/dev/null 2>&1 &
server=$!
trap 'kill $server' EXIT
for _ in $(seq 100); do test -s display && break; sleep 0.1; done
export DISPLAY=:$(cat display)
cd "$ROOT"
"$PYTHON" -m tests.ui.composer.method_session
"""


@pytest.fixture
def short_path() -> Generator[Path, None, None]:
    """ibus keeps a socket in its home, and the path of a socket has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="im-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.mark.desktop
def test_enter_that_ends_a_pinyin_composition_sends_nothing(short_path: Path) -> None:
    for name in ("home", "runtime"):
        (short_path / name).mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(short_path / "home"),
        "XDG_RUNTIME_DIR": str(short_path / "runtime"),
        "PYTHON": sys.executable,
        "ROOT": str(Path(__file__).parents[3]),
        "LANG": "C.UTF-8",
    }
    with subprocess.Popen(
        ["dbus-run-session", "--", "bash", "-c", SESSION],
        cwd=short_path,
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
