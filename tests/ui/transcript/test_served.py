"""Tools that ran at the service: results with their links, calls as cards that nobody answers."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from glmdesk.domain.part import Part, TextPart
from glmdesk.domain.server_tools import server_tool
from glmdesk.domain.settings import Language
from glmdesk.ui.i18n import switch_language
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.tool import ToolPiece
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import reply, talk, user

CALL = {"server_label": "天气", "name": "get", "arguments": '{"city": "北京"}', "output": {"words": "晴"}}
RESULTS = [
    {"title": "天气 <b>今天</b>", "link": "https://news.example/a"},
    {"title": "tnuocca\u202e", "link": "https://bank.example/b"},
    {"title": "本机", "link": "file:///etc/passwd"},
]


def shown(make_view: MakeView, *parts: Part) -> TranscriptView:
    return make_view(talk(user("u"), reply("a", "", parts=(*parts, TextPart("好。")))))


def test_a_call_of_the_service_is_a_card_with_its_arguments_and_result(make_view: MakeView) -> None:
    view = shown(make_view, server_tool("mcp", {"mcp": CALL}))
    item = view.stack.items[-1]
    (card,) = [piece for piece in item.pieces if isinstance(piece, ToolPiece)]
    assert card.label() == "服务端工具：天气.get"
    assert card.standing() == "完成"
    assert "北京" in card.accessible_text()
    assert "晴" in card.accessible_text()
    view.commands.run(item, card, "fold")
    assert card.opened
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    switch_language(app, Language.EN)
    QApplication.processEvents()
    assert card.opened, "it is the same card"
    assert card.label() == "Tool of the service: 天气.get"


def test_a_call_that_failed_at_the_service_says_so(make_view: MakeView) -> None:
    view = shown(make_view, server_tool("mcp", {"mcp": {"server_label": "天气", "error": "no route"}}))
    (card,) = [piece for piece in view.stack.items[-1].pieces if isinstance(piece, ToolPiece)]
    assert card.standing() == "出错"
    assert "no route" in card.accessible_text()


def test_what_a_search_found_is_listed_with_the_sites(make_view: MakeView) -> None:
    view = shown(make_view, server_tool("web_search", {"results": RESULTS}))
    found = next(piece for piece in view.stack.items[-1].pieces if isinstance(piece, ProsePiece))
    html = found.block.html
    assert "搜索到 3 个网页" in html
    assert "天气 &lt;b&gt;今天&lt;/b&gt;</a> · news.example" in html
    assert "\u202e" not in html
    assert "[U+202E]" in html
    assert "file:" not in html
