"""Where the user is: window, open chat and what is read in it, written shortly after each change: a kill loses none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, QTimer

from glmdesk.domain.threads import in_thread
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.transcript.places import Spot

_PAUSE_MS = 500


@dataclass(frozen=True, slots=True)
class Place:
    """What is open. `chat` '' is a new chat; `spot` None is the end of the chat."""

    geometry: bytes = b""
    chat: str = ""
    spot: Spot | None = None


class Session(QObject):
    """Keeps a `Place` in `window.ini`. `touch` when it may have changed; `look` tells how it is then."""

    def __init__(self, path: Path, look: Callable[[], Place], *, tasks: TaskOwner, parent: QObject) -> None:
        super().__init__(parent)
        self._path = path
        self._look = look
        self._tasks = tasks
        self.left = self._written = _read(path)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._save)
        self._begun = False

    def begin(self) -> None:
        """From now on changes are written: what was left has been shown again."""
        self._begun = True

    def touch(self) -> None:
        """Something may have changed."""
        if self._begun and not self._timer.isActive():
            self._timer.start()

    def _save(self) -> None:
        place = self._look()
        if self._tasks.running("session"):
            self.touch()  # a slow disk: one after the other
        elif place != self._written:
            self._tasks.start("session", self._save_in_thread(place))
            self.touch()  # pictures of formulas may still come: it is looked at until it rests

    async def _save_in_thread(self, place: Place) -> None:
        await in_thread(lambda: _write(self._path, place), name="glmdesk-session")
        self._written = place

    async def close(self) -> None:
        """Write the last state."""
        begun, self._begun = self._begun, False
        self._timer.stop()
        if (running := self._tasks.get("session")) is not None:
            await running
        place = self._look()
        await self._save_in_thread(place if begun else Place(place.geometry, self.left.chat, self.left.spot))


def _read(path: Path) -> Place:
    """What the last run left. Unusable values count as none."""
    file = QSettings(str(path), QSettings.Format.IniFormat)
    geometry, chat = file.value("geometry"), file.value("chat", "")
    return Place(
        bytes(geometry.data()) if isinstance(geometry, QByteArray) else b"",
        chat if isinstance(chat, str) else "",
        _spot(file.value("spot", "")),
    )


def _spot(text: object) -> Spot | None:
    try:
        match json.loads(str(text)):
            case {"message": str(message), "piece": int(piece), "position": int(position), "y": int(y)}:
                return Spot(message, piece, position, y)
            case _:
                return None
    except ValueError:
        return None


def _write(path: Path, place: Place) -> None:
    file = QSettings(str(path), QSettings.Format.IniFormat)
    file.setValue("geometry", QByteArray(place.geometry))
    file.setValue("chat", place.chat)
    file.setValue("spot", json.dumps(asdict(place.spot)) if place.spot is not None else "")
    file.sync()
