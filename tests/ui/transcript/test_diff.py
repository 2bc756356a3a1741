"""The colours of a unified diff say what goes and what comes."""

from __future__ import annotations

from glmdesk.ui.transcript.blocks.tool import diff_formats
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import talk, user


def test_a_line_that_goes_is_painted_as_one_whatever_it_begins_with(make_view: MakeView) -> None:
    style = make_view(talk(user("u"))).context.style
    text = "--- a.md\n+++ a.md\n@@ -1,2 +1,2 @@\n--- 规则\n+++ 加\n 同"
    colours = [form.foreground().color().name() for _, _, form in diff_formats(text, style)]
    assert colours == [style.color(name).name() for name in ("faint", "faint", "faint", "bad", "good")]
