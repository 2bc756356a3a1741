"""The composer as a whole: sending, stopping, drafts, templates, thinking, languages."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.domain.settings import Language, SendKey
from glmdesk.domain.template import Family, Template
from glmdesk.ui.composer.composer import Composer
from glmdesk.ui.theme.theme import ThemeManager
from tests.helpers.screens import in_window, speak
from tests.helpers.typing_keys import commit, compose, press

TEMPLATES = [
    Template("web/todo", Family.WEB, "待办网页", "一个可以打开的待办清单", "…"),
    Template("translation/tech", Family.TRANSLATION, "技术文档", "英译中，术语一致", "…"),
    Template("writing/dog", Family.WRITING, "小狗日记", "遇见松鼠的一天", "…"),
]


@pytest.fixture
def composer(qtbot: QtBot, theme: ThemeManager) -> Composer:
    composer = Composer(theme=theme)
    composer.set_model_name("GLM-4.5")
    composer.set_templates(lambda: TEMPLATES)
    in_window(qtbot, composer, width=800, height=600)
    composer.setGeometry(0, 420, 800, 180)
    composer.focus_editor()
    return composer


def heard(signal: object) -> list[object]:
    seen: list[object] = []
    signal.connect(lambda *arguments: seen.append(arguments[0] if arguments else None))  # type: ignore[attr-defined]
    return seen


def write(composer: Composer, text: str) -> None:
    composer.editor.textCursor().insertText(text)


def test_enter_sends_the_cleaned_text_and_the_owner_clears(composer: Composer) -> None:
    sent = heard(composer.send)
    write(composer, "你好\u2028世\x00界")
    press(composer.editor, Qt.Key.Key_Return)
    assert sent == ["你好\n世界"]
    assert composer.text  # nothing is lost until it is stored
    composer.clear()
    assert composer.text == ""


def test_after_a_click_on_send_the_next_words_can_be_typed(composer: Composer, qtbot: QtBot) -> None:
    composer.send.connect(lambda _: composer.clear())
    write(composer, "你好")
    qtbot.mouseClick(composer.send_button, Qt.MouseButton.LeftButton)
    assert composer.editor.hasFocus()


def test_enter_that_picks_a_word_sends_nothing(composer: Composer) -> None:
    sent = heard(composer.send)
    write(composer, "请问")
    compose(composer.editor, "nihao")
    press(composer.editor, Qt.Key.Key_Return)
    composer.send_button.click()
    assert sent == []
    commit(composer.editor, "你好")
    press(composer.editor, Qt.Key.Key_Return)
    assert sent == ["请问你好"]


def test_blank_text_is_not_sent(composer: Composer) -> None:
    sent = heard(composer.send)
    write(composer, "  \n ")
    press(composer.editor, Qt.Key.Key_Return)
    assert sent == []


def test_send_becomes_stop_in_place_and_enter_keeps_the_text(composer: Composer) -> None:
    sent, stopped = heard(composer.send), heard(composer.stop)
    before = composer.send_button.mapTo(composer, composer.send_button.rect().center())
    composer.set_busy(True)
    write(composer, "下一个问题")
    press(composer.editor, Qt.Key.Key_Return)
    assert sent == []
    assert composer.text == "下一个问题"
    assert composer.stop_button.isVisible()
    assert not composer.send_button.isVisible()
    assert composer.stop_button.mapTo(composer, composer.stop_button.rect().center()) == before
    composer.stop_button.click()
    assert len(stopped) == 1
    composer.set_busy(False)
    press(composer.editor, Qt.Key.Key_Return)
    assert sent == ["下一个问题"]


def test_a_focused_send_button_hands_the_focus_to_stop(composer: Composer) -> None:
    write(composer, "x")
    composer.send_button.setFocus()
    composer.set_busy(True)
    assert composer.stop_button.hasFocus()


def test_draft_is_told_after_a_pause_and_at_once_by_flush(qtbot: QtBot, composer: Composer) -> None:
    drafts = heard(composer.draft_changed)
    write(composer, "a")
    write(composer, "b")
    qtbot.waitUntil(lambda: drafts == ["ab"], timeout=2000)
    write(composer, "c")
    composer.flush()
    composer.flush()
    assert drafts == ["ab", "abc"]


def test_another_conversations_draft_is_not_told_back(composer: Composer) -> None:
    drafts = heard(composer.draft_changed)
    composer.set_text("草稿")
    composer.flush()
    assert drafts == []
    assert not composer.editor.document().isUndoAvailable()


def test_slash_opens_the_templates_filters_and_enter_chooses(composer: Composer) -> None:
    chosen, sent = heard(composer.template_chosen), heard(composer.send)
    write(composer, "/")
    assert composer.popup.isVisible()
    assert composer.popup.count() == 3
    write(composer, "小狗")
    assert composer.popup.count() == 1
    press(composer.editor, Qt.Key.Key_Return)
    assert chosen == ["writing/dog"]
    assert sent == []
    assert composer.text == ""
    assert not composer.popup.isVisible()


def test_arrows_move_in_the_list_and_escape_closes_it(composer: Composer) -> None:
    chosen = heard(composer.template_chosen)
    write(composer, "/")
    press(composer.editor, Qt.Key.Key_Down)
    press(composer.editor, Qt.Key.Key_Up)
    press(composer.editor, Qt.Key.Key_Up)
    press(composer.editor, Qt.Key.Key_Escape)
    assert not composer.popup.isVisible()
    assert composer.text == "/"
    write(composer, "待")
    press(composer.editor, Qt.Key.Key_Tab)
    assert chosen == ["web/todo"]


def test_the_list_does_not_open_while_composing_or_in_the_middle_of_a_text(composer: Composer) -> None:
    compose(composer.editor, "/")
    assert not composer.popup.isVisible()
    commit(composer.editor, "和/或")
    assert not composer.popup.isVisible()


def test_a_slash_that_matches_nothing_is_sent_as_text(composer: Composer) -> None:
    sent = heard(composer.send)
    write(composer, "/usr/bin 是什么")
    assert not composer.popup.isVisible()
    press(composer.editor, Qt.Key.Key_Return)
    assert sent == ["/usr/bin 是什么"]


def test_the_list_lies_inside_the_window_above_the_card(composer: Composer) -> None:
    write(composer, "/")
    popup = composer.popup.geometry()
    assert composer.window().rect().contains(popup)
    assert popup.bottom() < composer.mapTo(composer.window(), composer.card.geometry().topLeft()).y()


@pytest.mark.parametrize(
    ("can_think", "can_rest", "template", "enabled"),
    [
        (True, True, None, {"on", "off", "template"}),
        (False, True, None, {"off"}),
        (False, True, False, {"off", "template"}),
        (True, False, None, {"on", "template"}),
        (True, False, False, {"on"}),
    ],
)
def test_thinking_states_a_model_does_not_have_are_greyed_with_the_reason(
    composer: Composer, can_think: bool, can_rest: bool, template: bool | None, enabled: set[str]
) -> None:
    reason = "composer.reason.always_thinks" if can_think else "composer.reason.never_thinks"
    composer.set_thinking(
        ThinkingChoice.ON, can_think=can_think, can_rest=can_rest, template_state=template, reason_id=reason
    )
    buttons = {choice.value: composer.thinking.segments.button(choice.value) for choice in ThinkingChoice}
    assert {name for name, button in buttons.items() if button.isEnabled()} == enabled
    assert all("模型" in button.toolTip() for button in buttons.values() if not button.isEnabled())


def test_choosing_a_thinking_state_is_told(composer: Composer) -> None:
    chosen = heard(composer.thinking_chosen)
    composer.thinking.segments.button("off").click()
    assert chosen == ["off"]


def test_tokens_are_estimated_at_most_every_300_ms(qtbot: QtBot, composer: Composer) -> None:
    counted: list[int] = []
    original: Callable[[], None] = composer._estimate
    composer._estimate_timer.timeout.disconnect()
    composer._estimate_timer.timeout.connect(lambda: (counted.append(1), original()))
    for _ in range(200):
        write(composer, "字")
        QApplication.processEvents()
    qtbot.waitUntil(lambda: "约 133 tokens" in composer.hint.text, timeout=3000)
    assert len(counted) <= 5


def test_the_hint_names_the_send_key_and_gives_way_when_narrow(composer: Composer) -> None:
    assert composer.hint.shown == "Enter 发送，Shift+Enter 换行"
    composer.set_send_key(SendKey.CTRL_ENTER)
    assert "Ctrl+Enter" in composer.hint.shown
    composer.hint.resize(20, 20)
    assert composer.hint.shown == ""


def test_a_capped_paste_says_so_until_the_next_key(qtbot: QtBot, composer: Composer) -> None:
    composer.editor.replace_text("长" * 300_000)
    qtbot.waitUntil(lambda: "200,000" in composer.hint.text)
    composer.editor.selectAll()
    write(composer, "短")
    qtbot.waitUntil(lambda: "200,000" not in composer.hint.text)


def test_language_switch_reaches_every_text(qapp: QApplication, composer: Composer) -> None:
    assert composer.editor.placeholderText() == "给 GLM-4.5 发消息，输入 / 使用模板"
    assert composer.send_button.text() == "发送"
    speak(qapp, Language.EN)
    assert composer.editor.placeholderText() == "Message GLM-4.5, or type / for a template"
    assert composer.send_button.text() == "Send"
    assert composer.hint.text == "Enter to send, Shift+Enter for a new line"
    assert composer.thinking.segments.button("off").text() == "Don't think"


def test_everything_in_reach_has_a_name(composer: Composer) -> None:
    reachable = [*composer.findChildren(QAbstractButton), *composer.findChildren(QPlainTextEdit)]
    assert reachable
    assert [w for w in reachable if w.focusPolicy() != Qt.FocusPolicy.NoFocus and not w.accessibleName()] == []
