"""Heights, the document cache and painted lines on their own."""

from __future__ import annotations

import random

from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QFont, QImage, QTextDocument
from PySide6.QtWidgets import QApplication

from glmdesk.ui.transcript.documents import DocumentCache, SafeDocument
from glmdesk.ui.transcript.heights import Heights
from glmdesk.ui.transcript.lines import LineFont, LineText


def test_heights_agree_with_plain_sums() -> None:
    rng = random.Random(5)
    plain: list[int] = []
    heights = Heights()
    for _ in range(600):
        if plain and rng.random() < 0.5:
            index = rng.randrange(len(plain))
            plain[index] = rng.randint(1, 300)
            heights.set(index, plain[index])
        else:
            plain.append(rng.randint(1, 300))
            heights.append(plain[-1])
        index = rng.randrange(len(plain))
        assert heights.top(index) == sum(plain[:index])
        assert heights.find(sum(plain[:index])) == index
        assert heights.find(sum(plain[: index + 1]) - 1) == index
    assert heights.total == sum(plain)
    assert Heights(plain).top(len(plain) // 2) == sum(plain[: len(plain) // 2])
    assert heights.find(10**9) == len(plain) - 1


def test_the_cache_keeps_the_documents_used_last(qapp: QApplication) -> None:
    cache = DocumentCache(3)

    def fill(document: QTextDocument) -> None:
        document.setPlainText("x")

    first = cache.get("a", fill)
    for owner in "bca":
        cache.get(owner, fill)
    assert cache.get("a", fill) is first
    cache.get("d", fill)
    assert len(cache) == 3
    assert not cache.has("b")
    assert cache.has("a")


def test_a_document_gives_a_real_image_for_every_resource(qapp: QApplication) -> None:
    document = SafeDocument()
    for address in ("/dev/zero", "file:///etc/passwd", "http://e.example/x.png"):
        image = document.loadResource(2, QUrl(address))
        assert isinstance(image, QImage)
        assert image.width() == 1


def make_lines(*, wrap: bool) -> LineText:
    lines = LineText(LineFont(QFont(), 20, QColor("black"), wrap))
    lines.set_width(200)
    return lines


def test_lines_that_grow_measure_like_lines_made_at_once(qapp: QApplication) -> None:
    text = "短\n" + "长长的一行字" * 30 + "\n\n末 end of it"
    grown = make_lines(wrap=True)
    for end in range(1, len(text) + 1, 3):
        grown.set_text(text[:end])
        assert grown.height > 0
    grown.set_text(text)
    whole = make_lines(wrap=True)
    whole.set_text(text)
    assert grown.height == whole.height
    assert [grown.y_of(n) for n in range(len(text))] == [whole.y_of(n) for n in range(len(text))]


def test_unwrapped_lines_have_their_exact_height_without_layout(qapp: QApplication) -> None:
    lines = make_lines(wrap=False)
    lines.set_text("x = 1\n" * 50_000)
    assert lines.height == 20 * 50_001
    assert len(lines._layouts) == 0


def test_positions_go_to_points_and_back(qapp: QApplication) -> None:
    lines = make_lines(wrap=True)
    text = "一二三四五六七八九十" * 5 + "\nabc 😀 def"
    lines.set_text(text)
    for position in (0, 13, 31, len(text) - 1):
        y = lines.y_of(position)
        assert lines.position_at(0, y + 2) <= position
        assert lines.position_at(10_000, y + 2) >= position
