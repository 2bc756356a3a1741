"""What outlives a crash: traces of bugs in the log, a trace of a dying process, a report to read at the next start."""

from __future__ import annotations

import asyncio
import faulthandler
import json
import logging
import platform
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, cast

from glmdesk import __version__
from glmdesk.logs import redact

log = logging.getLogger("glmdesk")

# Two crashes so soon after their start mean that the start itself is the cause.
SOON, SOON_CRASHES = 60.0, 2
REPORT = "crash-report.txt"
_TRACE, _STARTS, _HANGS = "crash.log", "starts.json", "hang.log"
_LOG_LINES = 200
_SAME_AGAIN = 5  # how often one and the same error is written out
_KNOWN_ERRORS = 100

Told = Callable[[BaseException], None]


class Aftermath:
    """What the last run left behind. `trace` is '' when it ended well, or was killed from outside."""

    def __init__(self, folder: Path) -> None:
        self.trace = _read(folder / _TRACE)
        crashes = _soon_crashes(folder) if self.trace else 0
        self.safe_mode = crashes >= SOON_CRASHES
        self._folder = folder

    def write_report(self) -> None:
        """Keep the report as a file beside the log. Raises OSError."""
        if self.trace:
            (self._folder / REPORT).write_text(self.report(), "utf-8")

    def report(self) -> str:
        """A text for the user's eyes: versions, the trace, the end of the log, with nothing that could be a key."""
        lines = _read(self._folder / "glmdesk.log").splitlines()[-_LOG_LINES:]
        head = f"GLM Desk {__version__}, Python {platform.python_version()}, {platform.platform()}"
        return redact("\n".join([head, "", self.trace.strip(), "", *lines, ""]))


class CrashWatch:
    """Begun at the start of a window's program, ended when it closes in order."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._file: TextIO | None = None
        self._seen: OrderedDict[str, int] = OrderedDict()
        self._told: Told = lambda error: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def begin(self) -> Aftermath:
        """Read what the last run left and begin anew. A folder that cannot be written is no reason to stop."""
        aftermath = Aftermath(self._folder)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = (self._folder / _TRACE).open("w", encoding="utf-8")
            _note_start(self._folder, self._clock(), again=bool(aftermath.trace))
            aftermath.write_report()
        except OSError:
            return aftermath
        faulthandler.enable(self._file)
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._main_error
        threading.excepthook = self._thread_error
        sys.unraisablehook = self._unraisable
        return aftermath

    def watch(self, loop: asyncio.AbstractEventLoop, told: Told) -> None:
        """Errors that nobody caught go to `told`, on the loop's thread."""
        self._loop, self._told = loop, told
        loop.set_exception_handler(self._loop_error)

    def end(self) -> None:
        """The program ends in order: there is nothing to tell at the next start."""
        self._let_go()
        if self._file is not None:
            self._close(self._file)
            (self._folder / _TRACE).unlink(missing_ok=True)
            (self._folder / _STARTS).unlink(missing_ok=True)

    def died(self, error: BaseException) -> None:
        """An error ends the program: it counts as a crash."""
        self._let_go()
        log.error("the program ends by an error", exc_info=error)
        if self._file is not None:
            self._file.write("".join(traceback.format_exception(error)))
            self._close(self._file)

    def _let_go(self) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        self._told = lambda error: None

    def _close(self, file: TextIO) -> None:
        faulthandler.disable()
        file.close()
        self._file = None

    def report(self, error: BaseException) -> None:
        """Into the log, a repeated one only a few times, and to the window."""
        key = _fingerprint(error)
        count = self._seen[key] = self._seen.pop(key, 0) + 1
        while len(self._seen) > _KNOWN_ERRORS:
            self._seen.popitem(last=False)
        if count <= _SAME_AGAIN:
            log.error("unhandled error", exc_info=error)
        elif count == _SAME_AGAIN + 1:
            log.error("the same error again, not written out any more: %s", type(error).__name__)
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._told, error)

    # Where Python hands over what nobody caught

    def _main_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _thread_error(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.report(args.exc_value)

    def _unraisable(self, args: Any) -> None:
        if args.exc_value is not None:
            self.report(args.exc_value)

    def _loop_error(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report(error)
        else:
            log.error("event loop: %s", context.get("message", ""))


class Watchdog:
    """Writes the stacks of all threads when the event loop has been silent for too long; once for each silence."""

    def __init__(self, folder: Path, *, limit: float = 5.0, step: float = 1.0) -> None:
        self._path = folder / _HANGS
        self._limit, self._step = limit, step
        self._beat = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="glmdesk-watchdog", daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tick()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._timer.cancel()
        self._thread.join()

    def _tick(self) -> None:
        self._beat = time.monotonic()
        self._timer = self._loop.call_later(self._step, self._tick)

    def _run(self) -> None:
        told: float | None = None  # the beat after which there was a silence that is written down
        looked = time.monotonic()
        while not self._stop.wait(self._step):
            now = time.monotonic()
            asleep, looked = now - looked > 3 * self._step, now
            if asleep:  # the whole process was stopped or the machine suspended: the loop has not had its chance yet
                self._beat = now
            beat = self._beat
            if now - beat > self._limit and told != beat:
                told = beat
                self._write()

    def _write(self) -> None:
        log.error("the window has not answered for %g s; stacks are in %s", self._limit, self._path.name)
        try:
            with self._path.open("w", encoding="utf-8") as file:
                faulthandler.dump_traceback(file)
        except OSError:
            return


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _note_start(folder: Path, now: float, *, again: bool) -> None:
    """Keep the times of starts since the last run that ended in order."""
    starts = _starts(folder) if again else []
    (folder / _STARTS).write_text(json.dumps([*starts, now][-SOON_CRASHES - 1 :]))


def _starts(folder: Path) -> list[float]:
    try:
        data = json.loads(_read(folder / _STARTS))
    except ValueError:
        return []
    found = cast("list[object]", data) if isinstance(data, list) else []
    return [float(item) for item in found if isinstance(item, int | float)]


def _soon_crashes(folder: Path) -> int:
    """How many of the last runs crashed within a minute of their start, one after the other."""
    path = folder / _TRACE
    try:
        died = path.stat().st_mtime
    except OSError:
        return 0
    starts = _starts(folder)
    ends = [*starts[1:], died] if starts else []
    count = 0
    for start, end in zip(reversed(starts), reversed(ends), strict=True):
        if not 0 <= end - start <= SOON:
            break
        count += 1
    return count


def _fingerprint(error: BaseException) -> str:
    """Equal for errors of one kind from one place."""
    places: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__qualname__}@{' '.join(places)}"
