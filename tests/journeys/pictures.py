"""Screens of a journey for the eye: kept in the folder `PICTURES` names, in both languages and themes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QWidget

from glmdesk.domain.settings import Language, Theme
from tests.journeys.driver import Person

PICTURES = os.environ.get("PICTURES", "")  # without it no picture is made
_LOOKS = (
    (Theme.DARK, Language.EN, 480, 1.0),
    (Theme.LIGHT, Language.EN, 900, 2.0),
    (Theme.LIGHT, Language.ZH_CN, 1180, 1.0),
)


async def looks(
    person: Person,
    name: str,
    *,
    of: Callable[[], QWidget] | None = None,
    before: Callable[[], Awaitable[object]] | None = None,
) -> None:
    """The window, or `of` in its place, in every look; `before` opens what a change of the window closes."""
    settings, size = person.program.desk.settings, person.window.size()
    was = settings.value
    for theme, language, width, zoom in _LOOKS if PICTURES else ():
        person.window.resize(width, 800)
        await settings.change(theme=theme, zoom=zoom, language=language)
        if before is not None:
            await before()
        await asyncio.sleep(0.4)
        shown = person.window
        if of is not None:
            shown = of()
            shown.ensurePolished()
            shown.resize(shown.sizeHint())
        shown.grab().save(f"{PICTURES}/{name}-{theme.value}-{width}-{zoom:g}.png")
    if PICTURES:
        person.window.resize(size)
        await settings.change(theme=was.theme, zoom=was.zoom, language=Language.ZH_CN)  # as `drive` begins
        await asyncio.sleep(0.3)
