"""What may be stored and sent."""

import pytest

from glmdesk.ui.composer.clean import clean_text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x00b", "ab"),
        ("x\ud800y", "xy"),
        ("z\udc00", "z"),
        ("\ud83d\ude00", "😀"),
        ("一\r\n二\r三\u2028四\u2029五", "一\n二\n三\n四\n五"),
        ("é\u0301 العربية 👨‍👩‍👧\u00a0end", "é\u0301 العربية 👨‍👩‍👧\u00a0end"),
    ],
)
def test_only_what_cannot_be_carried_is_taken_out(given: str, kept: str) -> None:
    assert clean_text(given) == kept
    clean_text(given).encode("utf-8")
