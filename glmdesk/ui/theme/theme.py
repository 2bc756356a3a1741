"""The theme in use: tokens, zoom, fonts; applied to the whole application and followed live."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication
from PySide6.QtWidgets import QApplication

from glmdesk.domain.settings import Theme
from glmdesk.ui.theme.palette import palette, style_sheet
from glmdesk.ui.theme.tokens import DARK, DARK_CONTRAST, FONT_BASE, LIGHT, LIGHT_CONTRAST, Tokens

_CHINESE = ("PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei")


class ThemeManager(QObject):
    """One per application. Widgets take sizes through `px` and colours from `tokens`, and listen to `changed`."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._theme = Theme.SYSTEM
        self._zoom = 1.0
        self._tokens = LIGHT
        # An alias ("Sans Serif", "monospace") in a list of families means the first Chinese font: take the real name.
        self._family = QFontInfo(app.font()).family()
        self._code_family = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)).family()
        app.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def tokens(self) -> Tokens:
        return self._tokens

    @property
    def zoom(self) -> float:
        return self._zoom

    def apply(self, theme: Theme, zoom: float) -> None:
        """Use a theme at a zoom factor (0.5 to 3)."""
        self._theme, self._zoom = theme, zoom
        self._apply()

    def px(self, n: float) -> int:
        """Logical pixels at the zoom in use; at least 1 for anything that is not 0."""
        scaled = round(n * self._zoom)
        return scaled if scaled or not n else 1

    def ui_font(self, size: int = FONT_BASE, *, bold: bool = False) -> QFont:
        """The system's font with a Chinese fallback; `size` in logical pixels before zoom."""
        return self._font(self._family, size, bold=bold)

    def code_font(self, size: int = FONT_BASE - 1) -> QFont:
        """The system's monospace with a Chinese fallback."""
        font = self._font(self._code_family, size, bold=False)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFixedPitch(True)
        return font

    def _font(self, family: str, size: int, *, bold: bool) -> QFont:
        font = QFont()
        font.setFamilies([family, *_CHINESE])
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def _system_changed(self) -> None:
        if self._theme is Theme.SYSTEM:
            self._apply()

    def _is_dark(self) -> bool:
        if self._theme is Theme.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._theme is Theme.DARK

    def _wants_contrast(self) -> bool:
        hints = QGuiApplication.styleHints()
        access = getattr(hints, "accessibility", None)  # Qt 6.10 and newer
        if access is None:
            return False
        return access().contrastPreference() is Qt.ContrastPreference.HighContrast

    def _apply(self) -> None:
        dark = self._is_dark()
        if self._wants_contrast():
            self._tokens = DARK_CONTRAST if dark else LIGHT_CONTRAST
        else:
            self._tokens = DARK if dark else LIGHT
        self._app.setPalette(palette(self._tokens))
        self._app.setFont(self.ui_font())
        self._app.setStyleSheet(style_sheet(self._tokens, self.px))
        self.changed.emit()
