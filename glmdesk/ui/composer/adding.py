"""Adding files to the composer: from the button, a drop or a paste; each is read in the background."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject

from glmdesk.domain.part import AttachmentPart
from glmdesk.services.files import FileService
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.chips import Chip
from glmdesk.ui.composer.composer import Composer
from glmdesk.ui.composer.preview import PASTE, PreviewSheet
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.file_dialog import ask_for_files

_KINDS = "*.txt *.md *.csv *.json *.xml *.yaml *.toml *.log *.pdf *.docx *.pptx *.xlsx *.xls *.ods *.epub *.html *.htm"


class FileAdder(QObject):
    """Errors of reading go to the tasks' owner, who shows them; their chips go."""

    def __init__(self, files: FileService, composer: Composer, *, theme: ThemeManager, tasks: TaskOwner) -> None:
        super().__init__(composer)
        self._files = files
        self._composer = composer
        self._theme = theme
        self._tasks = tasks
        self._numbers = count(1)
        self.sheet: PreviewSheet | None = None
        composer.attach_button.clicked.connect(self.choose)
        composer.editor.files_given.connect(self.add)
        composer.editor.long_pasted.connect(self.add_paste)
        composer.chips.opened.connect(self.preview)

    def choose(self) -> None:
        """Ask for files."""
        kinds = [f"{tr('composer.files.all')} (*)", f"{tr('composer.files.kinds')} ({_KINDS})"]
        ask_for_files(self._composer.window(), tr("composer.files.title"), self.add, kinds=kinds)

    def add(self, paths: Sequence[Path]) -> None:
        """Read files; each has its chip at once."""
        for path in paths:
            chip = self._composer.chips.begin(path.name)
            self._tasks.start(f"files:{next(self._numbers)}", self._read(path, chip))
        self._composer.focus_editor()

    async def _read(self, path: Path, chip: Chip) -> None:
        chips = self._composer.chips
        try:
            found = await self._files.read(path)
        except BaseException:
            chips.remove(chip)
            raise
        chips.fill(chip, found.part, found.note)

    def add_paste(self, text: str) -> None:
        """A long paste becomes a chip; its preview can put it into the text."""
        taken = {part.name for part in self._composer.attachments}
        names = (tr("composer.paste.name", number=number) for number in count(1))
        self._composer.attach(AttachmentPart(next(name for name in names if name not in taken), PASTE, text))

    def preview(self, chip: Chip) -> None:
        """Show what will be sent."""
        if chip.part is None:
            return
        self.sheet = PreviewSheet(chip, self._composer.window(), theme=self._theme)
        self.sheet.removed.connect(lambda: self._composer.chips.remove(chip))
        self.sheet.wanted_inline.connect(lambda: self._put_inline(chip))
        self.sheet.show()
        self.sheet.close_button.setFocus()

    def _put_inline(self, chip: Chip) -> None:
        text = chip.part.text if chip.part is not None else ""
        self._composer.chips.remove(chip)
        self._composer.editor.textCursor().insertText(text)
        self._composer.focus_editor()
