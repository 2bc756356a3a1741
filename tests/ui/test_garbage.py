"""The collector of the GUI thread: what the start made is set aside, what comes later is collected."""

from __future__ import annotations

import gc
import weakref

from PySide6.QtWidgets import QApplication

from glmdesk.ui.garbage import GuiGarbage


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


def test_the_first_look_sets_the_start_aside_and_later_ones_collect(qapp: QApplication) -> None:
    garbage = GuiGarbage()
    try:
        kept = weakref.ref(Knot())
        garbage.collect_due()
        assert gc.get_freeze_count() > 10_000
        knots = [weakref.ref(Knot()) for _ in range(2_000)]
        garbage.collect_due()
        assert not any(knot() for knot in knots)
        assert kept() is not None
        assert not gc.isenabled()
    finally:
        garbage.stop()
        gc.unfreeze()


def test_the_end_of_the_program_does_not_switch_the_automatic_collector_on(qapp: QApplication) -> None:
    gc.enable()
    GuiGarbage().stop()
    assert not gc.isenabled(), "one that runs inside a QObject's destructor waits for itself"
