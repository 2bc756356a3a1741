"""Parts of blocks on the clipboard: whatever is selected, all three forms say the same words."""

from __future__ import annotations

import random

import pytest
from PySide6.QtGui import QTextDocument

from glmdesk.markup.document import parse
from glmdesk.ui.transcript import rich
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.table import TablePiece
from glmdesk.ui.transcript.clipboard import Copy
from glmdesk.ui.transcript.rich import MONO
from glmdesk.ui.transcript.selection import Place
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import pieces, reply, talk
from tests.ui.transcript.test_rich import body_of

MIXED = r"""## 标题 *斜* `码`

**注意：**甲乙，***粗斜* 只粗**，~~删~~ H<sub>2</sub>O，x<sup>2</sup>，<kbd>Ctrl</kbd>，``a`b``，[链 **粗** 接](https://e.example/a_(b))。
硬断<br>下一行 a**lp**ha snake_case_name

\# 不是标题

1\. 不是列表 \* 星 \_下\_ \$5 与 \$6 \<br> &amp;lt; \~~波\~~ a|b \[x\](y) \> 引

- 一
- 二

  二的第二段
  - 三 *斜*
    - 四
- [x] 五

7. 七
8. 八
   - 点
     1. 深
9. 九

> 引用 **粗**
>
> 第二段
> - 列

脚注[^1]。

[^1]: 说明 `码`

| 名 | **数** | 式 |
|:--|--:|:-:|
| `x\|y` | **1** | 一<br>二 |
| 长的词 | 2 | [链](https://e.example/) |
| 空 |  | 末 |

```python
def f(x):
    return "```"
```
"""


def letters(text: str) -> str:
    return "".join(ch for ch in text if ch.isalnum())


def copied(view: TranscriptView, number: int, start: int, end: int) -> Copy:
    view.selection.set(Place("a", number, start), Place("a", number, end))
    return view.selection.copy()


def select(view: TranscriptView, kind: type[Piece], first: str, last: str) -> Copy:
    """What is copied from some words to others of one piece."""
    item = view.stack.item("a")
    assert item is not None
    piece = next(p for p in pieces(view, "a", kind) if first in p.text(view.context))
    text = piece.text(view.context)
    return copied(view, item.pieces.index(piece), text.index(first), text.index(last) + len(last))


def test_random_parts_say_the_same_in_every_form(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", MIXED)))
    item = view.stack.item("a")
    assert item is not None
    readable = [(i, p) for i, p in enumerate(item.pieces) if p.length and p.reads_as_text]
    assert len(readable) >= 5
    chance = random.Random(11)
    for _ in range(600):
        number, piece = chance.choice(readable)
        start, end = sorted(chance.choices(range(piece.length + 1), k=2))
        copy = copied(view, number, start, end)
        markdown = "\n\n".join(rich.block_plain(block) for block in parse(copy.markdown))
        assert letters(markdown) == letters(copy.plain), (piece.text(view.context)[start:end], copy.markdown)
        document = QTextDocument()
        document.setHtml(copy.html)
        assert letters(document.toPlainText()) == letters(piece.text(view.context)[start:end]), copy.html


def test_parts_of_marked_words_keep_their_marks_and_spaces(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "甲 **粗 `码` *斜* 字** 乙 H<sub>2</sub>O [链 **粗**](https://e.example/a_(b))")))
    copy = select(view, ProsePiece, "粗 ", "链 ")

    assert copy.markdown == "**粗 `码` *斜* 字** 乙 H<sub>2</sub>O [链 ](<https://e.example/a_(b)>)"
    assert body_of(copy.html) == (
        f'<p><strong>粗 <code style="{MONO}">码</code> <em>斜</em> 字</strong> 乙 H<sub>2</sub>O '
        '<a href="https://e.example/a_(b)">链 </a></p>'
    )


def test_white_space_stays_outside_the_marks(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "**one two three**")))

    assert select(view, ProsePiece, "one", "two ").markdown == "**one two** "
    assert select(view, ProsePiece, " two", "two").markdown == " **two**"


def test_words_that_look_like_marks_stay_words(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", MIXED)))

    assert select(view, ProsePiece, "# 不", "是标题").markdown == r"\# 不是标题"
    assert select(view, ProsePiece, "1. 不是列", "星 _下_ $5").markdown == r"1\. 不是列表 \* 星 \_下\_ \$5"
    assert select(view, ProsePiece, "snake_case", "name").markdown == "snake_case_name"


def test_a_part_of_a_nested_list_is_nested(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", MIXED)))
    copy = select(view, ProsePiece, "七", "深")

    assert copy.markdown == "7. 七\n8. 八\n   - 点\n     1. 深"
    assert copy.plain == "7. 七\n8. 八\n  - 点\n    1. 深"
    assert body_of(copy.html) == (
        '<ol><li value="7">七</li><li value="8">八<ul><li>点<ol><li value="1">深</li></ol></li></ul></li></ol>'
    )


def test_a_part_of_a_quotation_is_a_quotation(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", MIXED)))
    copy = select(view, ProsePiece, "用 粗", "列")

    assert copy.markdown == "> 用 **粗**\n>\n> 第二段\n>\n> - 列"
    assert body_of(copy.html) == (
        "<blockquote><p>用 <strong>粗</strong></p><p>第二段</p><ul><li>列</li></ul></blockquote>"
    )


def test_rows_of_a_table_are_a_table(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", MIXED)))
    copy = select(view, TablePiece, "1", "的词")

    assert copy.plain == "\t1\t一 二\n长的词\t\t"
    assert copy.markdown == "|  | **1** | 一<br>二 |\n| :-- | --: | :-: |\n| 长的词 |  |  |"
    assert body_of(copy.html) == (
        '<table border="1" cellspacing="0" cellpadding="5" style="border-collapse:collapse"><tbody>'
        '<tr><td style="text-align:left"></td><td style="text-align:right"><strong>1</strong></td>'
        '<td style="text-align:center">一<br>二</td></tr>'
        '<tr><td style="text-align:left">长的词</td><td style="text-align:right"></td>'
        '<td style="text-align:center"></td></tr></tbody></table>'
    )


def test_a_header_that_is_selected_stays_one(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", MIXED)))
    copy = select(view, TablePiece, "数", "x|y")

    assert copy.plain == "\t数\t式\nx|y\t\t"
    assert copy.markdown == "|  | 数 | 式 |\n| :-- | --: | :-: |\n| `x\\|y` |  |  |"
    assert copy.html.count("<th ") == 3


def test_words_of_one_cell_are_words(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", MIXED)))
    copy = select(view, TablePiece, "的", "词")

    assert (copy.plain, copy.markdown, body_of(copy.html)) == ("的词", "的词", "<p>的词</p>")


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("1. 一\n\n   二\n2. 三\n", "1. 一\n  二\n2. 三"),
        ("- 一\n\n- 二\n", "- 一\n- 二"),
        ("> 一\n>\n> 二\n", "一\n\n二"),
    ],
)
def test_whole_blocks_as_plain_words(make_view: MakeView, source: str, plain: str) -> None:
    view = make_view(talk(reply("a", source)))
    view.selection.select_all()

    assert view.selection.copy().plain == plain


def test_a_formula_without_a_picture_is_copied_as_a_formula(make_view: MakeView) -> None:
    view = make_view(talk(reply("a", "公式 $a<b$ 与 `a` 码\n\n| 一 | 二 |\n|---|---|\n| $x_1$ | 三 |\n")))
    prose, table = select(view, ProsePiece, "式", "码"), select(view, TablePiece, "x_1", "三")

    assert prose.markdown == prose.plain.replace(" a ", " `a` ") == "式 $a<b$ 与 `a` 码"
    assert table.plain == "$x_1$\t三"
    assert table.markdown == "| $x_1$ | 三 |\n| --- | --- |"
