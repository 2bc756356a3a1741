"""Text documents near the viewport, and only there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument

CAPACITY = 64


class SafeDocument(QTextDocument):
    """A document that never opens a resource: a model-written image path could hang the program (faults.md §0.1)."""

    def __init__(self) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)

    def loadResource(self, type: int, name: QUrl | str) -> Any:  # noqa: A002
        # A real image: for none or a null one Qt goes on and opens the path itself.
        image = QImage(1, 1, QImage.Format.Format_ARGB32)
        image.fill(0)
        return image


class DocumentCache:
    """Least recently used documents by owner. `built` counts how many were ever made."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._documents: OrderedDict[Hashable, QTextDocument] = OrderedDict()
        self.built = 0

    def __len__(self) -> int:
        return len(self._documents)

    def get(self, owner: Hashable, make: Callable[[QTextDocument], None]) -> QTextDocument:
        """The owner's document; `make` fills a new one."""
        document = self._documents.get(owner)
        if document is None:
            document = SafeDocument()
            self.built += 1
            make(document)
            self._documents[owner] = document
            self._trim()
        self._documents.move_to_end(owner)
        return document

    def change(self, owner: Hashable, change: Callable[[QTextDocument], None]) -> None:
        """Change the owner's document where there is one."""
        document = self._documents.get(owner)
        if document is not None:
            change(document)

    def has(self, owner: Hashable) -> bool:
        return owner in self._documents

    def drop(self, owner: Hashable) -> None:
        self._documents.pop(owner, None)

    def clear(self) -> None:
        self._documents.clear()

    def _trim(self) -> None:
        while len(self._documents) > self._capacity:
            self._documents.popitem(last=False)
