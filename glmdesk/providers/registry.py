"""All dialects, by name."""

from __future__ import annotations

from collections.abc import Mapping

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.providers.bigmodel import BIGMODEL, BIGMODEL_CODING
from glmdesk.providers.dashscope import DASHSCOPE
from glmdesk.providers.llama_cpp import LLAMA_CPP
from glmdesk.providers.ollama import OLLAMA
from glmdesk.providers.openai import OPENAI
from glmdesk.providers.openai_chat import OpenAiChat, Profile
from glmdesk.providers.sglang import SGLANG
from glmdesk.providers.transport import Transport
from glmdesk.providers.vllm import VLLM
from glmdesk.providers.zai import ZAI, ZAI_CODING

PROFILES: Mapping[DialectName, Profile] = {
    DialectName.BIGMODEL: BIGMODEL,
    DialectName.BIGMODEL_CODING: BIGMODEL_CODING,
    DialectName.ZAI: ZAI,
    DialectName.ZAI_CODING: ZAI_CODING,
    DialectName.DASHSCOPE: DASHSCOPE,
    DialectName.VLLM: VLLM,
    DialectName.SGLANG: SGLANG,
    DialectName.LLAMA_CPP: LLAMA_CPP,
    DialectName.OLLAMA: OLLAMA,
    DialectName.OPENAI: OPENAI,
}


def open_dialect(endpoint: Endpoint, transport: Transport) -> OpenAiChat:
    """The dialect of an endpoint over the program's transport."""
    return OpenAiChat(PROFILES[endpoint.dialect], endpoint.base_url, transport)
