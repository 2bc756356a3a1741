"""The texts of the window: `tr("composer.send")` in the chosen language, switched without a restart.

Switching sends Qt's own `LanguageChange` event, so a widget retranslates in `changeEvent` as Qt programs do.
"""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.settings import Language


class _Current:
    """The language in use; a QApplication has one, as it has one font."""

    catalogue: Catalogue | None = None
    qt_translator: QTranslator | None = None


def _catalogue() -> Catalogue:
    if _Current.catalogue is None:
        _Current.catalogue = Catalogue.load(Language.SYSTEM)
    return _Current.catalogue


def tr(text_id: str, /, **arguments: object) -> str:
    """The text for an id, `{name}` filled from the arguments."""
    return _catalogue().text(text_id, **arguments)


def language() -> Language:
    """The language in use: zh_CN or en, never `SYSTEM`."""
    return _catalogue().language


def locale() -> QLocale:
    """For dates and numbers."""
    return QLocale(language().value)


def data_size(count: int) -> str:
    """Bytes, as people read them: 7.1 kB, 20.0 MB."""
    return locale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def error_texts(info: ErrorInfo) -> tuple[str, str]:
    """(what happened, what to do), plain text."""
    return _catalogue().error(info)


def switch_language(app: QApplication, chosen: Language) -> None:
    """Load a language and tell every widget. Qt's own dialogs follow."""
    _Current.catalogue = Catalogue.load(chosen)
    if _Current.qt_translator is not None:
        app.removeTranslator(_Current.qt_translator)
    translator = QTranslator(app)
    translations = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator.load(f"qtbase_{_Current.catalogue.language.value}", translations)
    app.installTranslator(translator)  # Qt sends LanguageChange to every widget, also when nothing was loaded
    _Current.qt_translator = translator
