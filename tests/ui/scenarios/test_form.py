"""A template as a form."""

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from glmdesk.domain.conversation import Setup
from glmdesk.domain.settings import Language
from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS
from glmdesk.ui.scenarios.fields import (
    ChoiceField,
    Field,
    FileField,
    LongField,
    NumberField,
    SegmentField,
    SwitchField,
    TextField,
)
from glmdesk.ui.scenarios.form import TemplateForm
from glmdesk.ui.scenarios.preview import Kind, preview_runs
from glmdesk.ui.scenarios.text_file import MAX_BYTES, TextFileProblem, read_text_file
from glmdesk.ui.theme.theme import ThemeManager
from tests.helpers.screens import in_window, speak
from tests.helpers.typing_keys import commit, compose, press
from tests.ui.scenarios.samples import DOG, MINE, TRANSLATION


@pytest.fixture
def form(qtbot: QtBot, theme: ThemeManager) -> TemplateForm:
    form = TemplateForm(theme=theme, template=TRANSLATION)
    in_window(qtbot, form, width=1000, height=900)
    return form


F = TypeVar("F", bound=Field)


def part(form: TemplateForm, name: str, kind: type[F]) -> F:
    field = form.fields[name]
    assert isinstance(field, kind)
    return field


def heard(signal: object) -> list[tuple[object, ...]]:
    seen: list[tuple[object, ...]] = []
    signal.connect(lambda *given: seen.append(given))  # type: ignore[attr-defined]
    return seen


def test_every_kind_of_variable_has_its_field(form: TemplateForm) -> None:
    kinds: dict[str, type[Field]] = {
        "target": ChoiceField, "tone": SegmentField, "count": NumberField, "both": SwitchField, "terms": TextField,
        "file": FileField, "text": LongField,
    }  # fmt: skip
    assert {name: type(field) for name, field in form.fields.items()} == kinds
    assert form.values == TRANSLATION.defaults()


def test_values_come_from_the_fields(form: TemplateForm) -> None:
    fields = form.fields
    fields["target"].set_value("日语")
    segments = part(form, "tone", SegmentField)
    segments.segments.button("spoken").click()
    fields["count"].set_value("500")
    switch = part(form, "both", SwitchField)
    switch.box.click()
    fields["text"].set_value("一\n二")
    assert form.values | {"file": ""} == {
        "target": "日语", "tone": "spoken", "count": "500", "both": "true", "terms": "token = 令牌", "file": "",
        "text": "一\n二",
    }  # fmt: skip


def test_start_needs_what_is_required_and_goes_there(form: TemplateForm) -> None:
    started = heard(form.start)
    form.start_button.click()
    assert started == []
    assert form._problems["text"].isVisible()
    assert form._problems["text"].text() == "请填写这一项"
    field = part(form, "text", LongField)
    assert field.edit.hasFocus()
    field.set_value("Hello")
    form.start_button.click()
    setup, prompt = started[0]
    assert isinstance(setup, Setup)
    assert (setup.template_id, setup.template_thinking, setup.model) == ("translation/tech", False, "glm-4.5")
    assert prompt == TRANSLATION.fill(form.values)
    assert not form._problems["text"].isVisible()


def test_a_number_outside_its_range_is_not_started(form: TemplateForm) -> None:
    started = heard(form.start)
    form.fields["text"].set_value("x")
    form.fields["count"].set_value("10")
    form.start_button.click()
    assert started == []
    assert form._problems["count"].text() == "50 到 2000"


def test_what_is_missing_may_be_written_in_the_composer(form: TemplateForm) -> None:
    filled = heard(form.to_composer)
    form.composer_button.click()
    assert len(filled) == 1


def test_enter_in_a_line_starts_but_not_while_composing(form: TemplateForm) -> None:
    started = heard(form.start)
    form.fields["text"].set_value("x")
    field = part(form, "terms", TextField)
    compose(field.edit, "lingpai")
    press(field.edit, Qt.Key.Key_Return)
    assert started == []
    commit(field.edit, "令牌")
    press(field.edit, Qt.Key.Key_Return)
    assert len(started) == 1


def test_enter_in_a_long_field_breaks_the_line_and_ctrl_enter_starts(form: TemplateForm) -> None:
    started = heard(form.start)
    field = part(form, "text", LongField)
    field.edit.setFocus()
    field.edit.textCursor().insertText("a")
    press(field.edit, Qt.Key.Key_Return)
    field.edit.textCursor().insertText("b")
    assert field.value == "a\nb"
    assert started == []
    press(field.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(started) == 1


def test_escape_leaves_only_while_nothing_is_written(form: TemplateForm) -> None:
    left = heard(form.cancelled)
    form.fields["text"].set_value("x")
    press(form.start_button, Qt.Key.Key_Escape)
    assert left == []
    form.fields["text"].set_value("")
    press(form.start_button, Qt.Key.Key_Escape)
    assert len(left) == 1


def test_preview_shows_values_in_bold_and_names_what_is_open(theme: ThemeManager) -> None:
    runs = preview_runs(TRANSLATION, {**TRANSLATION.defaults(), "terms": "<b>{{text}}</b>"})
    values = [run.text for run in runs if run.kind is Kind.VALUE]
    assert "<b>{{text}}</b>" in values  # neither mark-up nor expanded again
    assert [run.text for run in runs if run.kind is Kind.OPEN] == ["{{ 原文 }}", "{{ 文件 }}"]
    assert [run.text.strip() for run in runs if run.kind is Kind.HEADING] == ["系统提示词", "你的消息"]


def test_preview_of_a_file_shows_its_beginning_only(theme: ThemeManager) -> None:
    runs = preview_runs(MINE, {"product": "长" * 50_000})
    assert max(len(run.text) for run in runs) < 1_300
    assert any("50,000" in run.text for run in runs)


def test_preview_follows_the_fields_and_counts_tokens(qtbot: QtBot, form: TemplateForm) -> None:
    before = form.tokens.text()
    form.fields["text"].set_value("很长的原文" * 50)
    qtbot.waitUntil(lambda: "很长的原文" in form.preview.toPlainText())
    assert form.tokens.text() != before
    cursor = form.preview.document().find("很长的原文")
    assert cursor.charFormat().fontWeight() >= 600


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("汉字，第二行\r\n完".encode(encoding))
    assert read_text_file(path) == "汉字，第二行\n完"


def test_files_that_cannot_be_used_are_refused_with_a_sentence(
    qtbot: QtBot, form: TemplateForm, tmp_path: Path
) -> None:
    large, binary, folder = tmp_path / "large.txt", tmp_path / "x.png", tmp_path / "dir"
    large.write_bytes(b"x" * (MAX_BYTES + 1))
    binary.write_bytes(b"\x89PNG\x00\x00")
    folder.mkdir()
    reasons: list[str] = []
    for path in (large, binary, folder, tmp_path / "absent"):
        with pytest.raises(TextFileProblem) as caught:
            read_text_file(path)
        reasons.append(caught.value.text_id.rpartition(".")[2])
    assert reasons == ["too_large", "not_text", "not_a_file", "not_a_file"]
    field = part(form, "file", FileField)
    field.take(large)
    qtbot.waitUntil(lambda: form._problems["file"].isVisible())
    assert form._problems["file"].text() == "文件超过 2 MB，请拆分后再选"


def test_a_chosen_file_is_the_value_and_can_be_taken_away(form: TemplateForm, tmp_path: Path) -> None:
    path = tmp_path / "原文.txt"
    path.write_text("内容", "utf-8")
    field = part(form, "file", FileField)
    field.take(path)
    assert form.values["file"] == "内容"
    assert field.note.text() == "原文.txt，2 个字"
    field.clear_button.click()
    assert form.values["file"] == ""


def test_a_narrow_form_stacks_its_halves(form: TemplateForm) -> None:
    assert form.halves.left.y() == form.halves.right.y()
    form.resize(600, 900)
    QApplication.processEvents()
    assert form.halves.right.y() > form.halves.left.y()
    assert form.horizontalScrollBar().maximum() == 0


def test_language_switch_keeps_what_was_written(qapp: QApplication, form: TemplateForm) -> None:
    form.fields["text"].set_value("写好的")
    speak(qapp, Language.EN)
    assert form.start_button.text() == "Start"
    assert form._labels["text"].text() == "原文 (required)"
    assert form.values["text"] == "写好的"


def test_everything_in_reach_has_a_name(form: TemplateForm) -> None:
    reachable = [w for kind in (QAbstractButton, QLineEdit, QComboBox) for w in form.findChildren(kind)]
    assert [w for w in reachable if not w.accessibleName()] == []


def test_a_template_without_variables_starts_at_once(qtbot: QtBot, theme: ThemeManager) -> None:
    form = TemplateForm(theme=theme, template=DOG)
    in_window(qtbot, form)
    started = heard(form.start)
    form.focus_first()
    assert form.start_button.hasFocus()
    form.start_button.click()
    assert started[0][1] == "写小狗的日记。"


def test_a_text_that_is_cut_says_so_until_it_is_edited(form: TemplateForm) -> None:
    field = part(form, "text", LongField)
    field.set_value("长" * (MAX_CHARACTERS + 1))
    assert len(field.value) == MAX_CHARACTERS
    assert field.note.isVisible()
    assert "200" in field.note.text()
    field.set_value("短")
    assert not field.note.isVisible()
