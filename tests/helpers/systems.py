"""Tests of things that only some systems have; each says what that is."""

from __future__ import annotations

import os
import sys

import pytest


def linux_only(thing: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(sys.platform != "linux", reason=f"Linux only: {thing}")


def posix_only(thing: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(os.name != "posix", reason=f"not on Windows: {thing}")
