"""Template files: what is wrong is said with its line, what is written is read again."""

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from glmdesk.domain.conversation import Turn
from glmdesk.domain.errors import TemplateError
from glmdesk.domain.message import Role
from glmdesk.domain.messages import LANGUAGES, Catalogue
from glmdesk.domain.request import Parameters
from glmdesk.domain.template import Family, Template, Variable, VariableKind
from glmdesk.services.templates import describe
from glmdesk.store.template_files import LIMIT, parse_template, read_template
from glmdesk.store.template_writing import render_template

HEAD = 'family = "qa"\ntitle = "T"\n'
PLAIN = HEAD + 'prompt = "Hello"\n'


def variable(*lines: str, prompt: str = "{{x}}") -> str:
    """A file whose variable `x` begins in line 4 with `[[variables]]`."""
    return f'{HEAD}prompt = "{prompt}"\n[[variables]]\nname = "x"\n' + "\n".join(lines) + "\n"


FULL = Template(
    id="writing/slogan",
    family=Family.WRITING,
    title="A “slogan”",
    description="Short ones",
    prompt='For {{product}}:\n\n  {{count}} times, "quoted" and \\ back\n{{tone}} {{both}} {{paper}}\n{{more}}',
    language="en",
    system="You write.\nBriefly.",
    turns=(Turn(Role.USER, "One?"), Turn(Role.ASSISTANT, "Tell me\nmore of {{product}}.")),
    variables=(
        Variable("product", "Product", default="a kettle", required=True, hint="what it is"),
        Variable("count", "How many", VariableKind.NUMBER, "5", minimum=1, maximum=20),
        Variable("tone", "Tone", VariableKind.CHOICE, "warm", choices=(("warm", "Warm"), ("dry", "dry"))),
        Variable("both", "Both", VariableKind.SWITCH, "true"),
        Variable("paper", "Paper", VariableKind.FILE),
        Variable("more", "More", VariableKind.LONG, "one\ntwo"),
    ),
    model="glm-4.5-air",
    thinking=False,
    parameters=Parameters(temperature=0.95, top_p=0.5, max_tokens=2048, stop="END", json_object=True),
    output="json",
    built_in=False,
)


def fault(text: str | bytes) -> TemplateError:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(TemplateError) as caught:
        parse_template(data, file="mine.toml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (PLAIN + "titel = 1\n", 4, "unknown_key"),
        (variable('colour = "red"'), 6, "unknown_key"),
        (variable('kind = "choice"', 'choices = [{ value = "a", lable = "b" }]', 'default = "a"'), 7, "unknown_key"),
        (PLAIN + "[parameters]\nheat = 1\n", 5, "unknown_key"),
        ('family = "qa"\ntitle = 7\nprompt = "x"\n', 2, "not_text"),
        (PLAIN + 'thinking = "yes"\n', 4, "not_switch"),
        (variable("required = 1"), 6, "not_switch"),
        (variable('kind = "switch"', 'default = "true"'), 7, "not_switch"),
        (PLAIN + '[parameters]\ntemperature = "hot"\n', 5, "not_number"),
        (PLAIN + "[parameters]\ntop_p = nan\n", 5, "not_number"),
        (variable('kind = "number"', 'default = "5"'), 7, "not_number"),
        (variable('kind = "number"', "default = true"), 7, "not_number"),
        (PLAIN + "[parameters]\nmax_tokens = 1.5\n", 5, "not_integer"),
        (PLAIN + 'turns = "none"\n', 4, "not_list"),
        (PLAIN + "variables = [1]\n", 4, "not_table"),
        (PLAIN + "parameters = 1\n", 4, "not_table"),
        ('title = "T"\nprompt = "x"\n', 1, "missing"),
        ('family = "qa"\ntitle = "T"\nprompt = "  "\n', 3, "missing"),
        (PLAIN + '[[turns]]\nrole = "user"\n', 4, "missing"),
        (PLAIN + '[[variables]]\nlabel = "X"\n', 4, "missing"),
        ('family = "poems"\ntitle = "T"\nprompt = "x"\n', 1, "unknown_value"),
        (variable('kind = "date"'), 6, "unknown_value"),
        (PLAIN + 'language = "fr"\n', 4, "unknown_value"),
        (PLAIN + 'output = "pdf"\n', 4, "unknown_value"),
        (PLAIN + '[[turns]]\nrole = "system"\ntext = "x"\n', 5, "unknown_value"),
        (PLAIN + '[[variables]]\nname = "ein name"\n', 5, "bad_name"),
        (variable() + '[[variables]]\nname = "x"\n', 8, "twice"),
        (HEAD + "prompt = '''\nfine\n{{ product }}\n'''\n", 5, "no_variable"),
        (PLAIN + 'system = "{{who}}"\n', 4, "no_variable"),
        (PLAIN + '[[turns]]\nrole = "user"\ntext = "{{who}}"\n', 6, "no_variable"),
        (variable('choices = ["a"]'), 6, "not_for_kind"),
        (variable('kind = "choice"', 'choices = ["a"]', "min = 1"), 8, "not_for_kind"),
        (variable('kind = "choice"'), 4, "no_choices"),
        (variable('kind = "choice"', 'choices = ["a"]', 'default = "b"'), 8, "default_not_choice"),
        (variable('kind = "number"', "min = 3", "max = 2"), 7, "min_over_max"),
        (variable('kind = "number"', "max = 2", "default = 3"), 8, "out_of_range"),
        (PLAIN + "[parameters]\ntemperature = 1.5\n", 5, "out_of_range"),
        (PLAIN + "title = 'again'\n", 4, "toml"),
        (PLAIN + 'description = "open\n', 4, "toml"),
        (PLAIN + "[parameters\n", 4, "toml"),
        (PLAIN + "system = '''never closed\n", 4, "toml"),
        (PLAIN.encode() + b'description = "\xff"\n', 4, "not_utf8"),
        (PLAIN + "# " + "x" * LIMIT, 0, "too_big"),
        (PLAIN + "variables = " + "[" * 20_000 + "]" * 20_000, 0, "too_deep"),
    ],
    ids=lambda part: str(part)[-30:],
)
def test_a_bad_file_says_its_line_and_why(text: str | bytes, line: int, reason: str) -> None:
    info = fault(text).info
    assert (info.args["line"], info.args["reason"]) == (str(line), f"template.reason.{reason}")
    assert (info.kind, info.args["file"]) == ("template_bad", "mine.toml")
    for language in LANGUAGES:
        told = describe(info, Catalogue.load(language).text)
        assert "template." not in told
        assert (f" {line}" in told) is (line > 0)
        assert "{" not in told.replace("{{{", "").replace("{{", "")


def test_the_reason_names_what_is_wrong() -> None:
    text = Catalogue.load(LANGUAGES[0]).text
    assert describe(fault(PLAIN + "titel = 1\n").info, text).startswith("第 4 行：不认识 titel")
    told = describe(fault(variable('kind = "choice"', 'choices = ["a"]', 'default = "b"')).info, text)
    assert told == "第 8 行：变量 x 的默认值“b”不在可选的项里"


def test_text_that_looks_like_keys_does_not_shift_the_line() -> None:
    text = HEAD + "prompt = '''\ntitel = 1\n[[variables]]\nname = 'no'\n'''\ntitel = 2\n"
    assert fault(text).info.args["line"] == "8"


def test_windows_line_ends_and_a_mark_are_read() -> None:
    data = b"\xef\xbb\xbf" + (HEAD + "prompt = '''\nfirst\nlast\n'''\n").replace("\n", "\r\n").encode()
    assert parse_template(data, file="x").prompt == "first\nlast"


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(TemplateError) as caught:
        read_template(folder)
    assert caught.value.info.args["reason"] == "template.reason.unreadable"
    assert caught.value.info.args["detail"] == os.strerror(21)


def test_the_id_is_family_and_stem(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PLAIN, "utf-8")
    assert read_template(path).id == "qa/mine"
    assert not read_template(path).built_in


def test_everything_comes_back_as_it_was_written() -> None:
    text = render_template(FULL)
    assert replace(parse_template(text.encode(), file="x"), id=FULL.id, built_in=False) == FULL


def test_a_written_file_is_readable() -> None:
    text = render_template(FULL)
    assert "\nYou write.\nBriefly.\n" in text  # on lines of their own, not as \n
    assert text.count("[[variables]]") == len(FULL.variables)
    assert text.count("[[turns]]") == 2
    assert next(iter(tomllib.loads(text))) == "family"


def test_only_what_is_set_is_written() -> None:
    text = render_template(Template("", Family.QA, "T", "", "Hello"))
    assert tomllib.loads(text) == {"family": "qa", "title": "T", "language": "zh_CN", "prompt": "Hello"}


@pytest.mark.parametrize(
    "awkward", ["'''", '"""', 'ends with "', "back\\slash\nnext\\", "tab\there\nand \x7f", "\n \nx"]
)
def test_awkward_texts_survive(awkward: str) -> None:
    before = Template("", Family.QA, "T", "", "Hello " + awkward, system=awkward)
    after = parse_template(render_template(before).encode(), file="x")
    assert (after.prompt, after.system) == (before.prompt.strip("\n"), awkward.strip("\n"))


def test_comments_of_a_users_file_stay() -> None:
    old = "# my notes\n" + PLAIN + "# about the heat\n[parameters]\ntemperature = 0.5 # cool\n"
    changed = replace(parse_template(old.encode(), file="x"), title="Another")
    new = render_template(changed, old)
    assert parse_template(new.encode(), file="x") == changed
    assert all(note in new for note in ("# my notes", "# about the heat", "# cool"))


def test_a_new_key_never_lands_in_a_table() -> None:
    old = PLAIN + "[parameters]\ntemperature = 0.5\n"
    changed = replace(parse_template(old.encode(), file="x"), system="New", description="D", thinking=True)
    assert parse_template(render_template(changed, old).encode(), file="x") == changed


def test_a_schema_comes_back_and_belongs_to_json_only() -> None:
    schema = '{\n  "type": "object",\n  "title": "it\'s"\n}'
    made = Template("qa/x", Family.QA, "T", "", "p", output="json", schema=schema)
    text = render_template(made)
    assert parse_template(text.encode(), file="x.toml").schema == schema
    with pytest.raises(TemplateError) as caught:
        parse_template(text.replace('output = "json"\n', "").encode(), file="x.toml")
    assert caught.value.info.args["reason"] == "template.reason.schema_without_json"
