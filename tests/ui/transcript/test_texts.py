"""The words of the view."""

from __future__ import annotations

from glmdesk.domain.errors import Action
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.settings import Language


def test_both_languages_have_the_same_texts_and_every_action_has_words() -> None:
    zh, en = (
        {i for i in Catalogue.load(language).ids if i.startswith("transcript.")}
        for language in (Language.ZH_CN, Language.EN)
    )
    assert zh == en
    assert {f"transcript.action.{action.value}" for action in Action} <= zh
