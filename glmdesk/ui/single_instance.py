"""One window per profile: a second start raises the first one and ends."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QLockFile, QObject, QThread, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_ANSWER_MS = 1000
_PATIENCE = 8.0  # seconds: longer than an end in order takes
_PAUSE_MS = 50


class SingleInstance(QObject):
    """Holds the profile's lock; QLockFile takes over the lock of a process that has died."""

    raise_wanted = Signal()
    link_wanted = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        with suppress(OSError):  # a folder that cannot be made or written has no lock; opening the history tells why
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._name = "glmdesk-" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]
        self._lock = QLockFile(str(folder / "instance.lock"))
        self._lock.setStaleLockTime(0)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._knocked)
        self._callers: set[QLocalSocket] = set()

    def acquire(self, link: str = "") -> bool:
        """True when this is the first instance; otherwise the first one is asked to come forward and gets the link.

        One that is just starting or ending hears nobody: this waits until it listens or has given the lock back.
        """
        deadline = monotonic() + _PATIENCE
        while not self._locked():
            if self._knock(link) or monotonic() > deadline:
                return False
            QThread.msleep(_PAUSE_MS)
        return True

    def _locked(self) -> bool:
        """A lock that cannot be made at all keeps nobody out."""
        return self._lock.tryLock(100) or self._lock.error() is not QLockFile.LockError.LockFailedError

    def listen(self) -> None:
        """From now on other starts are heard: there is a window that can come forward."""
        QLocalServer.removeServer(self._name)
        self._server.listen(self._name)

    def deafen(self) -> None:
        """The window closes: a start from now on waits for its own turn."""
        self._server.close()
        for caller in self._callers:  # Qt tells of their end while it destroys them: nobody must be called then
            caller.disconnected.disconnect()
            caller.deleteLater()
        self._callers.clear()

    def release(self) -> None:
        self.deafen()
        self._lock.unlock()

    def _knock(self, link: str) -> bool:
        """Whether the first instance has heard it."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_ANSWER_MS):
            return False
        if link:
            socket.write(link.encode())
            socket.waitForBytesWritten(_ANSWER_MS)
        socket.disconnectFromServer()
        return True

    def _knocked(self) -> None:
        while self._server.hasPendingConnections():
            self._listen(self._server.nextPendingConnection())
        self.raise_wanted.emit()

    def _listen(self, connection: QLocalSocket) -> None:
        """The whole of what a second start has to say comes with its end; it may have ended already."""
        self._callers.add(connection)
        connection.disconnected.connect(lambda: self._heard(connection))
        if connection.state() is QLocalSocket.LocalSocketState.UnconnectedState:
            self._heard(connection)

    def _heard(self, connection: QLocalSocket) -> None:
        if connection not in self._callers:
            return
        self._callers.remove(connection)
        said = bytes(connection.readAll().data()).decode("utf-8", "replace")
        connection.deleteLater()
        if said:
            self.link_wanted.emit(said)
