"""A long answer in mixed Markdown; the same size always gives the same text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

from glmdesk.demo import tokens

_TOPICS = ("潮汐", "河流", "季风", "沙丘", "冰川", "珊瑚", "火山", "极光")
_WORDS = ("tide", "river", "monsoon", "dune", "glacier", "coral", "volcano", "aurora")


def long_text(size: int) -> str:
    """Exactly `size` tokens of headings, prose, lists, code, tables, formulas and quotes."""
    return "".join(islice(_stream(), size))


def long_thought(size: int) -> str:
    """Exactly `size` tokens of thought."""
    lines = (f"第 {n} 步：先看{_TOPICS[n % 8]}的资料，再想它与{_TOPICS[(n + 3) % 8]}的关系。\n" for n in count(1))
    return "".join(islice((piece for line in lines for piece in tokens.pieces(line)), size))


def _stream() -> Iterator[str]:
    for number in count(1):
        yield from tokens.pieces(_section(number))


def _section(number: int) -> str:
    zh, en = _TOPICS[number % 8], _WORDS[number % 8]
    parts = (_prose, _bullets, _code, _table, _formula, _quote)
    return f"## {number}. {zh}（{en}）\n\n" + "\n\n".join(part(number, zh, en) for part in parts) + "\n\n"


def _prose(number: int, zh: str, en: str) -> str:
    return (
        f"**要点：**{zh}的变化有快有慢。第 {number} 组记录里，快的以小时计，慢的以百年计；两者叠在一起，"
        f"才是我们看到的样子。英文资料里常用 *{en}* 一词，检索时写作 `{en}_{number}`。\n\n"
        f"Measured by itself, one {en} says little. Section {number} compares {number + 2} of them, and the slow trend "
        "shows only after the daily noise is averaged out."
    )


def _bullets(number: int, zh: str, en: str) -> str:
    return (
        f"1. 收集：每天 {number % 24} 时取样\n   - 位置与高度\n   - 水温、风速\n2. 核对：去掉{zh}以外的影响\n"
        f"   - [x] 时间对齐\n   - [ ] 单位统一\n3. 发布：写成 {en}.csv"
    )


def _code(number: int, zh: str, en: str) -> str:
    return (
        f"```python\ndef mean_{en}_{number}(rows: list[float]) -> float:\n"
        f'    """{zh}的平均值。"""\n    if not rows:\n        raise ValueError("no rows")\n'
        f"    return sum(rows) / len(rows) + {number}\n```"
    )


def _table(number: int, zh: str, en: str) -> str:
    rows = "\n".join(
        f"| {zh}{row} | {en}-{row} | {number * row % 97} | {row / (number + 1):.3f} |" for row in range(1, 5)
    )
    return f"| 名称 | name | 次数 | 比例 |\n|---|:---|---:|---:|\n{rows}"


def _formula(number: int, zh: str, en: str) -> str:
    total = f"S_{{{number}}} = \\sum_{{k=1}}^{{{number}}} \\frac{{1}}{{k(k+1)}} = 1 - \\frac{{1}}{{{number + 1}}}"
    return f"其中 $a_{{{number}}} = \\frac{{1}}{{{number + 1}}}$，于是\n\n$${total}$$"


def _quote(number: int, zh: str, en: str) -> str:
    return f"> 记录比记忆可靠。\n>\n> — {zh}观测手册，第 {number} 页"
