"""The embedded GLM server: routes, keys, and one turn after another."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from email.utils import formatdate
from typing import cast

from glmdesk.demo import checks, http, markers, planner, prompts, toolcalls, websearch, wire
from glmdesk.demo.errors import ERRORS, QUOTA_RESET, ApiError, error_body, message
from glmdesk.demo.faults import CHANGES, FAULTS, names
from glmdesk.demo.http import Exchange
from glmdesk.demo.markers import Marker
from glmdesk.demo.pieces import Plan, cut_pieces, limit_pieces
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
        self._tries: dict[tuple[str, str, bytes], int] = {}

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
        messages = cast(list[Json], body["messages"])
        asked = prompts.last(messages, "user")
        found, question = markers.take(asked)
        found += markers.from_header(exchange.request.headers.get("x-demo-fault"))
        if planner.is_title_request(messages):
            found = ()  # a fault is meant for the answer, not for the side call that names the conversation
        orders = [order for order in found if self._due(order, exchange, messages)]
        if error := next((order for order in orders if order.kind == "error"), None):
            await _refuse_as_ordered(exchange, error)
            return
        turn = self._turn(exchange, body, planner.plan(body, question or asked, found), preserved=preserved)
        await _write(turn, body, next((order for order in orders if order.kind == "fault"), None))

    def _due(self, order: Marker, exchange: Exchange, messages: list[Json]) -> bool:
        """Whether an order with `times` still holds; counts the tries of the same question with the same key."""
        if order.name.startswith("tool_") and any(m["role"] == "tool" for m in prompts.since_question(messages)):
            return False  # the call has had its answer
        times = order.args.integer("times", 0)
        if not times:
            return True
        who = (exchange.request.headers.get("authorization", ""), order.rest, wire.dump(messages))
        self._tries[who] = self._tries.get(who, 0) + 1
        if self._tries[who] <= times:
            return True
        del self._tries[who]
        return False

    def _turn(self, exchange: Exchange, body: Json, plan: Plan, *, preserved: bool) -> Turn:
        plan = replace(plan, calls=tuple(toolcalls.spaced(call, self._profile) for call in plan.calls))
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
            websearch.results(body),
        )

    def _model(self, body: Json) -> str:
        """The id that the reply names; it may differ from the asked one."""
        model = str(body["model"]).lower()
        return _REROUTED.get(model, model) if self._profile is Profile.MARCH_2026 else model


async def _write(turn: Turn, body: Json, order: Marker | None) -> None:
    """The answer, with the fault that was ordered."""
    if order and order.name in FAULTS:
        await FAULTS[order.name](turn, order.args)
        return
    if order:
        if order.name not in CHANGES:
            raise ApiError("1210", f"unknown fault {order.name!r}; known: {', '.join(names())}")
        CHANGES[order.name](turn, order.args)
    if body.get("stream"):
        await answer_stream(turn)
    else:
        await answer_plain(turn, str(body.get("request_id", "")))


async def _refuse_as_ordered(exchange: Exchange, order: Marker) -> None:
    if order.name not in ERRORS:
        raise ApiError("1210", f"unknown error {order.name!r}; known: {', '.join(ERRORS)}")
    wait = order.args.text("retry_after")
    if wait.startswith("in:"):  # as a date, so many seconds ahead
        wait = formatdate(time.time() + float(wait[3:]), usegmt=True)
    extra = [("Retry-After", wait)] if wait else []
    await refuse(exchange, ApiError(order.name), extra=extra, reset_after=order.args.number("reset", QUOTA_RESET))


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


async def refuse(
    exchange: Exchange, error: ApiError, *, extra: http.Headers = (), reset_after: float = QUOTA_RESET
) -> None:
    """The error as the service writes it."""
    english, model = speaks_english(exchange), _asked_model(exchange)
    text = error.detail or message(error.code, english=english, model=model, reset_after=reset_after)
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
