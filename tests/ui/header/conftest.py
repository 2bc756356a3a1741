"""The theme for these tests."""

import pytest
from PySide6.QtWidgets import QApplication

from glmdesk.ui.theme.theme import ThemeManager
from tests.helpers.screens import light_theme


@pytest.fixture
def theme(qapp: QApplication) -> ThemeManager:
    return light_theme(qapp)
