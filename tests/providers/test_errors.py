"""Errors of the service: by code first, then by status, never by words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glmdesk.domain.errors import Action, Retry
from glmdesk.domain.messages import LANGUAGES, Catalogue
from glmdesk.providers import errors
from glmdesk.providers.errors import CODES, decode, provider_error
from tests.providers.loopback import GOOD, answer, head, in_turn, refuses, sends

NEVER, SHORT, LONG = Retry.NEVER, Retry.SHORT, Retry.LONG
# glm-api.md §8, row by row: code, status, kind, retry. Status 0: the page names none.
TABLE = [
    ("500", 500, "service_fault", SHORT),
    ("1000", 401, "key_wrong", NEVER),
    ("1001", 401, "key_missing", NEVER),
    ("1002", 401, "key_wrong", NEVER),
    ("1003", 401, "key_expired", NEVER),
    ("1004", 401, "key_wrong", NEVER),
    ("1005", 401, "second_factor", NEVER),
    ("401", 401, "key_elsewhere", NEVER),
    *[(str(code), 400, "account", NEVER) for code in (*range(1100, 1113), 1121)],
    ("1113", 429, "no_money", NEVER),
    ("1120", 400, "account_locked", SHORT),
    ("1200", 500, "service_fault", SHORT),
    ("1230", 500, "service_fault", SHORT),
    ("1234", 500, "service_fault", SHORT),
    ("1210", 400, "bad_request", NEVER),
    ("1211", 400, "no_model", NEVER),
    ("1212", 400, "no_model", NEVER),
    ("1213", 400, "bad_request", NEVER),
    ("1214", 400, "bad_request", NEVER),
    ("1215", 400, "bad_request", NEVER),
    ("1220", 403, "no_permission", NEVER),
    ("1221", 400, "not_found", NEVER),
    ("1222", 400, "not_found", NEVER),
    ("1231", 400, "duplicate_request", NEVER),
    ("1261", 400, "context_too_long", NEVER),
    ("1300", 400, "sensitive_input", NEVER),
    ("1301", 400, "sensitive_input", NEVER),
    ("1302", 429, "too_many_requests", SHORT),
    ("1303", 429, "too_many_requests", SHORT),
    ("1304", 429, "daily_limit", NEVER),
    ("1305", 429, "model_busy", LONG),
    ("1308", 429, "quota_used", NEVER),
    ("1309", 429, "plan_expired", NEVER),
    ("1310", 429, "quota_used", NEVER),
    ("1311", 429, "plan_lacks_model", NEVER),
    ("1312", 429, "model_busy", LONG),
    ("1313", 429, "fair_use", NEVER),
    ("1314", 429, "plan_invalid", NEVER),
    ("1315", 429, "plan_invalid", NEVER),
    *[(str(code), 429, "quota_used", NEVER) for code in range(1316, 1322)],
]


# The button beside each kind; kinds that are missing here have none.
ACTIONS = {
    Action.OPEN_KEYS: "key_wrong key_missing key_expired key_elsewhere",
    Action.RECHARGE: "second_factor account no_money",
    Action.RETRY: "service_fault bad_request account_locked duplicate_request too_many_requests fair_use",
    Action.SWITCH_MODEL: "no_model daily_limit model_busy plan_lacks_model",
    Action.OPEN_ENDPOINTS: "no_permission not_found quota_used plan_expired plan_invalid",
    Action.TRIM: "context_too_long",
}
ACTION_OF = {kind: action for action, kinds in ACTIONS.items() for kind in kinds.split()}


def test_the_table_has_every_code() -> None:
    assert {row[0] for row in TABLE} == set(CODES)


@pytest.mark.parametrize(("code", "status", "kind", "retry"), TABLE)
def test_each_code_has_its_kind_whatever_the_status_and_the_words(
    code: str, status: int, kind: str, retry: Retry
) -> None:
    for at, shape in ((status, code), (200, code), (status, int(code))):
        info = provider_error(at, {"error": {"code": shape, "message": "1302 余额不足"}, "request_id": "r"}).info
        assert (info.kind, info.retry, info.code, info.request_id) == (kind, retry, code, "r")
        assert info.detail == "1302 余额不足"
        assert info.action is ACTION_OF.get(kind)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"message": "x"}, "message": "x"}, "bad_request"),
        (401, {}, "key_wrong"),
        (402, None, "no_money"),
        (403, {"error": "no"}, "no_permission"),
        (404, "<html>nginx</html>", "not_found"),
        (405, "<!doctype html>blocked", "web_page"),
        (408, "", "service_fault"),
        (413, "", "too_large"),
        (422, [], "bad_request"),
        (429, {"error": {"code": None, "message": "slow"}}, "too_many_requests"),
        (418, "", "unknown_error"),
        *[(status, "<html>", "service_fault") for status in (500, 502, 503, 504)],
        (529, {}, "model_busy"),
        (302, "", "redirect"),
        (200, "<html>login</html>", "web_page"),
        (200, {"success": False, "code": 401, "msg": "token expired or incorrect"}, "key_elsewhere"),
        # DashScope and the Anthropic surface
        (400, {"error": {"code": "data_inspection_failed", "message": "m", "type": "x"}}, "bad_request"),
        (
            429,
            {"type": "error", "error": {"type": "rate_limit_error", "code": "1113", "message": "[1113]"}},
            "no_money",
        ),
        (
            400,
            {"contentFilter": [{"level": 1, "role": "user"}], "error": {"code": "1301", "message": "m"}},
            "sensitive_input",
        ),
    ],
)
def test_other_shapes_fall_back_to_the_status(status: int, body: Any, kind: str) -> None:
    assert provider_error(status, body).info.kind == kind


def test_the_time_of_a_reset_is_shown_and_not_more() -> None:
    info = provider_error(429, {"error": {"code": "1308", "message": "resets at 2026-11-24 08:00:00"}}).info
    assert info.args["reset"] == "2026-11-24 08:00:00"
    assert info.action is Action.OPEN_ENDPOINTS


def test_the_first_200_characters_of_a_page_are_the_detail() -> None:
    outcome = answer(sends(head(200, "text/html"), b"<html>" + b"x " * 500))
    assert outcome.kind == "web_page"
    assert outcome.error is not None
    assert len(outcome.error.info.detail) == 200


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json", "text/plain", ""])
def test_an_error_with_status_200_is_found_whatever_its_content_type(kind: str) -> None:
    body = json.dumps({"error": {"code": "1305", "message": "busy"}}).encode()
    outcome = answer(sends(head(200, kind), body))
    assert outcome.kind == "model_busy"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429])
def test_a_refusal_that_cannot_heal_is_sent_once(status: int) -> None:
    code = {400: "1214", 401: "1000", 403: "1220", 404: "1222", 413: "1261", 429: "1113"}[status]
    outcome = answer(in_turn(refuses(status, {"error": {"code": code, "message": "m"}}), GOOD))
    assert outcome.error is not None
    assert outcome.error.info.status == status


def test_bodies_that_are_no_json_are_no_crash() -> None:
    assert decode(b"\xff{") == "\ufffd{"
    assert isinstance(decode(b"[" * 100_000), str)


def _kinds() -> set[str]:
    rules = [*CODES.values(), *errors._STATUSES.values()]
    wire = "web_page redirect unknown_error stream_corrupted network_error context_too_long line_too_long too_big"
    faults = (
        "dns refused unreachable connect_timeout idle_timeout silent connection_lost hung_up"
        " tls_self_signed tls_expired tls_host tls_plain"
        " tls proxy_refused proxy_auth proxy_bad proxy_socks bad_address bad_encoding bad_protocol"
    )
    more = (
        "empty_reply answer_too_long key_unsendable sensitive ended_early no_answer length_in_thought interrupted bug"
    )
    return {rule.kind for rule in rules} | set(f"{wire} {faults} {more}".split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_two_sentences(language: Any) -> None:
    ids = Catalogue.load(language).ids
    wanted = {f"error.{kind}.{part}" for kind in _kinds() for part in ("what", "fix")}
    assert wanted <= ids
