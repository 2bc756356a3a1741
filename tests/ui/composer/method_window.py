"""A window with the real composer, for the test with a real input method: it reports on standard output."""

import sys

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from glmdesk.ui.composer.composer import Composer
from glmdesk.ui.theme.theme import ThemeManager

TITLE = "composer-under-test"


def say(*words: str) -> None:
    print(*words, flush=True)


def main() -> int:
    app = QApplication(sys.argv)
    window = QWidget()
    window.setWindowTitle(TITLE)
    composer = Composer(theme=ThemeManager(app), parent=window)
    QVBoxLayout(window).addWidget(composer)

    def report() -> None:
        if composer.editor.composing:
            say("composing", composer.text)
        elif composer.text:
            say("text", composer.text)

    composer.send.connect(lambda text: say("sent", text))
    composer.editor.textChanged.connect(report)
    app.focusChanged.connect(lambda _old, new: say("focus", type(new).__name__))
    window.resize(700, 300)
    window.show()
    composer.focus_editor()
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main())
