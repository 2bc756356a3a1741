"""One demo server for the commands' tests, as fast as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.terminal import Terminal
from tests.helpers.server import demo_server


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with demo_server() as address:
        yield address


@pytest.fixture
def terminal(url: str, tmp_path: Path) -> Terminal:
    """A terminal with an empty profile that does not exist yet."""
    return Terminal(url, tmp_path / "profile")
