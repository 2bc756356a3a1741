"""An endpoint: where requests go, in which dialect, with which key."""

from __future__ import annotations

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
