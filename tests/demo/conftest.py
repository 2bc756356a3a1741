"""One fast server of the newest profile for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.demo.chat import client
from tests.helpers.server import demo_server


@pytest.fixture(scope="session")
def demo_url() -> Iterator[str]:
    with demo_server() as url:
        yield url


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with client() as opened:
        yield opened
