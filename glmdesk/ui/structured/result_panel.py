"""The result of a run: what fits and what does not, as a tree, as a table, and as it came."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QMenu, QStackedWidget, QWidget

from glmdesk.domain.json_reply import Found
from glmdesk.domain.message import Status
from glmdesk.domain.structured import SchemaFault, Verdict, sentence
from glmdesk.domain.table import tables_of
from glmdesk.services.structured import Try, can_repair
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.structured.code_edit import CodeEdit
from glmdesk.ui.structured.error_strip import ErrorStrip
from glmdesk.ui.structured.table_pane import TablePane
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.facts import meta_words
from glmdesk.ui.widgets.announce import announce
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.card import Card
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.json_view import JsonView
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.segmented import Segmented

_VIEWS = ("tree", "table", "raw")
_HEIGHT = 300
_FAULT_ROWS = 5
KINDS = ("json", "csv", "xlsx")


class _Tries(Combo):
    """Wide enough for its texts where there is room."""

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(190), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(100), super().minimumSizeHint().height())


class ResultPanel(Card):
    """Shows the tries of a run. `wanted` carries what a button asks for: an Action, `repair` or `open_chat`."""

    wanted = Signal(str)
    export_wanted = Signal(str)  # one of KINDS
    copy_wanted = Signal()

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__(theme=theme)
        self._tries: Sequence[Try] = ()
        self._shown: tuple[str, str, Verdict | None] | None = None
        self._said = ""
        self._view = "tree"
        self._running = False
        self.title = PlainLabel(theme=theme, role="title")
        self.choice = _Tries(theme=theme)
        self.status = PlainLabel(theme=theme, role="faint")
        self.note = PlainLabel(theme=theme, role="faint")
        self.error = ErrorStrip(theme=theme)
        self.faults = QListView()
        self.fault_rows = QStringListModel(self)
        self.views = Segmented([(view, f"structured.view.{view}") for view in _VIEWS], theme=theme)
        self.tree = JsonView(theme=theme)
        self.table = TablePane(theme=theme)
        self.raw = CodeEdit(theme=theme, height=120, read_only=True)
        self.empty = PlainLabel(theme=theme, role="muted")
        self.meta = PlainLabel(theme=theme, role="faint")
        self.stack = QStackedWidget()
        self.buttons = {
            "repair": Button("structured.repair"),
            "continue": Button("structured.action.continue"),
            "copy": Button("structured.copy"),
            "export": Button("structured.export"),
            "open_chat": Button("structured.open_chat", kind="quiet"),
        }
        self._build()
        self._connect()
        self.show_tries((), running=False)
        theme.changed.connect(self._fit)
        self.retranslate()

    def _build(self) -> None:
        head = FlowLayout(gap=self._theme.px(8), last_right=True)
        head.addWidget(self.title)
        head.addWidget(self.choice)
        for label in (self.status, self.note, self.empty, self.meta):
            label.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.faults.setModel(self.fault_rows)
        self.faults.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.faults.setWordWrap(True)
        self.faults.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.faults.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for view in (self.tree, self.table, self.raw, self.empty):
            self.stack.addWidget(view)
        ways = QHBoxLayout()
        ways.addWidget(self.views)
        ways.addStretch(1)
        foot = QWidget()
        flow = FlowLayout(foot, gap=self._theme.px(8))
        for button in self.buttons.values():
            flow.addWidget(button)
        self.column.addLayout(head)
        for widget in (self.status, self.note, self.error, self.faults):
            self.column.addWidget(widget)
        self.column.addLayout(ways)
        self.column.addWidget(self.stack, 1)
        self.column.addWidget(self.meta)
        self.column.addWidget(foot)

    def _connect(self) -> None:
        self.views.chosen.connect(self._choose_view)
        self.choice.activated.connect(self._show_try)
        self.faults.clicked.connect(self._fault_chosen)
        self.faults.activated.connect(self._fault_chosen)
        self.error.wanted.connect(self.wanted)
        for name in ("repair", "continue", "open_chat"):
            self.buttons[name].clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
        self.buttons["copy"].clicked.connect(self.copy_wanted)
        self.buttons["export"].clicked.connect(self._open_menu)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind in KINDS:
            action = menu.addAction(tr(f"structured.save.{kind}"))
            action.triggered.connect(lambda _=False, kind=kind: self.export_wanted.emit(kind))
        button = self.buttons["export"]
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    # What is shown

    @property
    def current(self) -> Try | None:
        """The try that is shown."""
        place = self.choice.currentIndex()
        return self._tries[place] if 0 <= place < len(self._tries) else None

    @property
    def value(self) -> object:
        """The JSON value that is shown; None when there is none."""
        verdict = self.current.verdict if self.current else None
        return verdict.reply.value if verdict is not None and verdict.reply.found is not Found.NONE else None

    @property
    def has_value(self) -> bool:
        verdict = self.current.verdict if self.current else None
        return verdict is not None and verdict.reply.found is not Found.NONE

    def show_tries(self, tries: Sequence[Try], *, running: bool) -> None:
        """The answers so far; a new one is shown by itself."""
        grown = len(tries) != len(self._tries)
        self._tries, self._running = tries, running
        place = len(tries) - 1 if grown else self.choice.currentIndex()
        self.choice.clear()
        for number, answer in enumerate(tries):
            self.choice.addItem(self._name(number, answer))
        self.choice.setCurrentIndex(place)
        self.choice.setVisible(len(tries) > 1)
        self._show_try()

    def _name(self, number: int, answer: Try) -> str:
        name = tr("structured.try.first") if number == 0 else tr("structured.try.again", number=number)
        return f"{name} · {short_status(answer)}"

    def _show_try(self) -> None:
        answer = self.current
        verdict = answer.verdict if answer else None
        self._show_status(answer)
        self.error.show_error(answer.message.error.error if answer and answer.message.error else None)
        self._show_faults(verdict)
        words = meta_words(answer.message) if answer and not answer.live else ()
        self.meta.setText(" · ".join(words))
        self.meta.setVisible(bool(words))
        shown = (answer.message.id, answer.message.text, verdict) if answer else None
        if shown != self._shown:
            self._shown = shown
            self._show_value(answer)
        self._show_view()
        self._show_buttons(answer)

    def _show_status(self, answer: Try | None) -> None:
        self.status.setVisible(answer is not None)
        self.note.hide()
        if answer is None:
            return
        text = status_text(answer)
        verdict = answer.verdict
        self.status.setText(text)
        self.status.set_role("faint" if verdict is None else "good" if verdict.fits and not verdict.cut else "error")
        if verdict is not None and verdict.reply.found in (Found.FENCED, Found.AMONG, Found.MENDED):
            self.note.setText(tr(f"structured.found.{verdict.reply.found.value}"))
            self.note.show()
        if verdict is not None and text != self._said:
            self._said = text
            announce(self.status, text)

    def _show_faults(self, verdict: Verdict | None) -> None:
        faults = verdict.faults if verdict else ()
        lines = [fault_text(fault) for fault in faults]
        if verdict and verdict.more:
            lines.append(tr("structured.more", count=verdict.more))
        if lines != self.fault_rows.stringList():
            self.fault_rows.setStringList(lines)
        self.faults.setVisible(bool(lines))
        self._fit()

    def _show_value(self, answer: Try | None) -> None:
        if self.has_value and answer is not None and answer.verdict is not None:
            marks = {fault.path: sentence(fault, tr) for fault in answer.verdict.faults}
            self.tree.show_value(self.value, marks)
            self.table.show_tables(tables_of(self.value))
        text = answer.message.text if answer else ""
        if self.raw.text != text:
            self.raw.setPlainText(text)

    def show_live(self, text: str) -> None:
        """The words of the answer that comes in."""
        bar = self.raw.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        if text.startswith(self.raw.toPlainText()):
            cursor = self.raw.textCursor()
            cursor.movePosition(cursor.MoveOperation.End)
            cursor.insertText(text[len(self.raw.toPlainText()) :])
        else:
            self.raw.setPlainText(text)
        if at_end:
            bar.setValue(bar.maximum())

    def _choose_view(self, view: str) -> None:
        self._view = view
        self._show_view()

    def _show_view(self) -> None:
        """The user's choice; without a value there are only words, or nothing."""
        answer = self.current
        something = answer is not None and (self.has_value or answer.live or bool(answer.message.text))
        self.views.setVisible(something)
        self.views.set_enabled_options(_VIEWS if self.has_value else ("raw",))
        view = self._view if self.has_value else "raw"
        self.views.set_value(view)
        pages: dict[str, QWidget] = {"tree": self.tree, "table": self.table, "raw": self.raw}
        self.stack.setCurrentWidget(pages[view] if something else self.empty)
        self.empty.setText(tr("structured.empty") if answer is None else "")

    def _show_buttons(self, answer: Try | None) -> None:
        last = answer is not None and answer is self._tries[-1] and not self._running
        self.buttons["repair"].setVisible(last and can_repair(answer) if answer else False)
        cut = answer is not None and answer.verdict is not None and answer.verdict.cut
        self.buttons["continue"].setVisible(last and cut)
        for name in ("copy", "export"):
            self.buttons[name].setVisible(self.has_value)
        self.buttons["open_chat"].setVisible(answer is not None)

    def _fault_chosen(self, index: QModelIndex) -> None:
        row = index.row()
        verdict = self.current.verdict if self.current else None
        if verdict is not None and row < len(verdict.faults):
            self._choose_view("tree")
            self.tree.go_to(verdict.faults[row].path)

    # Looks

    def _fit_faults(self) -> None:
        """As high as its rows, and some of the next where there are many."""
        self.faults.doItemsLayout()
        rows = self.fault_rows.rowCount()
        edge = 2 * self.faults.frameWidth()  # with the padding of its style
        last = self.faults.visualRect(self.fault_rows.index(rows - 1, 0))
        top = self.faults.visualRect(self.fault_rows.index(0, 0)).top()
        most = _FAULT_ROWS * (self.faults.fontMetrics().height() + self._theme.px(10))
        height = min(last.bottom() + 1 - top, most)
        self.faults.setFixedHeight(height + edge)

    def _fit(self) -> None:
        px, tokens = self._theme.px, self._theme.tokens
        self.faults.setStyleSheet(
            f"QListView {{ background: {tokens.side}; border-radius: {px(8)}px; padding: {px(4)}px {px(12)}px; }}"
            f"QListView::item {{ padding: {px(4)}px 0; color: {tokens.text}; }}"
            f"QListView::item:selected {{ background: {tokens.accent_ground}; }}"
        )
        self._fit_faults()
        self.stack.setMinimumHeight(px(_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_faults()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr("structured.result"))
        self.choice.setAccessibleName(tr("structured.try.choose"))
        self.faults.setAccessibleName(tr("structured.faults"))
        self.views.setAccessibleName(tr("structured.views"))
        self.raw.setAccessibleName(tr("structured.view.raw"))
        for number, answer in enumerate(self._tries):
            self.choice.setItemText(number, self._name(number, answer))
        self._shown = None
        self._show_try()


def fault_text(fault: SchemaFault) -> str:
    """`$.items[0].price　应为数字，实为文字`"""
    return f"{fault.where}    {sentence(fault, tr)}"


def short_status(answer: Try) -> str:
    """A word or two for the list of tries."""
    verdict = answer.verdict
    if answer.live:
        return tr("structured.short.running")
    if verdict is None:
        return tr("structured.short.none")
    if verdict.faults:
        return tr("structured.short.faults", count=len(verdict.faults) + verdict.more)
    return tr("structured.short.fits" if verdict.fits and not verdict.cut else "structured.short.none")


def status_text(answer: Try) -> str:
    """One sentence about where a try stands."""
    verdict = answer.verdict
    if answer.live:
        return tr("structured.status.running")
    if verdict is None:
        stopped = answer.message.status is Status.STOPPED
        return tr("structured.status.stopped" if stopped else "structured.status.nothing")
    if verdict.reply.found is Found.PARTIAL or verdict.cut:
        key = "cut" if verdict.cut else "stopped" if answer.message.status is Status.STOPPED else "partial"
    elif verdict.reply.found is Found.BROKEN:
        key = "broken"
    elif verdict.reply.found is Found.NONE:
        key = "no_json"
    elif verdict.unchecked:
        key = "unchecked"
    else:
        key = "fits" if verdict.fits else "faults"
    return tr(f"structured.status.{key}", count=len(verdict.faults) + verdict.more)
