"""The results of the web search that runs at the service (glm-api.md §7)."""

from __future__ import annotations

from typing import Any, cast

from glmdesk.demo.wire import Json

_RESULTS: tuple[Json, ...] = (
    {
        "icon": "",
        "title": "演示结果一 / Demo result one",
        "link": "https://example.com/one",
        "media": "example.com",
        "publish_date": "2025-07-28",
        "content": "这是预置的搜索结果。This search result is scripted.",
        "refer": "ref_1",
    },
    {
        "icon": "",
        "title": "演示结果二 / Demo result two",
        "link": "https://example.com/two",
        "media": "example.com",
        "publish_date": "2025-07-29",
        "content": "没有访问网络。No network was used.",
        "refer": "ref_2",
    },
)


def results(body: Json) -> dict[str, Any]:
    """`web_search` for the reply's top level when the request asks to see the results."""
    wanted = [
        cast(Json, tool.get("web_search") or {}) for tool in body.get("tools") or () if tool["type"] == "web_search"
    ]
    shown = any(options.get("enable") and options.get("search_result") for options in wanted)
    return {"web_search": list(_RESULTS)} if shown else {}
