"""Errors of the service, classified by their code; the status comes second and the text never counts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from glmdesk.domain.errors import Action, ErrorInfo, ProviderError, Retry

_DETAIL = 200  # characters of the server's own words that are shown
_RESET = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?")


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    action: Action | None = None
    retry: Retry = Retry.NEVER


_KEY_WRONG = _Rule("key_wrong", Action.OPEN_KEYS)
_ACCOUNT = _Rule("account", Action.RECHARGE)
_FAULT = _Rule("service_fault", Action.RETRY, Retry.SHORT)
_BAD_REQUEST = _Rule("bad_request", Action.RETRY)
_BUSY = _Rule("model_busy", Action.SWITCH_MODEL, Retry.LONG)
_TOO_MANY = _Rule("too_many_requests", Action.RETRY, Retry.SHORT)
_QUOTA = _Rule("quota_used", Action.OPEN_ENDPOINTS)
_PLAN = _Rule("plan_invalid", Action.OPEN_ENDPOINTS)

# Every row of glm-api.md §8.
CODES: Mapping[str, _Rule] = {
    "500": _FAULT,
    "1000": _KEY_WRONG,
    "1001": _Rule("key_missing", Action.OPEN_KEYS),
    "1002": _KEY_WRONG,
    "1003": _Rule("key_expired", Action.OPEN_KEYS),
    "1004": _KEY_WRONG,
    "1005": _Rule("second_factor", Action.RECHARGE),
    "401": _Rule("key_elsewhere", Action.OPEN_KEYS),
    **{str(code): _ACCOUNT for code in range(1100, 1113)},
    "1113": _Rule("no_money", Action.RECHARGE),
    "1120": _Rule("account_locked", Action.RETRY, Retry.SHORT),
    "1121": _ACCOUNT,
    "1200": _FAULT,
    "1230": _FAULT,
    "1234": _FAULT,
    "1210": _BAD_REQUEST,
    "1211": _Rule("no_model", Action.SWITCH_MODEL),
    "1212": _Rule("no_model", Action.SWITCH_MODEL),
    "1213": _BAD_REQUEST,
    "1214": _BAD_REQUEST,
    "1215": _BAD_REQUEST,
    "1220": _Rule("no_permission", Action.OPEN_ENDPOINTS),
    "1221": _Rule("not_found", Action.OPEN_ENDPOINTS),
    "1222": _Rule("not_found", Action.OPEN_ENDPOINTS),
    "1231": _Rule("duplicate_request", Action.RETRY),
    "1261": _Rule("context_too_long", Action.TRIM),
    "1300": _Rule("sensitive_input"),
    "1301": _Rule("sensitive_input"),
    "1302": _TOO_MANY,
    "1303": _TOO_MANY,
    "1304": _Rule("daily_limit", Action.SWITCH_MODEL),
    "1305": _BUSY,
    "1308": _QUOTA,
    "1309": _Rule("plan_expired", Action.OPEN_ENDPOINTS),
    "1310": _QUOTA,
    "1311": _Rule("plan_lacks_model", Action.SWITCH_MODEL),
    "1312": _BUSY,
    "1313": _Rule("fair_use", Action.RETRY),
    "1314": _PLAN,
    "1315": _PLAN,
    **{str(code): _QUOTA for code in range(1316, 1322)},
}

_STATUSES: Mapping[int, _Rule] = {
    400: _BAD_REQUEST,
    401: _KEY_WRONG,
    402: _Rule("no_money", Action.RECHARGE),
    403: _Rule("no_permission", Action.OPEN_KEYS),
    404: _Rule("not_found", Action.OPEN_ENDPOINTS),
    405: _Rule("not_found", Action.OPEN_ENDPOINTS),
    408: _FAULT,
    413: _Rule("too_large", Action.TRIM),
    422: _BAD_REQUEST,
    429: _TOO_MANY,
    529: _BUSY,
}


# Firewalls answer with pages of their own (glm-api.md §4.3.8); other statuses speak for themselves.
_GATEWAY_PAGES = frozenset({403, 405})


def error_in(body: Any) -> Mapping[str, Any] | None:
    """The error of a decoded body in any of the known shapes, None when it is not an error."""
    if not isinstance(body, dict):
        return None
    fields = cast(dict[str, Any], body)
    error = fields.get("error")
    if isinstance(error, dict):
        given = cast(dict[str, Any], error)
        # Gateways put an empty one beside a sound answer.
        return given if "choices" not in fields or any(given.values()) else None
    if error:
        return {"message": str(error)}
    if fields.get("success") is False or ("code" in fields and "choices" not in fields and "msg" in fields):
        return {"code": fields.get("code"), "message": fields.get("msg", "")}
    return None


def provider_error(
    status: int, body: Any, *, model: str = "", url: str = "", headers: Mapping[str, str] = MappingProxyType({})
) -> ProviderError:
    """The error for a decoded body (str when it is no JSON). `status` 200 for errors inside a stream."""
    error = error_in(body) or {}
    code = _code(error)
    message = str(error.get("message") or "")
    rule = CODES.get(code) or _by_status(status)
    if not error and _is_page(body) and (status < 400 or status in _GATEWAY_PAGES):
        rule = _Rule("web_page", Action.OPEN_ENDPOINTS)
    detail = message or _plain(body) or headers.get("location", "")
    request_id = str(cast(dict[str, Any], body).get("request_id") or "") if isinstance(body, dict) else ""
    args = {"model": model, "url": url, "status": str(status), "reset": _reset(message)}
    return ProviderError(
        ErrorInfo(
            rule.kind,
            args,
            action=rule.action,
            retry=rule.retry,
            code=code,
            status=status,
            detail=detail[:_DETAIL],
            request_id=request_id,
        ),
        retry_after=headers.get("retry-after", ""),
    )


def wire_error(
    kind: str, *, action: Action | None = Action.RETRY, retry: Retry = Retry.NEVER, detail: str = ""
) -> ProviderError:
    """An error that the reply itself shows: corrupted, network_error and the like."""
    return ProviderError(ErrorInfo(kind, action=action, retry=retry, detail=_plain(detail)[:_DETAIL]))


def decode(raw: bytes) -> Any:
    """A JSON body decoded; the text itself when it is none."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace")


def _code(error: Mapping[str, Any]) -> str:
    code = error.get("code")
    return str(code) if isinstance(code, str | int) and not isinstance(code, bool) else ""


def _by_status(status: int) -> _Rule:
    if status in _STATUSES:
        return _STATUSES[status]
    if 300 <= status < 400:
        return _Rule("redirect", Action.OPEN_ENDPOINTS)
    return _FAULT if status >= 500 else _Rule("unknown_error", Action.RETRY)


def _is_page(body: Any) -> bool:
    return isinstance(body, str) and body.lstrip()[:1] == "<"


def _plain(body: Any) -> str:
    return " ".join(body.split()) if isinstance(body, str) else ""


def _reset(message: str) -> str:
    # 1308 and 1310 name the time when the quota comes back (zone presumably UTC+8): shown, never computed with.
    found = _RESET.search(message)
    return found.group() if found else ""
