"""What other programs are handed: golden rich text, plain text and Markdown of whole blocks and of parts."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.rich import MONO
from glmdesk.ui.transcript.selection import Place
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import pieces, reply, talk, user

CASES = {
    "heading": ("## 标题 & <b>", "<h2>标题 &amp; &lt;b&gt;</h2>", "标题 & <b>"),
    "emphasis": (
        "**注意：**这是*斜体*、~~删除~~和 `a < b`",
        f'<p><strong>注意：</strong>这是<em>斜体</em>、<s>删除</s>和 <code style="{MONO}">a &lt; b</code></p>',
        "注意：这是斜体、删除和 a < b",
    ),
    "lists": (
        "- 一\n  - 二\n- 三\n\n3. 丙\n4. 丁\n",
        '<ul><li>一<ul><li>二</li></ul></li><li>三</li></ul><ol start="3"><li>丙</li><li>丁</li></ol>',
        "- 一\n  - 二\n- 三\n\n3. 丙\n4. 丁",
    ),
    "code": (
        '```python\nif a < b:\n    print("好")\n```',
        f'<pre style="{MONO};background:#f6f8fa;padding:6pt;white-space:pre-wrap">'
        "if a &lt; b:\n    print(&quot;好&quot;)</pre>",
        'if a < b:\n    print("好")',
    ),
    "table": (
        "| 名 | 数 |\n|---|--:|\n| `x` | **1** |\n",
        '<table border="1" cellspacing="0" cellpadding="5" style="border-collapse:collapse"><thead><tr>'
        '<th style="text-align:left;background:#f0f2f5;font-weight:bold">名</th>'
        '<th style="text-align:right;background:#f0f2f5;font-weight:bold">数</th></tr></thead><tbody><tr>'
        f'<td style="text-align:left"><code style="{MONO}">x</code></td>'
        '<td style="text-align:right"><strong>1</strong></td></tr></tbody></table>',
        "名\t数\nx\t1",
    ),
    "link": (
        "[文档](https://e.example/a?b=1&c=2) <script>",
        '<p><a href="https://e.example/a?b=1&amp;c=2">文档</a> &lt;script&gt;</p>',
        "文档 <script>",
    ),
    "formula": ("$$\nx < y\n$$", f'<p><code style="{MONO}">$$\nx &lt; y\n$$</code></p>', "x < y"),
    "quote": (
        "> 引用\n",
        "<blockquote><p>引用</p></blockquote>",
        "引用",
    ),
}


def body_of(html: str) -> str:
    found = re.fullmatch(r'<html><head><meta charset="utf-8"></head><body>(.*)</body></html>', html, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", CASES)
def test_golden_rich_and_plain_text(make_view: MakeView, name: str) -> None:
    source, html, plain = CASES[name]
    view = make_view(talk(reply("a", source)))
    view.selection.select_all()
    copy = view.selection.copy()

    assert body_of(copy.html) == html
    assert copy.plain == plain
    assert copy.markdown == source.strip("\n")


def test_the_clipboard_has_all_three_forms(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "问"), reply("a", "**答**")))
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    mime = QGuiApplication.clipboard().mimeData()

    assert mime.text() == "问\n\n答"
    assert bytes(mime.data("text/markdown").data()).decode() == "问\n\n**答**"
    assert body_of(mime.html()) == "<p>问</p><p><strong>答</strong></p>"


def test_the_menu_copies_one_form_alone(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "**答**")))
    view.selection.select_all()
    view.commands._copy_markdown()
    assert QGuiApplication.clipboard().text() == "**答**"
    assert not QGuiApplication.clipboard().mimeData().hasHtml()
    view.commands._copy_plain()

    assert QGuiApplication.clipboard().text() == "答"


def test_no_image_no_script_and_no_other_scheme_is_ever_copied(make_view: MakeView) -> None:
    hostile = (
        "![x](https://evil.example/a.png) ![y](/etc/passwd) <img src=file:///a> <script>1</script>"
        ' [js](javascript:alert(1)) `"><img>`\n\n| ![z](https://e.example/z.png) |\n|---|\n| <svg onload=1> |\n'
    )
    view = make_view(talk(user("u", hostile), reply("a", hostile, hostile)))
    view.selection.select_all()
    html = view.selection.copy().html

    assert not re.search(r"<(?:img|script|svg|iframe|link|style)\b", html, re.IGNORECASE)
    assert not re.search(r'(?:href|src)="(?!https?:|mailto:)', html)
    assert " src=" not in re.sub(r"&lt;.*?&gt;", "", html)


def select(view: TranscriptView, kind: type[Piece], words: str) -> None:
    """Select the first time some words stand in a piece."""
    (piece,) = pieces(view, "a", kind)
    item = view.stack.item("a")
    assert item is not None
    number = item.pieces.index(piece)
    start = piece.text(view.context).index(words)
    view.selection.set(Place("a", number, start), Place("a", number, start + len(words)))


def test_a_part_keeps_its_look_in_all_forms(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "开头 **粗😀体** 与 `code*` 和 [链](https://e.example/) 结尾")))
    select(view, ProsePiece, "头 粗😀\0体 与 code* 和 链")
    copy = view.selection.copy()

    assert copy.plain == "头 粗😀体 与 code* 和 链"
    assert copy.markdown == "头 **粗😀体** 与 `code*` 和 [链](https://e.example/)"
    assert body_of(copy.html) == (
        f'<p>头 <strong>粗😀体</strong> 与 <code style="{MONO}">code*</code> 和 <a href="https://e.example/">链</a></p>'
    )


def test_a_part_of_a_list_is_a_list(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "前言\n\n1. 一\n2. 二\n   - 三\n\n结尾")))
    select(view, ProsePiece, "前言\u2029一\u2029二\u2029三")
    copy = view.selection.copy()

    assert copy.markdown == "前言\n\n1. 一\n2. 二\n   - 三"
    assert body_of(copy.html) == ('<p>前言</p><ol><li value="1">一</li><li value="2">二<ul><li>三</li></ul></li></ol>')


def test_a_thought_is_copied_as_a_quotation(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "答", "想一\n想二")))
    item = view.stack.item("a")
    assert item is not None
    item.choose_fold(view.context, True, item.pieces[0])
    view.stack.sync(item)
    view.arrange()
    select(view, ThinkingPiece, "想一\n想")
    copy = view.selection.copy()

    assert copy.markdown == "> 想一\n> 想"
    assert "<blockquote" in copy.html


def test_copying_all_of_a_long_chat_lays_nothing_out(make_view: MakeView) -> None:
    from tests.ui.transcript.talk import long_talk

    transcript = long_talk(200)
    view = make_view(transcript)
    view.selection.select_all()
    measured = view.context.measured
    copy = view.selection.copy()

    assert view.context.measured == measured
    assert copy.markdown.count("## 标题") == sum(row.message.text.count("## 标题") for row in transcript.rows)
