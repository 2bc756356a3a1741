"""The user's settings: one typed value, kept in one TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from glmdesk.domain.endpoint import DialectName, Endpoint


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Language(StrEnum):
    SYSTEM = "system"
    ZH_CN = "zh_CN"
    EN = "en"


class SendKey(StrEnum):
    ENTER = "enter"
    CTRL_ENTER = "ctrl_enter"


class ProxyMode(StrEnum):
    SYSTEM = "system"
    NONE = "none"
    CUSTOM = "custom"


BUILT_IN_ENDPOINTS: tuple[Endpoint, ...] = (
    # Base URLs: glm-api.md §1.
    Endpoint("bigmodel", "BigModel", DialectName.BIGMODEL, "https://open.bigmodel.cn/api/paas/v4"),
    Endpoint("zai", "Z.ai", DialectName.ZAI, "https://api.z.ai/api/paas/v4"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults. Unknown keys in the file are kept by the store, not here.

    `zoom` is a factor (0.5 to 3), `concurrency` requests in flight at once (glm-api.md §8),
    `tools` are switched on in new chats, `workspace` is the folder of file tools, `python_tool` offers running code,
    `monthly_budget` yuan a month (None: no budget), `budget_stop` stops there, `budget_warned` is the month
    (`YYYY-MM`) of the last warning, `inspector_megabytes` of requests and replies are kept (0: none),
    `shortcuts` maps an action id to a key sequence that replaces the built-in one.
    """

    language: Language = Language.SYSTEM
    theme: Theme = Theme.SYSTEM
    zoom: float = 1.0
    send_key: SendKey = SendKey.ENTER
    auto_title: bool = True
    default_endpoint: str = "bigmodel"
    default_model: str = "glm-4.5-air"
    default_max_tokens: int | None = None
    default_temperature: float | None = None
    system_prompt: str = ""
    stop_following_after_screen: bool = False
    concurrency: int = 2
    proxy_mode: ProxyMode = ProxyMode.SYSTEM
    proxy_url: str = ""
    tools: tuple[str, ...] = ()
    workspace: str = ""
    python_tool: bool = False
    monthly_budget: float | None = None
    budget_stop: bool = True
    budget_warned: str = ""
    inspector_megabytes: int = 20
    sidebar_visible: bool = True
    welcomed: bool = False
    endpoints: tuple[Endpoint, ...] = BUILT_IN_ENDPOINTS
    shortcuts: Mapping[str, str] = field(default_factory=dict[str, str])

    def endpoint(self, endpoint_id: str) -> Endpoint | None:
        """The endpoint with this id, else the default one, else None."""
        by_id = {e.id: e for e in self.endpoints}
        return by_id.get(endpoint_id) or by_id.get(self.default_endpoint)
