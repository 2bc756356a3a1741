"""What coding agents have to be told so that they use GLM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from glmdesk.domain.endpoint import DialectName, Endpoint

# What each address ends in (glm-api.md §1); a mirror of the service has the same paths.
_PATHS = {
    DialectName.BIGMODEL: "/api/paas/v4",
    DialectName.ZAI: "/api/paas/v4",
    DialectName.BIGMODEL_CODING: "/api/coding/paas/v4",
    DialectName.ZAI_CODING: "/api/coding/paas/v4",
}
_ANTHROPIC = "/api/anthropic"
_PLANS = (DialectName.BIGMODEL_CODING, DialectName.ZAI_CODING)
_TIMEOUT_MS = "3000000"  # Z.ai's own advice for Claude Code (glm-api.md §11)

HELPER = ("apiKeyHelper",)
BASE_URL = ("env", "ANTHROPIC_BASE_URL")
TOKEN = ("env", "ANTHROPIC_AUTH_TOKEN")
MAIN_MODELS = (("env", "ANTHROPIC_DEFAULT_OPUS_MODEL"), ("env", "ANTHROPIC_DEFAULT_SONNET_MODEL"))
SMALL_MODEL = ("env", "ANTHROPIC_DEFAULT_HAIKU_MODEL")
# They would win over what is set here.
_IN_THE_WAY = (
    ("env", "ANTHROPIC_API_KEY"),
    ("env", "ANTHROPIC_MODEL"),
    ("env", "ANTHROPIC_SMALL_FAST_MODEL"),
    ("env", "CLAUDE_CODE_USE_BEDROCK"),
    ("env", "CLAUDE_CODE_USE_VERTEX"),
    ("env", "CLAUDE_CODE_USE_FOUNDRY"),
)
TIMEOUT = ("env", "API_TIMEOUT_MS")
WINDOW = ("env", "CLAUDE_CODE_AUTO_COMPACT_WINDOW")
PLACES = (BASE_URL, *MAIN_MODELS, SMALL_MODEL, TIMEOUT, WINDOW, TOKEN, *_IN_THE_WAY, HELPER)
# The same in the shell: Claude Code prefers these to its helper.
SHADOWING = ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")
Values = Mapping[tuple[str, ...], str | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose for an agent. `key_in_file` only after a warning."""

    endpoint_id: str
    main_model: str
    small_model: str
    key_in_file: bool = False


def is_plan(endpoint: Endpoint) -> bool:
    """Whether the endpoint is one of a Coding Plan."""
    return endpoint.dialect in _PLANS


def anthropic_url(endpoint: Endpoint) -> str:
    """Where the endpoint's service speaks Anthropic's protocol (glm-api.md §1); '' where that is not known.

    Coding Plan and pay-as-you-go share it: the key decides what is charged.
    """
    path = _PATHS.get(endpoint.dialect, "")
    url = endpoint.base_url.rstrip("/")
    return url.removesuffix(path) + _ANTHROPIC if path and url.endswith(path) else ""


def default_models(endpoint: Endpoint) -> tuple[str, str]:
    """The large and the small model. A Coding Plan lacks the 4.5 family (glm-api.md §9)."""
    return ("glm-4.7", "glm-4.7") if is_plan(endpoint) else ("glm-4.7", "glm-4.5-air")


def claude_values(choice: Choice, url: str, *, window: int, helper: str, token: str) -> Values:
    """What Claude Code's settings get: path and text, None for what must not be there (glm-api.md §10).

    `window` is the main model's in tokens: Claude Code takes a model that it does not know for one of 1M (seen with
    2.1.330) and would go on until the service refuses. `token` is only used with `key_in_file`, `helper` only without.
    """
    values: dict[tuple[str, ...], str | None] = {
        BASE_URL: url,
        **dict.fromkeys(MAIN_MODELS, choice.main_model),
        SMALL_MODEL: choice.small_model,
        TIMEOUT: _TIMEOUT_MS,
        WINDOW: str(window),
        TOKEN: token if choice.key_in_file else None,
        **dict.fromkeys(_IN_THE_WAY),
        HELPER: None if choice.key_in_file else helper,
    }
    return values


@dataclass(frozen=True, slots=True)
class Written:
    """What was put into an agent's settings, so that it can be taken back.

    `target` and `backup` are paths (`backup` '' when there was no file), `before` and `after` SHA-256 of the file.
    `exact`: nobody else wrote to it between the back-up and `after`. `values` maps a path (joined by `/`) to the
    SHA-256 of the raw value, '' for one that was removed; `had` are the paths that had a value before.
    """

    target: str
    backup: str
    before: str
    after: str
    endpoint_id: str
    exact: bool = True
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    had: tuple[str, ...] = ()
