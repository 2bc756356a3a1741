"""How many tokens each model counts for what is estimated: learned from the usage of its answers, kept in a file."""

from __future__ import annotations

from contextlib import suppress

from glmdesk.domain.budget import TokenScale
from glmdesk.domain.errors import StoreError
from glmdesk.store.rows import RowFile

_WRITTEN_FROM = 0.005  # a smaller change is not worth a write


class TokenScales:
    """By endpoint and model; 1 for a model that has not answered yet."""

    def __init__(self, file: RowFile[TokenScale]) -> None:
        self._file = file
        self._rows: dict[tuple[str, str], TokenScale] | None = None

    def _known(self) -> dict[tuple[str, str], TokenScale]:
        if self._rows is None:
            self._rows = {(row.endpoint_id, row.model): row for row in self._file.load()}
        return self._rows

    def of(self, endpoint_id: str, model: str) -> float:
        """What an estimate is multiplied by."""
        row = self._known().get((endpoint_id, model))
        return 1.0 if row is None else row.scale

    async def learn(self, endpoint_id: str, model: str, *, estimated: int, counted: int) -> None:
        """A request that was estimated has been counted. A file that cannot be written costs what was learned."""
        known, name = self._known(), (endpoint_id, model)
        before = known.get(name) or TokenScale(endpoint_id, model)
        known[name] = after = before.learned(estimated, counted)
        if abs(after.scale - before.scale) >= _WRITTEN_FROM:
            with suppress(StoreError):
                await self._file.save(list(known.values()))
