"""All dialects, by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.providers.bigmodel import BIGMODEL, BIGMODEL_CODING
from glmdesk.providers.dashscope import DASHSCOPE
from glmdesk.providers.llama_cpp import LLAMA_CPP
from glmdesk.providers.ollama import OLLAMA
from glmdesk.providers.openai import OPENAI
from glmdesk.providers.openai_chat import OpenAiChat, Profile
from glmdesk.providers.retry import RetryPolicy
from glmdesk.providers.sglang import SGLANG
from glmdesk.providers.transport import Transport
from glmdesk.providers.vllm import VLLM
from glmdesk.providers.zai import ZAI, ZAI_CODING

_ALL = (BIGMODEL, BIGMODEL_CODING, ZAI, ZAI_CODING, DASHSCOPE, VLLM, SGLANG, LLAMA_CPP, OLLAMA, OPENAI)
PROFILES: Mapping[DialectName, Profile] = {profile.name: profile for profile in _ALL}


def load_client() -> None:
    """Import what the first request needs."""
    for name in ("httpx", "truststore"):
        import_module(name)


def open_dialect(endpoint: Endpoint, transport: Transport, *, retries: RetryPolicy | None = None) -> OpenAiChat:
    """The dialect of an endpoint over the program's transport."""
    return OpenAiChat(PROFILES[endpoint.dialect], endpoint.base_url, transport, retries=retries)
