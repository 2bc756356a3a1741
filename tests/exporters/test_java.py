"""The Java sample is compiled and run against stand-ins for the client's classes, which print what they were given."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings

from glmdesk.exporters.code import CodeKind, write_code
from glmdesk.exporters.zai_java import java_string
from tests.exporters.samples import NASTY, TEXTS, environment, exchange, java, request

_MODEL = "package ai.z.openapi.service.model;\n"
_BUILDER = """
public class NAME {
    public static NAME builder() { return new NAME(); }
    public NAME build() { return this; }
SETTERS}
"""
# The setters of the client's builders that a sample may use (z-ai-sdk-java: service/model).
SETTERS = {
    "ChatMessage": "role:String content:Object",
    "ChatThinking": "type:String",
    "ChatCompletionCreateParams": (
        "model:String messages:java.util.List<ChatMessage> stream:Boolean temperature:Float topP:Float "
        "maxTokens:Integer stop:java.util.List<String> tools:java.util.List<ChatTool> responseFormat:ResponseFormat "
        "toolChoice:Object thinking:ChatThinking userId:String requestId:String"
    ),
}
STANDS: dict[str, str] = {
    "ai/z/openapi/Seen.java": """package ai.z.openapi;
public class Seen {
    public static <T> T see(String name, T value) {
        if (value instanceof String || value instanceof Number) {
            StringBuilder hex = new StringBuilder();
            for (char unit : value.toString().toCharArray()) hex.append(String.format("%04x", (int) unit));
            System.out.println(name + " " + hex);
        }
        return value;
    }
}
""",
    "ai/z/openapi/ZhipuAiClient.java": """package ai.z.openapi;
import ai.z.openapi.service.model.*;
public class ZhipuAiClient {
    public static ZhipuAiClient builder() { return new ZhipuAiClient(); }
    public ZhipuAiClient apiKey(String key) { Seen.see("key", key); return this; }
    public ZhipuAiClient baseUrl(String url) { Seen.see("url", url); return this; }
    public ZhipuAiClient build() { return this; }
    public ZhipuAiClient chat() { return this; }
    public ChatCompletionResponse createChatCompletion(ChatCompletionCreateParams request) {
        return new ChatCompletionResponse();
    }
    public void close() {}
}
""",
    "ai/z/openapi/service/model/ChatTool.java": f"{_MODEL}public class ChatTool {{}}",
    "ai/z/openapi/service/model/ResponseFormat.java": f"{_MODEL}public class ResponseFormat {{}}",
    "ai/z/openapi/service/model/Delta.java": _MODEL
    + "public class Delta { public String getContent() { return null; } }",
    "ai/z/openapi/service/model/ChatCompletionResponse.java": _MODEL
    + """public class ChatCompletionResponse {
    public interface Reader { void accept(Chunk chunk) throws Exception; }
    public static class Choice {
        public Delta getDelta() { return new Delta(); }
        public ChatCompletionResponse getMessage() { return null; }
    }
    public static class Chunk { public java.util.List<Choice> getChoices() { return null; } }
    public boolean isSuccess() { return true; }
    public String getMsg() { return ""; }
    public String getContent() { return ""; }
    public ChatCompletionResponse getFlowable() { return this; }
    public Chunk getData() { return new Chunk(); }
    public void blockingForEach(Reader reader) {}
}
""",
    "com/fasterxml/jackson/core/type/TypeReference.java": """package com.fasterxml.jackson.core.type;
public abstract class TypeReference<T> {}
""",
    "com/fasterxml/jackson/databind/DeserializationFeature.java": """package com.fasterxml.jackson.databind;
public enum DeserializationFeature { FAIL_ON_UNKNOWN_PROPERTIES }
""",
    "com/fasterxml/jackson/databind/ObjectMapper.java": """package com.fasterxml.jackson.databind;
public class ObjectMapper {
    public ObjectMapper configure(DeserializationFeature feature, boolean on) { return this; }
    public <T> T readValue(String text, com.fasterxml.jackson.core.type.TypeReference<T> type) {
        ai.z.openapi.Seen.see("json", text);
        return null;
    }
}
""",
}


def builder(name: str, setters: str) -> str:
    made = ""
    for setter in setters.split():
        method, _, kind = setter.partition(":")
        made += f'    public {name} {method}({kind} v) {{ ai.z.openapi.Seen.see("{method}", v); return this; }}\n'
    return _MODEL + _BUILDER.replace("NAME", name).replace("SETTERS", made)


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("java")
    stands = STANDS | {f"ai/z/openapi/service/model/{n}.java": builder(n, s) for n, s in SETTERS.items()}
    for name, text in stands.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    command([java("javac"), "-d", str(folder), *(str(folder / name) for name in stands)])
    return folder


def command(arguments: list[str]) -> str:
    done = subprocess.run(arguments, capture_output=True, env=environment(), timeout=100)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("ascii")


def seen(code: str, classes: Path, folder: Path) -> list[tuple[str, str]]:
    """(what was set, its text) in order, of a sample that was compiled and run."""
    (folder / "Chat.java").write_text(code, "utf-8")
    common = ["-cp", str(classes)]
    command([java("javac"), "-Werror", "-encoding", "UTF-8", *common, "-d", str(folder), str(folder / "Chat.java")])
    out = command([java("java"), "-cp", f"{classes}:{folder}", "Chat"])
    rows = [line.partition(" ") for line in out.splitlines() if line.strip()]
    return [(name, bytes.fromhex(hexed).decode("utf-16-be")) for name, _, hexed in rows]


def test_the_java_sample_compiles_and_sends_every_hard_text(classes: Path, tmp_path: Path) -> None:
    texts = [*NASTY, "".join(NASTY), "长" * 60_000 + "'\"\\u0041"]
    tool = {"type": "function", "function": {"name": "look", "description": 'it\'s "$5"\n'}}
    body = request(*texts, temperature=0.5, top_p=0.9, max_tokens=512, stop=['"\n'], tools=[tool], user_id="user-1")
    body["messages"].append({"role": "assistant", "content": "", "tool_calls": [tool]})
    body |= {"response_format": {"type": "json_object"}, "tool_choice": "auto", "request_id": "r-1"}
    found = seen(write_code(exchange(body), CodeKind.ZAI_JAVA), classes, tmp_path)
    assert [text for name, text in found if name == "content"] == texts
    told = dict(found)
    assert (told["model"], told["type"], told["url"]) == ("glm-4.5", "enabled", "http://127.0.0.1:9/api/paas/v4/")
    assert (told["temperature"], told["topP"], told["maxTokens"]) == ("0.5", "0.9", "512")
    assert told["key"] == "sample-id.sample-secret"
    assert any("tool_calls" in text for name, text in found if name == "json")


def test_a_plain_reply_and_what_the_client_cannot_say(classes: Path, tmp_path: Path) -> None:
    body = request("hi", chat_template_kwargs={"enable_thinking": False})
    body["stream"] = False
    code = write_code(exchange(body), CodeKind.ZAI_JAVA)
    assert "// Not a part of this client: chat_template_kwargs" in code
    (tmp_path / "Chat.java").write_text(code, "utf-8")
    arguments = ["-cp", str(classes), "-d", str(tmp_path), str(tmp_path / "Chat.java")]
    command([java("javac"), "-encoding", "UTF-8", *arguments])


def unescaped(source: str) -> str:
    """A Java literal read as Java does: `\\uXXXX` first, where an odd backslash stands before the u."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', source, re.DOTALL)
    text = "".join(parts[1:] if source.startswith("String.join") else parts)
    simple = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

    def one(found: re.Match[str]) -> str:
        token = found.group(1)
        if token[0] == "u":
            return chr(int(token[1:], 16))
        return chr(int(token, 8)) if token[0].isdigit() else simple[token]

    read = re.sub(r"\\(u[0-9a-f]{4}|[0-7]{3}|.)", one, text, flags=re.DOTALL)
    return read.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


@settings(max_examples=500, deadline=None)
@given(text=TEXTS)
def test_the_escape_rules_of_java_give_the_text_back(text: str) -> None:
    source = java_string(text)
    assert unescaped(source) == text
    assert all(ch.isprintable() for ch in source)
