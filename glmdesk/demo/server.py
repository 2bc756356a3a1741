"""The embedded GLM server: routes, keys, and one turn after another."""

from __future__ import annotations

import json
from typing import cast

from glmdesk.demo import checks, http, planner, prompts, wire
from glmdesk.demo.errors import ApiError, error_body, message
from glmdesk.demo.http import Exchange
from glmdesk.demo.pieces import cut_pieces, limit_pieces
from glmdesk.demo.turn import Turn, answer_plain, answer_stream
from glmdesk.demo.wire import Json, Profile

BASES = ("/api/paas/v4", "/api/coding/paas/v4")
DEFAULT_RATE = 60.0  # tokens per second, about what a person sees of the real service
# GET /models lists no -flash ids although they work (glm-api.md §1).
_LISTED = ("glm-4.5", "glm-4.5-air", "glm-4.6", "glm-4.7", "glm-5", "glm-5-turbo", "glm-5.1", "glm-5.2", "glm-5.3")
_BAD_KEYS = {"invalid": "401", "wrong": "1000", "expired": "1003", "unfunded": "1113"}
_REROUTED = {"glm-4.5-flash": "glm-4.7-flash"}  # since 2026-01-30 (glm-api.md §9)


class DemoServer:
    """Answers requests in one profile at one rate."""

    def __init__(self, *, rate: float = DEFAULT_RATE, profile: Profile = Profile.MARCH_2026) -> None:
        self._rate = rate
        self._profile = profile
        self._cache = prompts.PrefixCache()
        self._in_flight: set[str] = set()

    async def handle(self, exchange: Exchange) -> None:
        """Answer one request; a refusal becomes an error reply."""
        try:
            await self._route(exchange)
        except ApiError as error:
            await refuse(exchange, error)

    async def _route(self, exchange: Exchange) -> None:
        request = exchange.request
        check_key(request.headers.get("authorization"))  # before the route, as the service does (glm-api.md §1)
        base = next((base for base in BASES if request.path.startswith(base + "/")), None)
        match request.method, request.path.removeprefix(base or ""):
            case "POST", "/chat/completions" if base:
                await self._chat(exchange, preserved="coding" in base)
            case "GET", "/models" if base:
                await http.reply_json(exchange, 200, _models())
            case _:
                raise ApiError("404")

    async def _chat(self, exchange: Exchange, *, preserved: bool) -> None:
        body = checks.parse(exchange.request.body)
        checks.check(body)
        request_id = str(body.get("request_id", ""))
        if request_id and request_id in self._in_flight:
            raise ApiError("1231")
        self._in_flight.add(request_id)
        try:
            await self._answer(exchange, body, preserved=preserved)
        finally:
            self._in_flight.discard(request_id)

    async def _answer(self, exchange: Exchange, body: Json, *, preserved: bool) -> None:
        turn = self._turn(exchange, body, preserved=preserved)
        if body.get("stream"):
            await answer_stream(turn)
        else:
            await answer_plain(turn, str(body.get("request_id", "")))

    def _turn(self, exchange: Exchange, body: Json, *, preserved: bool) -> Turn:
        question = prompts.last(cast(list[Json], body["messages"]), "user")
        plan = planner.plan(body, question)
        pieces, cut = limit_pieces(
            cut_pieces(plan, self._profile, tools=bool(body.get("tools"))), cast("int | None", body.get("max_tokens"))
        )
        keep = preserved or cast(Json, body.get("thinking") or {}).get("clear_thinking") is False
        owner = f"{exchange.request.headers.get('authorization')} {body['model']}"
        return Turn(
            exchange,
            self._profile,
            wire.new_stamp(self._model(body)),
            pieces,
            "length" if cut else plan.finish,
            self._cache.take(owner, prompts.prompt_text(body, keep_reasoning=keep)),
            self._rate,
            speaks_english(exchange),
        )

    def _model(self, body: Json) -> str:
        """The id that the reply names; it may differ from the asked one."""
        model = str(body["model"]).lower()
        return _REROUTED.get(model, model) if self._profile is Profile.MARCH_2026 else model


def check_key(authorization: str | None) -> None:
    """Any key will do, except those that say what is wrong with them. Raises ApiError."""
    if not authorization:
        raise ApiError("1001")
    key = authorization.removeprefix("Bearer ").strip().lower()
    for word, code in _BAD_KEYS.items():
        if word in key or not key:
            raise ApiError(code)


def speaks_english(exchange: Exchange) -> bool:
    return exchange.request.headers.get("accept-language", "").lower().startswith("en")


async def refuse(exchange: Exchange, error: ApiError, *, extra: http.Headers = ()) -> None:
    """The error as the service writes it."""
    text = error.detail or message(error.code, english=speaks_english(exchange), model=_asked_model(exchange))
    body = error_body(error.code, text, request_id=wire.new_stamp("").id)
    await http.reply_json(exchange, error.status, body, extra=extra)


def _asked_model(exchange: Exchange) -> str:
    try:
        return str(json.loads(exchange.request.body)["model"])
    except (ValueError, KeyError, TypeError):
        return ""


def _models() -> bytes:
    rows = [{"id": name, "object": "model", "created": 1753632000, "owned_by": "z-ai"} for name in _LISTED]
    return wire.dump({"object": "list", "data": rows})
