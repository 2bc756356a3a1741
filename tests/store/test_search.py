from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glmdesk.domain.message import Status
from glmdesk.domain.part import AttachmentPart, TextPart
from tests.helpers.stored import answer, stored

TEXTS = {
    "key": "请检查你的密钥是否正确。",
    "broken": "这个机密，钥匙在门口",  # 密 and 钥 are apart: a comma stands between
    "english": "A server ERROR happened: see errors.log",
    "mixed": "调用 API 时 server 返回错误 500",
    "code": "C++ and c# with 100% of my_name \\ done",
    "rtl": "שלום עולם and مرحبا",
    "emoji": "完成了 👍🏽 很好",
    "kana": "こんにちは世界",
    "rare": "𠮷野家",
    "nul": "before\0after",
    "cyrillic": "Привет мир",
}


def found(query: str, limit: int = 50) -> set[str]:
    async def body() -> set[str]:
        async with stored() as store:
            await store.conversation(title="标题")
            for name, text in TEXTS.items():
                await store.say(text, name)
            return {hit.message_id for hit in await store.search(query, limit)}

    return asyncio.run(body())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("密", {"key", "broken"}),
        ("密钥", {"key"}),
        ("密，钥", {"broken"}),
        ("检查 正确", {"key"}),
        ("错误 server", {"mixed"}),
        ("返回错误 500", {"mixed"}),
        ("error", {"english"}),
        ("SERVER", {"english", "mixed"}),
        ("serv", {"english", "mixed"}),
        ("ror", {"english"}),
        ("rrors.lo", {"english"}),
        ("errors.log", {"english"}),
        ("C++", {"code"}),
        ("c#", {"code"}),
        ("100%", {"code"}),
        ("0%", {"code"}),
        ("my_name", {"code"}),
        ("m__name", set()),
        ("\\", {"code"}),
        ("。", {"key"}),
        ("שלום", {"rtl"}),
        ("مرحبا", {"rtl"}),
        ("👍🏽", {"emoji"}),
        ("にち", {"kana"}),
        ("𠮷", {"rare"}),
        ("after", {"nul"}),
        ("привет", {"cyrillic"}),
        ('"', set()),
        ('密" OR "钥', set()),
        ("NOT", set()),
        ("", set()),
        ("  \n ", set()),
        ("\ud800", set()),
        ("\0", set()),
        ("*", set()),
        ("没有这个", set()),
    ],
)
def test_a_query_finds_what_holds_it(query: str, expected: set[str]) -> None:
    assert found(query) == expected


def test_the_snippet_shows_where_the_hit_is() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation(title="标题")
            await store.say("很长的开头。" * 30 + "\n这里有密钥\n" + "很长的结尾。" * 30)
            (hit,) = await store.search("密钥")
            assert hit.snippet[hit.start : hit.end] == "密钥"
            assert hit.snippet.startswith("…")
            assert hit.snippet.endswith("…")
            assert "\n" not in hit.snippet
            assert len(hit.snippet) < 140
            assert hit.conversation_title == "标题"

    asyncio.run(body())


def test_the_bin_and_withdrawn_answers_are_not_found() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            await store.say("secret words")
            await store.add_message(answer("secret answer"))
            await store.save_message(answer("secret answer", status=Status.WITHDRAWN))
            assert [hit.message_id for hit in await store.search("secret")] == ["m"]
            await store.update("c", deleted_at=1.0)
            assert await store.search("secret") == []
            await store.update("c", deleted_at=None)
            assert len(await store.search("ecre")) == 1

    asyncio.run(body())


def test_a_changed_answer_is_found_by_its_new_words_only() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            await store.say("question")
            added = await store.add_message(answer("旧的文字"))
            await store.save_message(replace(added, parts=(TextPart("新的文字"),)))
            assert await store.search("旧的") == []
            assert len(await store.search("新的")) == 1

    asyncio.run(body())


def test_attachments_are_found_by_name_and_text() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            await store.say("", parts=(AttachmentPart("报告.docx", "text/plain", "收入增长"), TextPart("总结一下")))
            for query in ("报告", "增长", "总结", "docx"):
                assert len(await store.search(query)) == 1, query

    asyncio.run(body())


def test_the_newest_come_first_and_the_limit_holds() -> None:
    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            for number in range(40):
                await store.say(f"共同的词 {number}", str(number))
            assert [hit.message_id for hit in await store.search("共同", 3)] == ["39", "38", "37"]
            assert len(await store.search("共同", 100)) == 40
            assert await store.search("共同", 0) == []

    asyncio.run(body())


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(st.characters(), min_size=1, max_size=30), st.data())
def test_any_piece_of_any_text_is_found_and_any_query_is_safe(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : data.draw(st.integers(start + 1, len(text)))]

    async def body() -> None:
        async with stored() as store:
            await store.conversation()
            await store.say(text)
            hits = await store.search(piece)
            halved = any(0xD800 <= ord(char) < 0xE000 for char in text)
            assert hits or halved or not piece.replace("\0", " ").split()
            assert await store.search(f'{piece}" AND *') == []

    asyncio.run(body())
