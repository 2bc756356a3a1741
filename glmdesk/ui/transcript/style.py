"""What the renderers need of the theme, computed once per theme, zoom and language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QTextLayout

from glmdesk.ui.theme.tokens import READING_WIDTH

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_SYNTAX_LIGHT = {
    "keyword": "#9a2393",
    "type": "#8a5a00",
    "function": "#2f5bea",
    "builtin": "#0b6e86",
    "string": "#2b7a2f",
    "number": "#a84a08",
    "comment": "#667080",
}
_SYNTAX_DARK = {
    "keyword": "#d19af0",
    "type": "#e5c07b",
    "function": "#82aaff",
    "builtin": "#6cc7d9",
    "string": "#9bd08f",
    "number": "#e0a458",
    "comment": "#8b95a5",
}


class Style:
    """Fonts, colours and distances, scaled. Never changes: a new theme makes a new one."""

    def __init__(self, theme: ThemeManager) -> None:
        self.theme = theme
        self.tokens = theme.tokens
        self.px = theme.px
        self.text_font = theme.ui_font(14)
        self.small_font = theme.ui_font(13)
        self.meta_font = theme.ui_font(12)
        self.meta_bold = theme.ui_font(12, bold=True)
        self.code_font = _fixed(theme.code_font(13))
        self.column = theme.px(READING_WIDTH)
        self.margin = theme.px(24)
        self.indent = theme.px(22)  # of a level of a list
        self.row_gap = theme.px(22)
        self.line = theme.px(23)
        self.small_line = theme.px(21)
        self.code_line = theme.px(20)
        self.paragraph_gap = theme.px(10)
        self.syntax = _SYNTAX_DARK if theme.tokens.dark else _SYNTAX_LIGHT
        self.char = QFontMetricsF(self.text_font).averageCharWidth()
        # Ascent and descent of lines with Latin letters and with Chinese ones: those come from another font.
        self.line_metrics = tuple(_line_metrics(self.text_font, text) for text in ("Ag", "国"))
        self.css = _css(self)

    def color(self, name: str, alpha: float = 1.0) -> QColor:
        """A colour of the tokens by its name."""
        color = QColor(str(getattr(self.tokens, name)))
        color.setAlphaF(alpha)
        return color

    @property
    def selection(self) -> QColor:
        """The ground of selected text."""
        return self.color("accent", 0.30)

    @property
    def found(self) -> QColor:
        """The ground of words that were found."""
        return self.color("warn", 0.24)

    @property
    def found_now(self) -> QColor:
        """The ground of the found words that are looked at; text on it keeps its contrast."""
        return self.color("warn", 0.45)


def _line_metrics(font: QFont, text: str) -> tuple[float, float]:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.ascent(), line.descent()


def _fixed(font: QFont) -> QFont:
    """The font with a real fixed-pitch family in front: an alias ("monospace") in a list of families finds none."""
    if not QFontInfo(font).fixedPitch():
        system = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)).family()
        font.setFamilies([system, *font.families()])
    return font


def _family(font: QFont) -> str:
    return ", ".join(f"'{name}'" for name in font.families() or [font.family()])


def _css(style: Style) -> str:
    px, t = style.px, style.tokens
    heads = "".join(
        f"h{level} {{ font-size: {px(size)}px; font-weight: 600; line-height: {px(size + 9)}px;"
        f" margin: {px(top)}px 0 {px(6)}px 0; }}"
        for level, size, top in ((1, 20, 18), (2, 18, 18), (3, 16, 14), (4, 14, 12), (5, 14, 12), (6, 14, 12))
    )
    mono = f"font-family: {_family(style.code_font)}; font-size: {px(13)}px"
    return (
        f"p {{ margin: 0 0 {style.paragraph_gap}px 0; line-height: {style.line}px; }}"
        f"li {{ margin: 0 0 {px(4)}px 0; line-height: {style.line}px; }}"
        f"ul, ol {{ margin: 0 0 {style.paragraph_gap}px 0; }}"
        "ul { list-style-type: none; }"  # the dots are painted by us: Qt's are heavy and stand too near
        f"blockquote {{ margin: 0 0 0 {px(14)}px; color: {t.muted}; }}"
        f"code, kbd {{ {mono}; background-color: {t.code_ground}; }}"
        f"pre {{ {mono}; background-color: {t.code_ground}; margin: {px(4)}px 0; }}"
        f"a {{ color: {t.accent}; text-decoration: none; }}"
        f"td, th {{ line-height: {px(20)}px; }}"
        f"{heads}"
    )
