"""A key for an endpoint: test it, store it in the keyring, say where it went."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import SecretError, UserError
from glmdesk.domain.ports import StoreKind
from glmdesk.domain.secret import Secret, key_problem
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import error_texts, tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.label import LabelRole, PlainLabel

# The key is right although this model cannot be paid with it: it is stored, and the sentence stays.
_KEY_IS_RIGHT = ("no_money", "too_many_requests", "model_busy", "no_model", "plan_lacks_model", "quota_used")


class KeyForm(QWidget):
    """`stored` after the key is safe (or kept for this session on the user's word)."""

    stored = Signal()

    def __init__(
        self,
        endpoint: Callable[[], Endpoint],
        *,
        theme: ThemeManager,
        endpoints: EndpointService,
        tasks: TaskOwner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._endpoint = endpoint
        self._endpoints = endpoints
        self._tasks = tasks
        self.field = LineEdit()
        self.eye = IconButton("eye", "welcome.show_key", theme=theme)
        self.button = Button("welcome.test_and_store", kind="primary")
        self.message = PlainLabel(role="faint", theme=theme)
        self._words: Callable[[], str] = str
        self.session_button = Button("welcome.this_session")
        self._lay_out(theme)
        self.field.submitted.connect(self.submit)
        self.button.clicked.connect(self.submit)
        self.eye.clicked.connect(self._toggle_echo)
        self.session_button.clicked.connect(self._keep_for_session)
        self.retranslate()

    def _lay_out(self, theme: ThemeManager) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.message.setWordWrap(True)
        self.message.hide()
        self.session_button.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self.field, 1)
        row.addWidget(self.eye)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addLayout(row)
        column.addWidget(self.message)
        column.addWidget(self.session_button)

    def submit(self) -> None:
        """Test and store; runs once at a time."""
        problem = key_problem(self.field.text().strip())
        if problem is not None:
            self._say(lambda: tr(problem), "error")
            return
        self._tasks.start("key.store", self._store(Secret(self.field.text().strip())))

    async def _store(self, key: Secret) -> None:
        self._set_busy(True)
        self.session_button.hide()
        self._say(lambda: tr("welcome.testing"), "muted")
        try:
            note = await self._test(key)
            kind = await self._endpoints.store_key(self._endpoint(), key)
            self._done(tr("welcome.stored", store=tr(f"welcome.store.{kind.value}")), note)
        except SecretError as error:
            self._say_error(error)
            self.session_button.show()
        except UserError as error:
            self._say_error(error)
        finally:
            self._set_busy(False)

    async def _test(self, key: Secret) -> str:
        try:
            await self._endpoints.test(self._endpoint(), key)
        except UserError as error:
            if error.info.kind not in _KEY_IS_RIGHT:
                raise
            return " ".join(error_texts(error.info))
        return ""

    def _keep_for_session(self) -> None:
        self._endpoints.keep_key_in_memory(self._endpoint(), Secret(self.field.text().strip()))
        self.session_button.hide()
        self._done(tr("welcome.stored", store=tr(f"welcome.store.{StoreKind.MEMORY.value}")), "")

    def _done(self, sentence: str, note: str) -> None:
        self.field.clear()
        self._say(lambda: f"{sentence} {note}".strip(), "good")
        self.stored.emit()

    def _say_error(self, error: UserError) -> None:
        info = error.info
        self._say(lambda: " ".join(error_texts(info)), "error")

    def _say(self, words: Callable[[], str], role: LabelRole) -> None:
        """`words` is asked again in another language."""
        self._words = words
        self.message.set_role(role)
        self.message.setText(words())
        self.message.show()

    def _set_busy(self, busy: bool) -> None:
        self.button.setEnabled(not busy)
        self.field.setReadOnly(busy)

    def _toggle_echo(self) -> None:
        hidden = self.field.echoMode() is QLineEdit.EchoMode.Password
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self.eye.set_icon("eye-off" if hidden else "eye", "welcome.hide_key" if hidden else "welcome.show_key")

    def retranslate(self) -> None:
        self.field.setPlaceholderText(tr("welcome.key_placeholder"))
        self.field.setAccessibleName(tr("welcome.key_name"))
        self.message.setText(self._words())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
