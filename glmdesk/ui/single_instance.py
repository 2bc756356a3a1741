"""One window per profile: a second start raises the first one and ends."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_ANSWER_MS = 1000


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

    def acquire(self, link: str = "") -> bool:
        """True when this is the first instance; otherwise the first one is asked to come forward and gets the link."""
        if not self._lock.tryLock(100) and self._lock.error() is QLockFile.LockError.LockFailedError:
            self._knock(link)
            return False
        QLocalServer.removeServer(self._name)
        self._server.listen(self._name)
        return True

    def release(self) -> None:
        self._server.close()
        self._lock.unlock()

    def _knock(self, link: str) -> None:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_ANSWER_MS):
            return
        if link:
            socket.write(link.encode())
            socket.waitForBytesWritten(_ANSWER_MS)
        socket.disconnectFromServer()

    def _knocked(self) -> None:
        while self._server.hasPendingConnections():
            self._listen(self._server.nextPendingConnection())
        self.raise_wanted.emit()

    def _listen(self, connection: QLocalSocket) -> None:
        """The whole of what a second start has to say comes with its end; it may have ended already."""

        def ended() -> None:
            said = bytes(connection.readAll().data()).decode("utf-8", "replace")
            connection.deleteLater()
            if said:
                self.link_wanted.emit(said)

        if connection.state() is QLocalSocket.LocalSocketState.UnconnectedState:
            ended()
        else:
            connection.disconnected.connect(ended)
