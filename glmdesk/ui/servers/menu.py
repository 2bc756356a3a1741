"""What servers offer in the `/` menu: prompts become the composer's text, resources become chips."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.servers import ServerPrompt, ServerResource
from glmdesk.services.servers import ServerService
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.composer import Composer
from glmdesk.ui.composer.line_edit import LineEdit
from glmdesk.ui.composer.popup import MenuEntry
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.sheet import Sheet


class ServerMenu(QObject):
    """Keeps the entries and does what is chosen. Errors go to the task's owner, who shows them."""

    def __init__(self, servers: ServerService, composer: Composer, *, theme: ThemeManager, tasks: TaskOwner) -> None:
        super().__init__(composer)
        self._servers = servers
        self._composer = composer
        self._theme = theme
        self._tasks = tasks
        self._offered: dict[str, ServerPrompt | ServerResource] = {}
        self.sheet: PromptSheet | None = None
        composer.extra_chosen.connect(self._chosen)

    def refresh(self) -> None:
        """Offer what there is now."""
        names = {config.id: config.name for config in self._servers.list()}
        self._offered = {f"mcp-prompt:{p.server_id}:{p.name}": p for p in self._servers.prompts()}
        self._offered |= {f"mcp-resource:{r.server_id}:{r.uri}": r for r in self._servers.resources()}
        self._composer.set_extras([_entry(key, item, names[item.server_id]) for key, item in self._offered.items()])

    def _chosen(self, entry_id: str) -> None:
        item = self._offered.get(entry_id)
        if isinstance(item, ServerResource):
            self._tasks.start(f"servers:read:{item.uri}", self._attach(item))
        elif item is not None and item.arguments:
            self._ask(item)
        elif item is not None:
            self._tasks.start("servers:prompt", self._fill(item, {}))

    async def _attach(self, resource: ServerResource) -> None:
        found = await self._servers.read(resource)
        self._composer.attach(AttachmentPart(found.name, found.media_type, found.text))
        self._composer.focus_editor()

    async def _fill(self, prompt: ServerPrompt, arguments: Mapping[str, str]) -> None:
        text = await self._servers.prompt(prompt, arguments)
        self._composer.editor.replace_text(text)
        self._composer.focus_editor()

    def _ask(self, prompt: ServerPrompt) -> None:
        def use(arguments: Mapping[str, str]) -> None:
            self._tasks.start("servers:prompt", self._fill(prompt, arguments))

        self.sheet = PromptSheet(prompt, use, self._composer.window(), theme=self._theme)
        self.sheet.show()
        self.sheet.first_field().setFocus(Qt.FocusReason.OtherFocusReason)


def _entry(key: str, item: ServerPrompt | ServerResource, server: str) -> MenuEntry:
    if isinstance(item, ServerPrompt):
        return MenuEntry(key, item.title, item.description, tr("servers.menu.prompt", server=server), item.name)
    family = tr("servers.menu.resource", server=server)
    return MenuEntry(key, item.name, item.description or item.uri, family, item.uri)


class PromptSheet(Sheet):
    """The arguments of a prompt, one field each; `use` gets those that were filled in."""

    def __init__(
        self,
        prompt: ServerPrompt,
        use: Callable[[Mapping[str, str]], None],
        parent: QWidget,
        *,
        theme: ThemeManager,
    ) -> None:
        super().__init__(parent, theme=theme)
        self._prompt = prompt
        self._use = use
        self.title = PlainLabel(theme=theme, role="title")
        self.title.setWordWrap(True)
        self.card.column.addWidget(self.title)
        self.fields = {argument.name: LineEdit() for argument in prompt.arguments}
        self._labels: list[PlainLabel] = []
        for argument in prompt.arguments:
            self._add(self.fields[argument.name], argument.description, theme)
        self.use_button = Button("servers.menu.use", kind="primary")
        self.cancel_button = Button("servers.menu.cancel")
        self.use_button.clicked.connect(self.submit)
        self.cancel_button.clicked.connect(self.close_sheet)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.use_button)
        self.card.column.addLayout(buttons)
        self.retranslate()
        self._check()

    def _add(self, field: LineEdit, description: str, theme: ThemeManager) -> None:
        label = PlainLabel(theme=theme, role="muted")
        label.setBuddy(field)
        self._labels.append(label)
        group = QVBoxLayout()
        group.setSpacing(theme.px(2))
        group.addWidget(label)
        group.addWidget(field)
        if description:
            hint = PlainLabel(description, theme=theme, role="faint")
            hint.setWordWrap(True)
            group.addWidget(hint)
        self.card.column.addLayout(group)
        field.textChanged.connect(self._check)
        field.submitted.connect(self.submit)
        field.cancelled.connect(self.close_sheet)

    def first_field(self) -> LineEdit:
        return next(iter(self.fields.values()))

    def _complete(self) -> bool:
        return all(self.fields[a.name].cleaned for a in self._prompt.arguments if a.required)

    def _check(self) -> None:
        self.use_button.setEnabled(self._complete())

    def submit(self) -> None:
        """Use the prompt once everything it needs is there."""
        if self._complete():
            self._use({name: field.cleaned for name, field in self.fields.items() if field.cleaned})
            self.close_sheet()

    def retranslate(self) -> None:
        self.title.setText(tr("servers.menu.title", name=self._prompt.title))
        for label, argument in zip(self._labels, self._prompt.arguments, strict=True):
            name = tr("servers.menu.required", name=argument.name) if argument.required else argument.name
            label.setText(name)
            self.fields[argument.name].setAccessibleName(name)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
