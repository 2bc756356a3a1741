"""What the inspector says of a try."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from glmdesk.domain.exchange import Attempt, Exchange
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.settings import Language
from glmdesk.ui.inspector.words import Try, facts, tries_of
from tests.helpers.screens import speak


def tries(*attempts: Attempt, status: Status = Status.FAILED) -> list[Try]:
    exchange = Exchange("POST", "https://api.example/v4/chat/completions", {}, "{}", 0.0, attempts)
    message = Message("m", "c", Role.ASSISTANT, model="glm-4.5", status=status)
    return tries_of([exchange], message)


def test_what_went_wrong_is_said_in_words(qapp: QApplication) -> None:
    speak(qapp, Language.ZH_CN)
    kinds = {
        "key_elsewhere": "401 · 密钥在这个接口上无效。",
        "no_model": "401 · 这个接口没有模型「glm-4.5」。",
        "connection_lost": "401 · 与 api.example 的连接断了。",
    }
    for kind, words in kinds.items():
        assert tries(Attempt(status=401, error=kind))[0].outcome == words
    assert tries(Attempt(error="refused"))[0].outcome.startswith("没有回复 · ")


def test_only_the_last_try_of_a_stopped_answer_was_stopped(qapp: QApplication) -> None:
    speak(qapp, Language.ZH_CN)
    first, last = tries(Attempt(status=429, error="busy"), Attempt(status=200), status=Status.STOPPED)
    assert not first.stopped
    assert ("状态", "200 · 被停止") in facts(last)
    assert tries(Attempt(status=200), status=Status.COMPLETE)[0].outcome == "200"
