"""Changing an endpoint: its name, dialect, address and model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.endpoint import DEFAULT_URLS, DialectName, Endpoint
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.scenarios.inputs import Combo
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel

CODING = (DialectName.BIGMODEL_CODING, DialectName.ZAI_CODING)
_FIELDS = ("name", "dialect", "address", "model")


def is_address(text: str) -> bool:
    """True for `http(s)://host[:port][/path]`."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


class EndpointForm(QWidget):
    """`save` gets the changed endpoint; a key stays with its host, so another host asks for one again."""

    def __init__(self, endpoint: Endpoint, *, theme: ThemeManager, save: Callable[[Endpoint], object]) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._save = save
        self.name, self.address, self.model = LineEdit(), LineEdit(), LineEdit()
        self.dialect = Combo(theme=theme)
        self.labels = [PlainLabel(role="muted", theme=theme) for _ in _FIELDS]
        self.message = PlainLabel(role="error", theme=theme)
        self.hint = PlainLabel(role="faint", theme=theme)
        self.cancel_button = Button("settings.endpoints.cancel")
        self.save_button = Button("settings.endpoints.save", kind="primary")
        self._lay_out(theme)
        self._connect()
        self.fill()
        self.retranslate()

    def _lay_out(self, theme: ThemeManager) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(theme.px(10))
        form.setHorizontalSpacing(theme.px(12))
        for label, name in zip(self.labels, _FIELDS, strict=True):
            label.setBuddy(getattr(self, name))
            form.addRow(label, getattr(self, name))
        for dialect in DialectName:
            self.dialect.addItem("", dialect.value)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), 0, 0)
        column.setSpacing(theme.px(10))
        column.addLayout(form)
        for label in (self.message, self.hint):
            label.setWordWrap(True)
            column.addWidget(label)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.dialect.activated.connect(self._dialect_chosen)
        self.cancel_button.clicked.connect(self._leave)
        self.save_button.clicked.connect(self.submit)
        for field in (self.name, self.address, self.model):
            field.submitted.connect(self.submit)
            field.cancelled.connect(self._leave)

    def fill(self) -> None:
        """Show what is saved."""
        self.name.setText(self._endpoint.name)
        self.address.setText(self._endpoint.base_url)
        self.model.setText(self._endpoint.model)
        self.dialect.setCurrentIndex(self.dialect.findData(self._endpoint.dialect.value))
        self.message.hide()

    def _leave(self) -> None:
        self.fill()
        self.hide()

    def _dialect_chosen(self) -> None:
        if usual := DEFAULT_URLS[DialectName(self.dialect.currentData())]:
            self.address.setText(usual)

    def submit(self) -> None:
        """Save when the address can be one; an empty name becomes the host."""
        address = self.address.cleaned.rstrip("/")
        if not is_address(address):
            self.message.setText(tr("error.bad_address.fix"))
            self.message.show()
            self.address.setFocus()
            return
        self.message.hide()
        changed = replace(
            self._endpoint,
            dialect=DialectName(self.dialect.currentData()),
            base_url=address,
            model=self.model.cleaned,
        )
        self._save(replace(changed, name=self.name.cleaned or changed.host))

    def retranslate(self) -> None:
        for label, name in zip(self.labels, _FIELDS, strict=True):
            text = tr("settings.endpoints.name" if name == "name" else f"welcome.field.{name}")
            label.setText(text)
            getattr(self, name).setAccessibleName(text)
        for place, dialect in enumerate(DialectName):
            self.dialect.setItemText(place, tr(f"welcome.dialect.{dialect.value}"))
        self.model.setPlaceholderText(tr("settings.endpoints.model_default"))
        self.hint.setText(tr("settings.endpoints.host_hint"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
