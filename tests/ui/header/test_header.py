"""Title, model and window use above the transcript."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from glmdesk.domain.catalogue import Model, ThinkingRule
from glmdesk.domain.settings import Language, Theme
from glmdesk.ui.header.header import Header
from glmdesk.ui.header.model_pill import label_of, series_of
from glmdesk.ui.header.ring import short_count
from glmdesk.ui.theme.theme import ThemeManager
from tests.helpers.screens import in_window, speak
from tests.helpers.typing_keys import commit, compose, press


def model(key: str, name: str, *, note: str = "", free: bool = False) -> Model:
    return Model(key, name, 131_072, 98_304, ThinkingRule.DYNAMIC, retired_note=note, free=free)


MODELS = [
    model("glm-4.5", "GLM-4.5", note="模型将在 2026 年下线"),
    model("glm-4.5-flash", "GLM-4.5-Flash", free=True),
    model("glm-4.6", "GLM-4.6"),
]


@pytest.fixture
def header(qtbot: QtBot, theme: ThemeManager) -> Header:
    header = Header(theme=theme)
    in_window(qtbot, header, width=900, height=300)
    header.setGeometry(0, 0, 900, 52)
    header.set_models(MODELS, "glm-4.5")
    header.set_title("木星")
    return header


def heard(signal: object) -> list[object]:
    seen: list[object] = []
    signal.connect(lambda *given: seen.append(given[0] if given else None))  # type: ignore[attr-defined]
    return seen


@pytest.mark.parametrize(
    ("tokens", "text"),
    [(0, "0"), (950, "950"), (28_400, "28.4K"), (131_072, "128K"), (128_000, "128K"), (204_800, "200K"),
     (1_000_000, "1M"), (1_500_000, "1.5M")],
)  # fmt: skip
def test_counts_are_short(tokens: int, text: str) -> None:
    assert short_count(tokens) == text


def test_usage_is_hidden_until_known_and_told_in_full(header: Header) -> None:
    assert not header.usage.isVisible()
    header.set_usage(28_400, 131_072)
    assert header.usage.isVisible()
    assert header.usage.text == "28.4K / 128K"
    assert header.usage.accessibleName() == "窗口已用 28,400 / 131,072 tokens（22%）"


def test_a_narrow_header_keeps_the_ring_only(header: Header) -> None:
    header.set_usage(28_400, 131_072)
    header.resize(400, 52)
    assert header.usage.compact
    header.resize(900, 52)
    assert not header.usage.compact


def test_models_stand_by_series_with_their_notes(header: Header) -> None:
    menu = header.model.menu()
    assert [a.isSeparator() for a in menu.actions()] == [False, False, False, True, False]  # one generation, other ids
    assert [a.text() for a in menu.actions() if a.isCheckable()] == [
        "GLM-4.6", "GLM-4.5\t模型将在 2026 年下线", "GLM-4.5-Flash\t免费",
    ]  # fmt: skip
    assert [a.text().split("\t")[0] for a in menu.actions() if a.isChecked()] == ["GLM-4.5"]


def test_a_model_name_is_no_mnemonic() -> None:
    assert label_of(model("a&b", "A&B")) == "A&&B"
    assert series_of(model("qwen", "Qwen")) == "QWEN"


def test_choosing_a_model_is_told(header: Header) -> None:
    chosen = heard(header.model_chosen)
    next(a for a in header.model.menu().actions() if a.isCheckable() and a.text() == "GLM-4.6").trigger()
    assert chosen == ["glm-4.6"]


def test_another_id_can_be_typed_and_enter_while_composing_takes_nothing(header: Header) -> None:
    chosen = heard(header.model_chosen)
    header.model.ask_id()
    field = header.model.field
    field.clear()
    compose(field, "glm")
    press(field, Qt.Key.Key_Return)
    assert chosen == []
    assert field.isVisible()
    commit(field, "my-model")
    press(field, Qt.Key.Key_Return)
    assert chosen == ["my-model"]
    assert header.model.button.isVisible()


def test_an_unknown_model_shows_its_id(header: Header) -> None:
    header.set_models(MODELS, "a-very-long-model-id-of-a-local-server-with-a-path")
    assert header.model.button.text().endswith("…")
    assert "with-a-path" in header.model.button.accessibleName()


def test_the_title_is_renamed_in_place(header: Header) -> None:
    renamed = heard(header.rename)
    header.title.button.click()
    field = header.title.field
    field.clear()
    compose(field, "tu")
    press(field, Qt.Key.Key_Return)
    assert renamed == []
    commit(field, "土星")
    press(field, Qt.Key.Key_Return)
    assert renamed == ["土星"]
    assert header.title.button.isVisible()


def test_escape_and_an_empty_title_change_nothing(header: Header) -> None:
    renamed = heard(header.rename)
    header.title.start()
    header.title.field.setText("x")
    press(header.title.field, Qt.Key.Key_Escape)
    header.title.start()
    header.title.field.clear()
    press(header.title.field, Qt.Key.Key_Return)
    assert renamed == []


def test_without_a_conversation_there_is_nothing_to_rename(header: Header) -> None:
    header.set_title("", can_rename=False)
    header.title.button.click()
    assert not header.title.field.isVisible()
    assert header.title.button.text() == "新对话"


def test_the_toggle_is_there_while_the_sidebar_is_not(header: Header) -> None:
    toggled = heard(header.toggle_sidebar)
    assert not header.sidebar_button.isVisible()
    header.set_sidebar_shown(False)
    header.sidebar_button.click()
    assert len(toggled) == 1


def test_languages_and_names(qapp: QApplication, header: Header) -> None:
    header.set_title("")
    header.set_usage(1, 131_072)
    speak(qapp, Language.EN)
    assert header.title.button.text() == "New chat"
    assert header.model.button.accessibleName() == "Model: GLM-4.5"
    assert header.usage.accessibleName().startswith("1 of 131,072")
    reachable = [*header.findChildren(QAbstractButton), *header.findChildren(QLineEdit)]
    assert [w for w in reachable if not w.accessibleName()] == []


@pytest.mark.parametrize("zoom", [1.0, 1.3, 2.0])
def test_the_model_is_whole_where_there_is_room_and_ends_in_dots_where_there_is_little(
    header: Header, theme: ThemeManager, zoom: float
) -> None:
    theme.apply(Theme.LIGHT, zoom)
    header.set_models(MODELS, "glm-4.5-flash")
    header.set_title("一个很长很长的标题，" * 9)
    header.set_sidebar_shown(False)
    for width, whole in ((1_400, True), (900, True), (round(240 * zoom), False)):
        header.resize(width, 52)
        QApplication.processEvents()
        assert (header.model.button.text() == "GLM-4.5-Flash") == whole, width
        assert header.model.width() >= header.model.sizeHint().width()
        assert header.model.geometry().right() < width
        if not whole:
            assert header.model.button.text().endswith("…")
