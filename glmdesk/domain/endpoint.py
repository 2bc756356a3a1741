"""An endpoint: where requests go, in which dialect, with which key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


class DialectName(StrEnum):
    """Who speaks at the other end (glm-api.md §10)."""

    BIGMODEL = "bigmodel"
    ZAI = "zai"
    BIGMODEL_CODING = "bigmodel_coding"
    ZAI_CODING = "zai_coding"
    DASHSCOPE = "dashscope"
    VLLM = "vllm"
    SGLANG = "sglang"
    LLAMA_CPP = "llama_cpp"
    OLLAMA = "ollama"
    OPENAI = "openai"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the endpoints page. The key is in the keyring under `secret_name`, never here."""

    id: str
    name: str
    dialect: DialectName
    base_url: str
    needs_key: bool = True
    model: str = ""  # the model a new conversation gets here; '' = the settings' default

    @property
    def origin(self) -> str:
        """scheme://host[:port]: a key is bound to it."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """host[:port], for sentences."""
        return urlsplit(self.base_url).netloc

    @property
    def secret_name(self) -> str:
        """The account name in the keyring: a changed host needs its key again."""
        return f"{self.id}@{self.origin}"


# Where earlier thoughts can be sent again: `clear_thinking` is the provider's own field (glm-api.md §6).
KEEPS_REASONING = frozenset(
    (DialectName.BIGMODEL, DialectName.ZAI, DialectName.BIGMODEL_CODING, DialectName.ZAI_CODING)
)
# Usual addresses: glm-api.md §1 and the servers' own defaults; '' where there is none.
DEFAULT_URLS: Mapping[DialectName, str] = {
    DialectName.BIGMODEL: "https://open.bigmodel.cn/api/paas/v4",
    DialectName.ZAI: "https://api.z.ai/api/paas/v4",
    DialectName.BIGMODEL_CODING: "https://open.bigmodel.cn/api/coding/paas/v4",
    DialectName.ZAI_CODING: "https://api.z.ai/api/coding/paas/v4",
    DialectName.DASHSCOPE: "https://dashscope.aliyuncs.com/compatible-mode/v1",
    DialectName.VLLM: "http://127.0.0.1:8000/v1",
    DialectName.SGLANG: "http://127.0.0.1:30000/v1",
    DialectName.LLAMA_CPP: "http://127.0.0.1:8080/v1",
    DialectName.OLLAMA: "http://127.0.0.1:11434/v1",
    DialectName.OPENAI: "",
}
