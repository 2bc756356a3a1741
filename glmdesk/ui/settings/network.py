"""Network: the proxy of every request."""

from __future__ import annotations

from glmdesk.domain.settings import ProxyMode
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.i18n import tr
from glmdesk.ui.settings.endpoint_form import is_address
from glmdesk.ui.settings.section import Section, choose
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.label import PlainLabel


class NetworkSection(Section):
    """System, none, or an address of one's own."""

    title_id = "settings.section.network"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.mode = self.combo([(mode.value, f"settings.proxy.{mode.value}") for mode in ProxyMode])
        self.address = LineEdit()
        self.keep_width(self.address, 280)
        self.address.setPlaceholderText("http://127.0.0.1:7890")
        self.problem = PlainLabel(theme=theme, role="error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.add_row("settings.network.proxy", self.mode, "settings.network.proxy_hint")
        self.add_row("settings.network.address", self.address)
        self.column.addWidget(self.problem)
        self.add_text("settings.network.certificates", role="faint")
        self.mode.activated.connect(self._mode_chosen)
        self.address.editingFinished.connect(self._address_given)
        self.finish()

    def _mode_chosen(self) -> None:
        mode = ProxyMode(self.mode.currentData())
        self.address.setEnabled(mode is ProxyMode.CUSTOM)
        if mode is not ProxyMode.CUSTOM or self._valid():
            self.change(proxy_mode=mode)
        else:
            self.address.setFocus()

    def _valid(self) -> bool:
        return is_address(self.address.cleaned)

    def _address_given(self) -> None:
        bad = not self._valid()
        self.problem.setText(tr("settings.network.bad_address"))
        self.problem.setVisible(bad)
        if not bad:
            self.change(proxy_mode=ProxyMode.CUSTOM, proxy_url=self.address.cleaned)

    def show_values(self) -> None:
        choose(self.mode, self.settings.proxy_mode.value)
        self.address.setEnabled(self.settings.proxy_mode is ProxyMode.CUSTOM)
        if not self.address.hasFocus():
            self.address.setText(self.settings.proxy_url)
