"""Every test runs on an empty home, without a screen, and leaves no thread, task or window behind."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.helpers.leaks import Leaks

settings.register_profile("no wall times", deadline=None)  # a busy computer is no defect of what is tested
settings.load_profile("no wall times")

_KEPT = ("GLMDESK_RECORDINGS", "GLMDESK_NIGHTLY", "GLMDESK_MCP_SERVERS", "GLMDESK_ZHIPUAI", "GLMDESK_COMMONMARK")
# A machine's proxy would carry loopback requests away, its session bus leads to the user's own keyring.
_FOREIGN = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "dbus_session_bus_address", "python_keyring_backend")
_FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "run",
    "GLMDESK_HOME": "glmdesk",
}


def _isolate(home: Path) -> None:
    """Point everything that names a user's folder to `home`, before Qt or the program reads it."""
    for name in list(os.environ):
        if name.lower() in _FOREIGN or (name.startswith("GLMDESK_") and name not in _KEPT):
            del os.environ[name]
    for name, folder in _FOLDERS.items():
        (home / folder).mkdir(mode=0o700, exist_ok=True)
        os.environ[name] = str(home / folder)
    os.environ["HOME"] = os.environ["USERPROFILE"] = str(home)
    os.environ["APPDATA"] = os.environ["LOCALAPPDATA"] = str(home / "data")
    # Always installed, and UTF-8, which Qt asks for; tests that mean a language set it.
    os.environ["LANG"] = os.environ["LC_ALL"] = "C.UTF-8"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _hear_signals() -> None:
    """A suite started in the background ignores the keys of its terminal, and so would the programs it starts."""
    for name, usual in (
        ("SIGINT", signal.default_int_handler),
        ("SIGHUP", signal.SIG_DFL),
        ("SIGQUIT", signal.SIG_DFL),
    ):
        number = getattr(signal, name, None)  # Windows has only the first
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, usual)


_hear_signals()
_HOME = tempfile.TemporaryDirectory(prefix="glmdesk-tests-", ignore_cleanup_errors=True)
_isolate(Path(_HOME.name))

_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The full counts of the night take their time."""
    for item in items if os.environ.get("GLMDESK_NIGHTLY") else ():
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(1800))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report is not None and report.when == "call":  # pyright: ignore[reportAttributeAccessIssue]
        item.stash[_FAILED] = report.failed  # pyright: ignore[reportAttributeAccessIssue]
    return report


@pytest.fixture(autouse=True)
def _nothing_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """A thread, an asyncio task or a top-level widget that outlives its test fails it."""
    leaks = Leaks()
    with leaks.watch():
        yield
    # A failed test's traceback keeps its objects alive: that says nothing.
    if request.node.stash.get(_FAILED, True):
        return
    found = leaks.found()
    if found:
        pytest.fail("left behind: " + "; ".join(found), pytrace=False)


# A worker thread of one test must not destroy the widgets of another: collected here, on the main thread, only.
gc.disable()
_OFTEN, _SELDOM = 20_000, 400  # objects, tests
_since = [0]


@pytest.fixture(autouse=True)
def _garbage_is_collected_on_the_main_thread() -> Iterator[None]:
    yield
    _since[0] += 1
    if _since[0] >= _SELDOM:
        _since[0] = 0
        gc.collect()
    elif gc.get_count()[0] > _OFTEN:
        gc.collect(1)


@pytest.fixture(autouse=True)
def _language_is_restored() -> Iterator[None]:
    """A test that switches the language does not decide the next test's words."""
    yield
    module = sys.modules.get("glmdesk.ui.i18n")
    if module is not None:
        module._Current.catalogue = None
