"""Every text exists in both languages, and every text that is named in the code exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from glmdesk.domain.messages import Catalogue
from glmdesk.domain.settings import Language

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "glmdesk"
CHINESE, ENGLISH = Catalogue.load(Language.ZH_CN), Catalogue.load(Language.EN)
AREAS = {path.stem for path in (ROOT / "resources" / "i18n" / "en").glob("*.toml")}
PLACEHOLDER = re.compile(r"(?<!\{)\{[a-z_]+\}(?!\})")  # {{name}} is a template's
FILES = (".toml", ".py", ".db", ".ini", ".lock", ".log", ".svg", ".json")
ID = re.compile(rf"^({'|'.join(sorted(AREAS))})(\.[a-z0-9_]+)+$")


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in PACKAGE.rglob("*.py"):
        yield path, ast.parse(path.read_text("utf-8"))


def test_both_languages_have_the_same_texts() -> None:
    assert CHINESE.ids == ENGLISH.ids


def test_no_text_is_empty() -> None:
    assert not [i for i in CHINESE.ids if not CHINESE.text(i).strip() or not ENGLISH.text(i).strip()]


def test_both_languages_fill_in_the_same_arguments() -> None:
    differing = [
        text_id
        for text_id in CHINESE.ids
        if set(PLACEHOLDER.findall(CHINESE.text(text_id))) != set(PLACEHOLDER.findall(ENGLISH.text(text_id)))
    ]
    assert not differing


def test_one_is_not_told_in_the_plural() -> None:
    assert ENGLISH.text("inspector.hits", count=1) == "1 hit"
    assert ENGLISH.text("inspector.hits", count="1,204") == "1,204 hits"
    assert "1 message does not match its checksum" in ENGLISH.text("settings.data.damaged", count=1)


def test_a_choice_of_words_stands_beside_its_number() -> None:
    for path in (ROOT / "resources" / "i18n").rglob("*.toml"):
        for line in path.read_text("utf-8").splitlines():
            for name, choice in re.findall(r"\{([a-z_]+):([^{}]*)\}", line):
                assert f"{{{name}}}" in line, line
                assert choice.count("|") == 1, line


def test_nothing_is_exclaimed() -> None:
    assert not [i for i in CHINESE.ids if "！" in CHINESE.text(i) or "!" in ENGLISH.text(i)]


def test_every_id_in_the_code_exists() -> None:
    unknown: list[str] = []
    for path, module in modules():
        if path.parent.name == "demo":  # speaks the protocol, not to the user
            continue
        keys = {id(call.args[0]) for call in calls(module, "start") if call.args}  # names of tasks
        for node in ast.walk(module):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and ID.match(node.value)):
                continue
            known = node.value in CHINESE.ids or any(i.startswith(node.value + ".") for i in CHINESE.ids)
            if not known and id(node) not in keys and not node.value.endswith(FILES):
                unknown.append(f"{path.name}:{node.lineno} {node.value}")
    assert not unknown


def calls(module: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            function = node.func
            called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if called == name:
                yield node


def test_labels_and_tooltips_go_through_the_plain_text_helpers() -> None:
    """Qt reads mark-up in labels and tooltips, and a model's image may hang or abort it (faults.md §0.1)."""
    wrong: list[str] = []
    for path, module in modules():
        for name, home in (("QLabel", "label.py"), ("setToolTip", "tooltip.py")):
            wrong += [f"{path.name}:{call.lineno} {name}" for call in calls(module, name) if path.name != home]
    assert not wrong
