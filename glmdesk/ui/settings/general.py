"""General: language, theme, zoom, sidebar."""

from __future__ import annotations

from glmdesk.domain.settings import Language, Theme
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.settings.section import Section, choose
from glmdesk.ui.theme.theme import ThemeManager

_ZOOMS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)


class GeneralSection(Section):
    """How the window looks and speaks."""

    title_id = "settings.section.general"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        self.language = self.combo([(name.value, f"settings.language.{name.value}") for name in Language])
        self.look = self.combo([(name.value, f"settings.theme.{name.value}") for name in Theme])
        self.zoom = self.combo([(str(zoom), f"{zoom:.0%}") for zoom in _ZOOMS])
        self.add_row("settings.general.language", self.language)
        self.add_row("settings.general.theme", self.look)
        self.add_row("settings.general.zoom", self.zoom, "settings.general.zoom_hint")
        self.sidebar = self.toggle()
        self.add_row("settings.general.sidebar", self.sidebar)
        self.sidebar.clicked.connect(lambda: self.change(sidebar_visible=self.sidebar.isChecked()))
        self.language.activated.connect(lambda: self.change(language=Language(self.language.currentData())))
        self.look.activated.connect(lambda: self.change(theme=Theme(self.look.currentData())))
        self.zoom.activated.connect(lambda: self.change(zoom=float(self.zoom.currentData())))
        self.finish()

    def show_values(self) -> None:
        choose(self.language, self.settings.language.value)
        self.sidebar.setChecked(self.settings.sidebar_visible)
        choose(self.look, self.settings.theme.value)
        nearest = min(_ZOOMS, key=lambda zoom: abs(zoom - self.settings.zoom))
        choose(self.zoom, str(nearest))
