"""The user's own or another compatible server: address, dialect, model, key if it wants one."""

from __future__ import annotations

import uuid

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from glmdesk.domain.endpoint import DEFAULT_URLS, DialectName, Endpoint
from glmdesk.domain.errors import SecretError, UserError
from glmdesk.domain.secret import Secret, key_problem
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel

_ORDER = (
    DialectName.VLLM,
    DialectName.SGLANG,
    DialectName.LLAMA_CPP,
    DialectName.OLLAMA,
    DialectName.DASHSCOPE,
    DialectName.ZAI,
    DialectName.BIGMODEL_CODING,
    DialectName.ZAI_CODING,
    DialectName.OPENAI,
)
_CODING = (DialectName.BIGMODEL_CODING, DialectName.ZAI_CODING)


class ServerForm(QWidget):
    """`saved` with the new endpoint's id, `back` without one."""

    saved = Signal(str)
    back = Signal()

    def __init__(
        self, *, theme: ThemeManager, endpoints: EndpointService, tasks: TaskOwner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._endpoints = endpoints
        self._tasks = tasks
        self.dialect = QComboBox()
        self.address, self.model, self.key = LineEdit(), LineEdit(), LineEdit()
        self.labels = [PlainLabel(role="muted", theme=theme) for _ in range(4)]
        self.note = PlainLabel(role="muted", theme=theme)
        self.message = PlainLabel(role="error", theme=theme)
        self.back_button = Button("welcome.back")
        self.save_button = Button("welcome.test_and_save", kind="primary")
        self._lay_out(theme)
        self.dialect.currentIndexChanged.connect(self._dialect_chosen)
        self.back_button.clicked.connect(self.back)
        self.save_button.clicked.connect(self.submit)
        for field in (self.address, self.model, self.key):
            field.submitted.connect(self.submit)
        self.retranslate()
        self._dialect_chosen()

    def _lay_out(self, theme: ThemeManager) -> None:
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        for name in _ORDER:
            self.dialect.addItem("", name.value)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(theme.px(10))
        form.setHorizontalSpacing(theme.px(12))
        for label, field in zip(self.labels, (self.dialect, self.address, self.model, self.key), strict=True):
            label.setBuddy(field)
            label.setMinimumHeight(field.sizeHint().height())  # stands on the middle of its field
            form.addRow(label, field)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back_button)
        buttons.addStretch(1)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        column.addLayout(form)
        for label in (self.note, self.message):
            label.setWordWrap(True)
            label.hide()
            column.addWidget(label)
        column.addLayout(buttons)

    @property
    def chosen(self) -> DialectName:
        return DialectName(self.dialect.currentData())

    def _dialect_chosen(self) -> None:
        self.address.setText(DEFAULT_URLS[self.chosen])
        self.note.setText(tr("welcome.coding_terms"))
        self.note.setVisible(self.chosen in _CODING)

    def submit(self) -> None:
        """Ask the server once; save it when it answers."""
        address, key = self.address.cleaned.rstrip("/"), self.key.text().strip()
        problem = key_problem(key) if key else None
        if not address.startswith(("http://", "https://")):
            self._say(tr("error.bad_address.fix"))
        elif problem is not None:
            self._say(tr(problem))
        else:
            endpoint = Endpoint(
                uuid.uuid4().hex[:12],
                tr(f"welcome.dialect.{self.chosen.value}"),
                self.chosen,
                address,
                needs_key=bool(key),
                model=self.model.cleaned,
            )
            self._tasks.start("endpoint.save", self._save(endpoint, Secret(key) if key else None))

    async def _save(self, endpoint: Endpoint, key: Secret | None) -> None:
        self.save_button.setEnabled(False)
        self.message.hide()
        try:
            await self._endpoints.test(endpoint, key)
            if key is not None:
                await self._store(endpoint, key)
            await self._endpoints.save(endpoint)
            self.saved.emit(endpoint.id)
        except UserError as error:
            self._say(" ".join(error_texts(error.info)))
        finally:
            self.save_button.setEnabled(True)

    async def _store(self, endpoint: Endpoint, key: Secret) -> None:
        try:
            await self._endpoints.store_key(endpoint, key)
        except SecretError as error:
            raise UserError(error.info) from error

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()

    def retranslate(self) -> None:
        for label, name in zip(self.labels, ("dialect", "address", "model", "key"), strict=True):
            text = tr(f"welcome.field.{name}")
            label.setText(text)
            getattr(self, name).setAccessibleName(text)
        for place, name in enumerate(_ORDER):
            self.dialect.setItemText(place, tr(f"welcome.dialect.{name.value}"))
        self.model.setPlaceholderText(tr("welcome.model_placeholder"))
        self.key.setPlaceholderText(tr("welcome.key_optional"))
        self.note.setText(tr("welcome.coding_terms"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
