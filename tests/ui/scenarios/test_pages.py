"""Start page, gallery and editor over the real template service."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.domain.changes import Changes
from glmdesk.domain.settings import Language
from glmdesk.domain.template import Family, VariableKind
from glmdesk.services.tasks import TaskOwner
from glmdesk.services.templates import TemplateService
from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS
from glmdesk.ui.scenarios.column import ColumnPage
from glmdesk.ui.scenarios.editor import TemplateEditor, blank_template
from glmdesk.ui.scenarios.gallery import Gallery
from glmdesk.ui.scenarios.start_page import StartPage
from glmdesk.ui.scenarios.templates_page import TemplatesPage
from glmdesk.ui.scenarios.variable_rows import choices_text, parse_choices
from glmdesk.ui.theme.theme import ThemeManager
from tests.helpers.screens import in_window, speak
from tests.helpers.typing_keys import compose, press
from tests.ui.scenarios.samples import DOG, MINE, TRANSLATION


def heard(signal: object) -> list[tuple[object, ...]]:
    seen: list[tuple[object, ...]] = []
    signal.connect(lambda *given: seen.append(given))  # type: ignore[attr-defined]
    return seen


def raise_it(error: BaseException) -> None:
    raise error


# --- start page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def start_page(qtbot: QtBot, theme: ThemeManager) -> StartPage:
    page = StartPage(theme=theme)
    in_window(qtbot, page, width=1000, height=800)
    return page


def test_seven_scenarios_and_my_templates_by_mouse_and_keyboard(start_page: StartPage) -> None:
    chosen, mine = heard(start_page.family_chosen), heard(start_page.my_templates)
    start_page.families[Family.WEB].click()
    start_page.families[Family.CHARACTER].setFocus()
    press(start_page.families[Family.CHARACTER], Qt.Key.Key_Return)
    press(start_page.mine, Qt.Key.Key_Space)
    assert chosen == [("web",), ("character",)]
    assert len(mine) == 1
    assert len(start_page.grid.cards) == 8


@pytest.mark.parametrize(("width", "columns"), [(1000, 4), (640, 3), (460, 2), (300, 1)])
def test_cards_stand_in_as_many_columns_as_fit(start_page: StartPage, width: int, columns: int) -> None:
    start_page.resize(width, 800)
    QApplication.processEvents()
    assert start_page.grid.columns() == columns
    assert start_page.horizontalScrollBar().maximum() == 0


def test_start_page_follows_the_language(qapp: QApplication, start_page: StartPage) -> None:
    assert start_page.question.text() == "今天想完成什么？"
    speak(qapp, Language.EN)
    assert start_page.families[Family.QA].accessibleName() == "Questions"


# --- gallery --------------------------------------------------------------------------------------------------------


@pytest.fixture
def gallery(qtbot: QtBot, theme: ThemeManager) -> Gallery:
    gallery = Gallery(theme=theme)
    in_window(qtbot, gallery, width=900, height=800)
    gallery.set_templates([TRANSLATION, DOG, MINE], [])
    return gallery


def titles(gallery: Gallery) -> list[str]:
    return [template.title for template in gallery.visible_templates()]


def test_filters_and_search_narrow_the_gallery(qtbot: QtBot, gallery: Gallery) -> None:
    assert titles(gallery) == ["技术文档", "我的<b>口号", "小狗日记"]
    gallery.filters.buttons["writing"].click()
    assert titles(gallery) == ["我的<b>口号", "小狗日记"]
    gallery.show_filter("mine")
    assert titles(gallery) == ["我的<b>口号"]
    gallery.show_filter("")
    gallery.field.setText("松鼠")
    qtbot.waitUntil(lambda: not gallery.sections[Family.TRANSLATION].isVisible())
    assert titles(gallery) == ["小狗日记"]


def test_enter_in_the_search_uses_the_first_but_not_while_composing(gallery: Gallery) -> None:
    used = heard(gallery.use)
    gallery.field.setText("小狗")
    compose(gallery.field, "riji")
    press(gallery.field, Qt.Key.Key_Return)
    assert used == []
    compose(gallery.field, "")
    press(gallery.field, Qt.Key.Key_Return)
    assert used == [("writing/dog",)]


def test_empty_states_say_what_to_do(gallery: Gallery) -> None:
    gallery.field.setText("没有的")
    gallery.refresh()
    assert gallery.note.what.text() == "没有找到「没有的」"
    gallery.show_filter("web")
    assert gallery.note.what.text() == "这里还没有模板"
    gallery.set_templates([DOG], [])
    gallery.show_filter("mine")
    assert gallery.note.what.text() == "还没有自己的模板"


def test_built_in_templates_cannot_be_deleted(gallery: Gallery) -> None:
    texts = [action.text() for action in gallery.menu_for(DOG).actions()]
    assert texts == ["使用", "复制后编辑", "复制一份", "导出"]
    assert gallery.menu_for(MINE).actions()[-1].text() == "删除"


def test_deleting_asks_first(gallery: Gallery) -> None:
    deleted = heard(gallery.delete)
    gallery.menu_for(MINE).actions()[-1].trigger()
    assert deleted == []
    assert gallery.confirm.question.text() == "删除模板「我的<b>口号」？不能恢复。"
    assert gallery.confirm.cancel_button.hasFocus()
    gallery.confirm.confirm_button.click()
    assert deleted == [("writing/mine",)]


# --- the page over the service --------------------------------------------------------------------------------------


def run_page(
    qtbot: QtBot,
    theme: ThemeManager,
    folder: Path,
    body: Callable[[TemplatesPage, TemplateService, TaskOwner], Awaitable[None]],
) -> None:
    async def main() -> None:
        tasks = TaskOwner(raise_it)
        news: list[Changes] = []
        service = TemplateService(folder, news.append)
        page = TemplatesPage(theme=theme, templates=service, tasks=tasks)
        in_window(qtbot, page, width=1000, height=900)
        await body(page, service, tasks)
        await tasks.close()

    asyncio.run(main())


async def ended(tasks: TaskOwner, key: str) -> None:
    for _ in range(500):
        if not tasks.running(key):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{key} still runs")


def test_a_template_is_created_used_copied_exported_and_deleted(
    qtbot: QtBot, theme: ThemeManager, tmp_path: Path
) -> None:
    async def body(page: TemplatesPage, service: TemplateService, tasks: TaskOwner) -> None:
        page.gallery.new_button.click()
        editor = page.stack.currentWidget()
        assert isinstance(editor, TemplateEditor)
        editor.title.setText("口号")
        editor.prompt.replace_text("给{{product}}写一句口号")
        editor.save_button.click()
        await ended(tasks, "template.save")
        assert page.stack.currentWidget() is page.gallery
        (made,) = [t for t in service.list("zh_CN") if not t.built_in]
        assert (made.title, [v.name for v in made.variables]) == ("口号", ["product"])

        started = heard(page.start)
        page.open_form(made.id)
        form = page.stack.currentWidget()
        form.fields["product"].set_value("耳机")  # type: ignore[union-attr]
        form.start_button.click()  # type: ignore[union-attr]
        assert started[0][1] == "给耳机写一句口号"
        assert page.stack.currentWidget() is page.gallery

        page.gallery.duplicate.emit(made.id)
        await ended(tasks, "template.change")
        page.export_path(made.id, tmp_path / "out.toml")
        await ended(tasks, "template.export")
        page.import_path(tmp_path / "out.toml")
        await ended(tasks, "template.change")
        assert len([t for t in service.list("zh_CN") if not t.built_in]) == 3
        page.gallery.delete.emit(made.id)
        await ended(tasks, "template.change")
        assert service.get(made.id) is None

    run_page(qtbot, theme, tmp_path / "templates", body)


def test_bad_files_are_listed_with_line_and_reason(qtbot: QtBot, theme: ThemeManager, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "bad.toml").write_text('title = "x"\nfamily = "nothing"\nprompt = "p"\n', "utf-8")

    async def body(page: TemplatesPage, service: TemplateService, tasks: TaskOwner) -> None:
        assert page.gallery.bad.isVisible()
        assert "bad.toml" in page.gallery.bad.lines.text()
        told = heard(page.told)
        page.import_path(folder / "bad.toml")
        await ended(tasks, "template.change")
        assert "bad.toml" in str(told[0][0])

    run_page(qtbot, theme, folder, body)


def test_the_editor_asks_for_title_prompt_and_a_real_temperature(
    qtbot: QtBot, theme: ThemeManager, tmp_path: Path
) -> None:
    async def body(page: TemplatesPage, service: TemplateService, tasks: TaskOwner) -> None:
        page.open_editor(blank_template())
        editor = page.stack.currentWidget()
        assert isinstance(editor, TemplateEditor)
        said: list[str] = []
        for change in (
            lambda: None,
            lambda: editor.title.setText("t"),
            lambda: (editor.prompt.replace_text("p"), editor.temperature.setText("1.5")),
        ):
            change()
            editor.save_button.click()
            said.append(editor.problem.text())
        assert said == ["请填写标题", "请填写提示词", "temperature 要在 0 到 1 之间"]
        compose(editor.title, "biaoti")
        press(editor.title, Qt.Key.Key_Return)
        assert not tasks.running("template.save")

    run_page(qtbot, theme, tmp_path / "templates", body)


def test_the_editor_keeps_what_it_does_not_show(qtbot: QtBot, theme: ThemeManager, tmp_path: Path) -> None:
    async def body(page: TemplatesPage, service: TemplateService, tasks: TaskOwner) -> None:
        page.open_editor(TRANSLATION)
        editor = page.stack.currentWidget()
        assert isinstance(editor, TemplateEditor)
        assert editor.template == TRANSLATION

    run_page(qtbot, theme, tmp_path / "templates", body)


def test_the_editor_follows_the_language_and_names_everything(
    qapp: QApplication, qtbot: QtBot, theme: ThemeManager, tmp_path: Path
) -> None:
    async def body(page: TemplatesPage, service: TemplateService, tasks: TaskOwner) -> None:
        page.open_editor(TRANSLATION)
        speak(qapp, Language.EN)
        editor = page.stack.currentWidget()
        assert isinstance(editor, TemplateEditor)
        assert editor.save_button.text() == "Save"
        assert editor.variables.rows[0].kind.itemText(list(VariableKind).index(VariableKind.CHOICE)) == "Choice"
        reachable = [w for kind in (QAbstractButton, QLineEdit, QComboBox) for w in page.findChildren(kind)]
        assert [w for w in reachable if not w.accessibleName()] == []

    run_page(qtbot, theme, tmp_path / "templates", body)


def test_choices_are_written_with_either_comma() -> None:
    assert parse_choices("a=甲，b、 c = 丙,") == (("a", "甲"), ("b", "b"), ("c", "丙"))
    assert parse_choices(choices_text((("a", "甲"), ("b", "b")))) == (("a", "甲"), ("b", "b"))


def test_a_prompt_that_is_too_long_for_its_field_says_so(qtbot: QtBot, theme: ThemeManager, tmp_path: Path) -> None:
    async def body() -> None:
        news: list[Changes] = []
        service, owner = TemplateService(tmp_path, news.append), TaskOwner(raise_it)
        long = replace(blank_template(), system="字" * (MAX_CHARACTERS + 1))
        editor = TemplateEditor(theme=theme, template=long, templates=service, tasks=owner)
        in_window(qtbot, editor)
        note = editor._notes[editor.system]
        assert note.isVisible()
        assert "200,000" in note.text()
        editor.system.replace_text("短")
        assert note.isHidden()

    asyncio.run(body())


def test_a_page_stays_where_it_is_when_its_scroll_bar_comes(qtbot: QtBot, theme: ThemeManager) -> None:
    page = ColumnPage(theme=theme, width=640)
    filling = QWidget()
    page.column.addWidget(filling)
    for width in (900, 500):
        in_window(qtbot, page, width=width, height=400)
        places = []
        for height in (100, 2_000, 100):
            filling.setFixedHeight(height)
            QApplication.sendPostedEvents()
            QApplication.processEvents()
            places.append((page.body.mapTo(page, page.body.rect().topLeft()).x(), page.body.width()))
        assert places[0] == places[1] == places[2]
