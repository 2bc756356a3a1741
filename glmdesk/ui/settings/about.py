"""About: version, licences, what is not collected."""

from __future__ import annotations

import platform

from PySide6.QtCore import qVersion

from glmdesk import __version__
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.settings.licences import Licences
from glmdesk.ui.settings.section import Section
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.label import PlainLabel


class AboutSection(Section):
    """The program in five sentences, and the licences of its parts."""

    title_id = "settings.section.about"

    def __init__(self, *, theme: ThemeManager, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__(theme=theme, desk=desk, tasks=tasks)
        versions = f"GLM Desk {__version__} · Qt {qVersion()} · Python {platform.python_version()}"
        self.versions = PlainLabel(versions, theme=theme, role="title")
        self.versions.setWordWrap(True)
        self.column.addWidget(self.versions)
        for text_id in ("licence", "qt", "icons", "privacy", "independent"):
            self.add_text(f"settings.about.{text_id}")
        self.licences = Licences(theme=theme)
        self.column.addWidget(self.licences)
        self.finish()
