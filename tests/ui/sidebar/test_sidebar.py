"""The conversation list in the window: search, rename, keys, menu, bin, many rows."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLineEdit, QListView
from pytestqt.qtbot import QtBot

from glmdesk.domain.conversation import Conversation, SearchHit
from glmdesk.domain.message import Role
from glmdesk.domain.settings import Language
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.sidebar.sidebar import Shown, Sidebar
from glmdesk.ui.theme.theme import ThemeManager
from tests.helpers.screens import in_window, speak
from tests.helpers.typing_keys import commit, compose, press

NOW = datetime(2025, 11, 10, 14, 30, tzinfo=timezone(timedelta(hours=8)))
HIT = SearchHit("b", "盖茨比", "m7", Role.USER, "关于 <b>微笑</b> 的一段", 6, 8)


def conversation(key: str, title: str, *, hours: float = 1, pinned: bool = False, unread: bool = False) -> Conversation:
    at = (NOW - timedelta(hours=hours)).timestamp()
    return Conversation(key, title, pinned=pinned, unread=unread, updated_at=at)


ROWS = [
    conversation("p", "置顶的", pinned=True),
    conversation("a", "木星", hours=1),
    conversation("b", "盖茨比", hours=2),
    conversation("c", "", hours=30),
]


@pytest.fixture
def sidebar(qtbot: QtBot, theme: ThemeManager) -> Sidebar:
    sidebar = Sidebar(theme=theme, clock=lambda: NOW)
    in_window(qtbot, sidebar, width=264, height=700)
    sidebar.set_conversations(ROWS)
    sidebar.set_current("a")
    return sidebar


def heard(signal: object) -> list[object]:
    seen: list[object] = []
    signal.connect(lambda *given: seen.append(given if len(given) > 1 else given[0] if given else None))  # type: ignore[attr-defined]
    return seen


def shown(sidebar: Sidebar) -> list[str]:
    rows = sidebar.list.rows
    return [str(rows.index(at, 0).data()) for at in range(rows.rowCount())]


def editing(sidebar: Sidebar) -> LineEdit:
    found = sidebar.list.viewport().findChildren(LineEdit)
    assert len(found) == 1
    return found[0]


def click(view: QListView, at: QPoint) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def test_rows_stand_under_their_groups(sidebar: Sidebar) -> None:
    assert shown(sidebar) == ["置顶", "置顶的", "今天", "木星", "盖茨比", "昨天", "新对话"]


def test_a_click_opens(sidebar: Sidebar) -> None:
    opened = heard(sidebar.opened)
    view = sidebar.list
    click(view, view.visualRect(view.rows.index_of("b")).center() - QPoint(60, 0))
    assert opened == [("b", "")]


def test_the_menu_button_at_the_right_opens_no_conversation(sidebar: Sidebar) -> None:
    opened, view, asked = heard(sidebar.opened), sidebar.list, list[QPoint]()
    view._open_menu = lambda at: asked.append(at)  # the offscreen platform cannot show a menu
    click(view, view.delegate.more_rect(view.visualRect(view.rows.index_of("b"))).center())
    assert len(asked) == 1
    chosen = view.rows.conversation(view.currentIndex())
    assert chosen is not None
    menu = view.menu_for(chosen)
    assert [a.text() for a in menu.actions() if not a.isSeparator()] == [
        "重命名\tF2", "置顶", "复制一份", "导出 JSON", "删除\tDel",
    ]  # fmt: skip
    assert opened == []


def test_menu_actions_carry_the_conversation(sidebar: Sidebar) -> None:
    heard_all = {name: heard(getattr(sidebar, name)) for name in ("pin", "duplicate", "export", "delete")}
    for action in sidebar.list.menu_for(ROWS[0]).actions():
        action.trigger()
    assert heard_all == {"pin": [("p", False)], "duplicate": ["p"], "export": ["p"], "delete": ["p"]}


def test_arrows_skip_headers_and_enter_opens(sidebar: Sidebar) -> None:
    opened = heard(sidebar.opened)
    sidebar.list.setFocus()
    press(sidebar.list, Qt.Key.Key_Down)
    press(sidebar.list, Qt.Key.Key_Down)
    press(sidebar.list, Qt.Key.Key_Return)
    press(sidebar.list, Qt.Key.Key_Up)
    press(sidebar.list, Qt.Key.Key_Up)
    press(sidebar.list, Qt.Key.Key_Up)
    press(sidebar.list, Qt.Key.Key_Return)
    assert opened == [("c", ""), ("p", "")]


def test_delete_key_deletes_the_row_of_the_keyboard(sidebar: Sidebar) -> None:
    deleted = heard(sidebar.delete)
    sidebar.list.setFocus()
    press(sidebar.list, Qt.Key.Key_Delete)
    assert deleted == ["a"]


def test_f2_renames_in_place_and_enter_keeps(sidebar: Sidebar) -> None:
    renamed = heard(sidebar.rename)
    sidebar.list.setFocus()
    press(sidebar.list, Qt.Key.Key_F2)
    editor = editing(sidebar)
    assert editor.text() == "木星"
    editor.setText("  土星 ")
    press(editor, Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt commits an editor's text from its queue
    assert renamed == [("a", "土星")]
    assert sidebar.list.state() == QAbstractItemView.State.NoState


def test_enter_while_composing_a_title_renames_nothing(sidebar: Sidebar) -> None:
    renamed = heard(sidebar.rename)
    sidebar.list.rename_row(sidebar.list.rows.current_id)
    editor = editing(sidebar)
    editor.clear()
    compose(editor, "tuxing")
    press(editor, Qt.Key.Key_Return)
    press(editor, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert renamed == []
    assert editor.isVisible()
    commit(editor, "土星")
    press(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert renamed == [("a", "土星")]


def test_escape_leaves_the_title_as_it_was(sidebar: Sidebar) -> None:
    renamed = heard(sidebar.rename)
    sidebar.list.rename_row(sidebar.list.rows.current_id)
    editing(sidebar).setText("x")
    press(editing(sidebar), Qt.Key.Key_Escape)
    assert renamed == []


def test_news_while_renaming_wait_until_the_title_is_done(sidebar: Sidebar) -> None:
    sidebar.list.rename_row(sidebar.list.rows.current_id)
    sidebar.set_conversations([conversation("z", "新来的", hours=0.5), *ROWS])
    assert "新来的" not in shown(sidebar)
    press(editing(sidebar), Qt.Key.Key_Escape)
    assert "新来的" in shown(sidebar)


def test_search_is_told_after_a_pause_and_shows_hits(qtbot: QtBot, sidebar: Sidebar) -> None:
    searched, opened = heard(sidebar.search), heard(sidebar.opened)
    QTest.keyClicks(sidebar.field, "smile")
    qtbot.waitUntil(lambda: searched == ["smile"], timeout=2000)
    sidebar.set_hits("smil", [HIT, HIT])
    assert sidebar.stack.currentIndex() == Shown.LIST  # an older query's answer
    sidebar.set_hits("smile", [HIT])
    assert sidebar.stack.currentIndex() == Shown.HITS
    press(sidebar.field, Qt.Key.Key_Return)
    assert opened == [("b", "m7")]
    press(sidebar.field, Qt.Key.Key_Escape)
    assert sidebar.stack.currentIndex() == Shown.LIST


def test_enter_while_composing_a_search_opens_nothing(sidebar: Sidebar) -> None:
    opened, searched = heard(sidebar.opened), heard(sidebar.search)
    sidebar.field.setText("微")
    sidebar.set_hits("微", [HIT])
    compose(sidebar.field, "xiao")
    press(sidebar.field, Qt.Key.Key_Return)
    assert (opened, searched) == ([], [])
    assert sidebar.field.text() == "微"


def test_down_goes_from_the_search_into_the_hits(sidebar: Sidebar) -> None:
    opened = heard(sidebar.opened)
    sidebar.field.setText("微")
    sidebar.set_hits("微", [HIT])
    press(sidebar.field, Qt.Key.Key_Down)
    assert sidebar.hits.hasFocus()
    press(sidebar.hits, Qt.Key.Key_Return)
    assert opened == [("b", "m7")]


def test_no_hits_and_no_conversations_say_so(sidebar: Sidebar) -> None:
    sidebar.field.setText("没有<b>的")
    sidebar.set_hits("没有<b>的", [])
    assert sidebar.stack.currentIndex() == Shown.EMPTY
    assert sidebar.note.what.text() == "没有找到「没有<b>的」"
    sidebar.field.clear()
    sidebar.set_conversations([])
    assert sidebar.note.what.text() == "还没有对话"


def test_bin_restores_and_asks_before_it_deletes_for_good(sidebar: Sidebar) -> None:
    restored, purged, emptied = heard(sidebar.restore), heard(sidebar.purge), heard(sidebar.empty_bin)
    asked = heard(sidebar.open_bin)
    sidebar.bin_button.click()
    assert len(asked) == 1
    sidebar.set_bin(ROWS[1:])
    sidebar.bin.list.menu_for(ROWS[1]).actions()[0].trigger()
    sidebar.bin.list.setFocus()
    press(sidebar.bin.list, Qt.Key.Key_Delete)
    assert purged == []
    assert sidebar.bin.confirm.cancel_button.hasFocus()
    sidebar.bin.confirm.confirm_button.click()
    sidebar.bin.empty_button.click()
    press(sidebar.bin.confirm.cancel_button, Qt.Key.Key_Escape)
    assert emptied == []
    sidebar.bin.empty_button.click()
    sidebar.bin.confirm.confirm_button.click()
    assert (restored, purged, len(emptied)) == (["a"], ["a"], 1)
    sidebar.set_bin([])
    assert sidebar.bin.empty_note.isVisible()
    sidebar.bin.back_button.click()
    assert sidebar.stack.currentIndex() == Shown.LIST


def test_a_row_of_the_bin_offers_to_be_taken_out_and_opened(sidebar: Sidebar) -> None:
    taken, restored = heard(sidebar.restore_open), heard(sidebar.restore)
    sidebar.bin_button.click()
    sidebar.set_bin(ROWS[1:])
    row = sidebar.bin.list.visualRect(sidebar.bin.list.rows.index_of("a")).center()
    QTest.mouseClick(sidebar.bin.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert "恢复" in sidebar.bin.offer.question.text()
    press(sidebar.bin.offer.confirm_button, Qt.Key.Key_Escape)
    assert sidebar.bin.offer.isHidden()
    sidebar.bin.list.setFocus()
    press(sidebar.bin.list, Qt.Key.Key_Return)
    press(sidebar.bin.list, Qt.Key.Key_Delete)
    assert sidebar.bin.offer.isHidden(), "one question at a time"
    press(sidebar.bin.list, Qt.Key.Key_Return)
    assert sidebar.bin.confirm.isHidden()
    assert sidebar.bin.offer.confirm_button.hasFocus()
    press(sidebar.bin.offer.confirm_button, Qt.Key.Key_Space)
    assert (taken, restored) == (["a"], [])
    assert sidebar.stack.currentIndex() == Shown.LIST


def test_two_thousand_conversations_paint_only_what_is_seen(qtbot: QtBot, sidebar: Sidebar) -> None:
    many = [conversation(f"k{at}", f"对话 {at}", hours=at) for at in range(2000)]
    begin = time.perf_counter()
    sidebar.set_conversations(many)
    QApplication.processEvents()
    assert time.perf_counter() - begin < 1
    view = sidebar.list
    view.verticalScrollBar().setValue(20_000)
    QApplication.processEvents()
    view.delegate.painted = 0
    view.viewport().repaint()
    assert 0 < view.delegate.painted < 40


def test_a_changed_list_keeps_scroll_and_keyboard_row(sidebar: Sidebar) -> None:
    many = [conversation(f"k{at}", f"对话 {at}", hours=at + 1) for at in range(500)]
    sidebar.set_conversations(many)
    view = sidebar.list
    view.setCurrentIndex(view.rows.index_of("k300"))
    view.verticalScrollBar().setValue(9_000)
    sidebar.set_conversations([conversation("new", "新", hours=0.1), *many])
    assert view.verticalScrollBar().value() == 9_000
    chosen = view.rows.conversation(view.currentIndex())
    assert chosen is not None
    assert chosen.id == "k300"


def test_language_switch_reaches_list_and_groups(qapp: QApplication, sidebar: Sidebar) -> None:
    speak(qapp, Language.EN)
    assert shown(sidebar)[:3] == ["Pinned", "置顶的", "Today"]
    assert sidebar.templates_button.text() == "Templates"
    assert sidebar.field.placeholderText().startswith("Search")
    assert sidebar.list.accessibleName() == "Chats"


def test_everything_in_reach_has_a_name_and_a_size(sidebar: Sidebar) -> None:
    sidebar.set_bin(ROWS)
    reachable = [w for kind in (QAbstractButton, QLineEdit, QListView) for w in sidebar.findChildren(kind)]
    assert len(reachable) > 8
    assert [w for w in reachable if not w.accessibleName()] == []
    small = [w for w in sidebar.findChildren(QAbstractButton) if w.isVisible() and min(w.width(), w.height()) < 28]
    assert small == []


def test_buttons_say_what_is_wanted(sidebar: Sidebar) -> None:
    wanted = {
        "new_chat": sidebar.new_button,
        "open_templates": sidebar.templates_button,
        "open_settings": sidebar.settings_button,
        "collapse": sidebar.collapse_button,
    }
    for name, button in wanted.items():
        seen = heard(getattr(sidebar, name))
        button.click()
        assert len(seen) == 1
