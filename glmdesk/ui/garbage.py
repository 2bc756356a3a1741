"""Python's cyclic collector on the GUI thread alone.

It runs in whichever thread allocates; in a worker it would destroy QObjects away from their thread, and Qt crashes.
It runs also while a QObject is being destroyed, which holds a lock that the next one destroyed then may wait for.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1_000


class GuiGarbage(QObject):
    """Switches the automatic collector off for good and collects what is due once a second, until `stop`: the program
    is about to end then."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._settled = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start(_EVERY_MS)

    def collect_due(self) -> None:
        """The oldest generation whose count is over its threshold, as the automatic collector does.

        What the start has made (modules, classes, texts) stays for good and is never looked at again: a look at all of
        it takes a tenth of a second, in which the window would stand still.
        """
        if not self._settled:
            self._settled = True
            gc.freeze()
            return
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        self._timer.stop()
