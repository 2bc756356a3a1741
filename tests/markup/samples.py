"""Texts that models write, and a strategy of pieces that can be put together in any order."""

from __future__ import annotations

from hypothesis import strategies as st

MIXED = """# 标题

**注意：**这个很重要。**「重要」**后面 **Python（语言）**是
换行 `code` 价格 $5 和 $6，$x^2$ 与 \\(a+b\\)。[ok][r] 注[^1]

$$
a
+ b
$$

1. **一**
   ```bash
   ls
   ```
   然后
2. 二
   - [x] done
   - [ ] todo
3. 三

| a | b |
|:-:|--:|
| 1 | *2* |

> quote
> - x
lazy

---
```python
def f():
    return "```"
```

    indented

[^1]: 注释

[r]: https://r.example
"""

PIECES = (
    "# Head\n",
    "text and **bold** words\n",
    "**注意：**这个\n",
    "a\nb\n",
    "\n",
    "\n\n",
    "- item\n",
    "- item\n  more\n",
    "  - nested\n",
    "* other\n",
    "1. one\n",
    "1. again\n",
    "7) seven\n",
    "   ```sh\n   ls\n   ```\n",
    "```python\nx = 1\n```\n",
    "```\n",
    "~~~\ncode\n",
    "````md\n```\n````\n",
    "> quote\n",
    "> > deep\n",
    "| a | b |\n",
    "|---|---|\n",
    "| 1 | 2 |\n",
    "---\n",
    "===\n",
    "***\n",
    "$$\n",
    "$$x$$\n",
    "$$x$$ words\n",
    "+ c\n",
    "= d\n",
    "\\[\n",
    "\\]\n",
    "\\[y\\]\n",
    "    indented\n",
    "[r]: /url\n",
    "[r]: https://r.example 'title'\n",
    "see [r] and [link](https://e.example)\n",
    "[^1]: note\n",
    "\t tab\n",
    "<br>\n",
    "$a$ and $5\n",
    "词" * 260 + "\n\n",
    "- [x] done\n",
    "- [ ] open\n",
    "~~gone~~ *so* _this_\n",
    "![alt](https://e.example/i.png)\n",
    "<https://e.example> <script>\n",
    "https://e.example/a_b, H<sub>2</sub>O\n",
    "note[^1] \\(a\\) $$b$$ \\[c\\]\n",
    "| **x** | `y` | $z$ |\n",
    "|:-:|--:|:--|\n",
    "> **「引用」**的\n> - 一\n",
    "a  \nb\\\nc\n",
    "[late][s]\n",
    "[s]: https://s.example\n",
    "# 标题 #\n",
    "标题\n---\n",
    "&amp; &#x202e; \u202e\n",
    "\r\n",
    "x",
    " ",
    "`",
    "*",
)


def texts() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join)
