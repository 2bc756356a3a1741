"""When something was, in a word: the groups of the list and the short time on the right of a row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QDate, QLocale

from glmdesk.ui.i18n import locale, tr


class Group(StrEnum):
    """Sections of the conversation list, in order."""

    PINNED = "pinned"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    OLDER = "older"


def group_of(when: float, now: datetime) -> Group:
    """`when` in seconds since the epoch; `now` is local time (its zone decides where a day begins)."""
    days = (now.date() - datetime.fromtimestamp(when, now.tzinfo).date()).days
    if days <= 0:
        return Group.TODAY
    if days == 1:
        return Group.YESTERDAY
    return Group.WEEK if days <= 7 else Group.OLDER


def short_time(when: float, now: datetime) -> str:
    """14:02 today, 周六 within a week, 11月3日 this year, else 2025年11月3日."""
    at = datetime.fromtimestamp(when, now.tzinfo)
    days = (now.date() - at.date()).days
    if days <= 0:
        return f"{at:%H:%M}"
    date = QDate(at.year, at.month, at.day)
    if days < 7:
        return locale().dayName(date.dayOfWeek(), QLocale.FormatType.ShortFormat)
    return locale().toString(date, tr("sidebar.date.year" if at.year != now.year else "sidebar.date.day"))
