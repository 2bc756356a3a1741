"""The settings in use: read before the window opens, changed and saved at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glmdesk.domain.changes import Changes
from glmdesk.domain.settings import Settings
from glmdesk.services.news import News
from glmdesk.store.preferences import Preferences


class SettingsService:
    """Holds the current `Settings`. `problems` are sentences about a damaged file, for one notice at start."""

    def __init__(self, preferences: Preferences, news: News) -> None:
        self._preferences = preferences
        self._news = news
        self._value = preferences.load()

    @property
    def value(self) -> Settings:
        return self._value

    @property
    def problems(self) -> tuple[str, ...]:
        return self._preferences.problems

    async def change(self, **fields: Any) -> Settings:
        """Replace fields, tell everyone, save. Raises StoreError when the file cannot be written (the value stays)."""
        changed = replace(self._value, **fields)
        if changed == self._value:
            return changed
        endpoints = changed.endpoints != self._value.endpoints
        self._value = changed
        self._news.announce(Changes(settings=True, endpoints=endpoints))
        await self._preferences.save(changed)
        return changed
