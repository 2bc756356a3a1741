"""The template service: the built-in templates of both languages, and the user's own files."""

import asyncio
import re
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glmdesk.domain.changes import Changes
from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.domain.errors import StoreError, TemplateError
from glmdesk.domain.message import Role
from glmdesk.domain.messages import LANGUAGES, Catalogue
from glmdesk.domain.template import Family, Template, Variable, VariableKind, slots
from glmdesk.services.templates import TemplateService

CODES = [language.value for language in LANGUAGES]
GOOD = 'family = "qa"\ntitle = "Mine"\nlanguage = "en"\nprompt = "About {{x}}"\n[[variables]]\nname = "x"\n'
BAD = 'family = "qa"\ntitle = "Bad"\nprompt = "About {{y}}"\n'
MINE = Template(
    "",
    Family.WRITING,
    "我的口号",
    "",
    "给{{product}}写口号\n三个",
    variables=(Variable("product", "产品", required=True),),
    built_in=False,
)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


class News(list[Changes]):
    """What was announced."""


@pytest.fixture
def news() -> News:
    return News()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "templates"


@pytest.fixture
def service(folder: Path, news: News) -> TemplateService:
    return TemplateService(folder, news.append)


def built_in(code: str) -> tuple[Template, ...]:
    return TemplateService(Path("does-not-exist"), lambda _: None).list(code)


ALL = [template for code in CODES for template in built_in(code)]
each = pytest.mark.parametrize("template", ALL, ids=lambda t: f"{t.language}/{t.id}")


def reason(error: TemplateError) -> str:
    return error.info.args["reason"].removeprefix("template.reason.")


# --- the built-in ones ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_each_family_has_at_least_five_in_each_language(code: str) -> None:
    count = Counter(template.family for template in built_in(code))
    assert {family: count[family] >= 5 for family in Family} == dict.fromkeys(Family, True)
    assert {template.language for template in built_in(code)} == {code}


def test_both_languages_have_the_same_jobs() -> None:
    chinese, english = ({(t.id, t.output, t.thinking) for t in built_in(code)} for code in CODES)
    assert chinese == english


@pytest.mark.parametrize("code", CODES)
def test_ids_and_titles_are_unique_in_a_language(code: str) -> None:
    assert max(Counter(t.id for t in built_in(code)).values()) == 1
    assert max(Counter(t.title for t in built_in(code)).values()) == 1


def test_the_list_goes_by_family_then_title() -> None:
    listed = built_in("en")
    families = [template.family for template in listed]
    assert list(dict.fromkeys(families)) == list(Family)
    assert families == sorted(families, key=list(Family).index)
    titles = [template.title.casefold() for template in listed if template.family is Family.WEB]
    assert titles == sorted(titles)


@each
def test_slots_are_the_variables(template: Template) -> None:
    used = slots("\n".join((template.system, *(t.text for t in template.turns), template.prompt)))
    assert set(used) == {variable.name for variable in template.variables}


@each
def test_defaults_fill_and_only_the_users_material_is_asked_for(template: Template) -> None:
    values = template.defaults()
    assert all(v.kind in (VariableKind.LONG, VariableKind.FILE) for v in template.missing(values))
    filled = template.fill({**values, **{v.name: "…" for v in template.missing(values)}})
    assert "{{" not in filled + template.setup(values).system
    assert filled.strip()


@each
def test_a_card_has_texts_and_a_form_has_labels(template: Template) -> None:
    assert template.built_in
    assert template.thinking is not None
    assert template.title.strip() == template.title
    assert 0 < len(template.title) <= 40
    assert 0 < len(template.description) <= 90
    assert "\n" not in template.description
    assert all(v.label and v.label != v.name for v in template.variables)
    chinese = re.search(r"[\u4e00-\u9fff]", template.title + template.description + template.system)
    assert bool(chinese) is (template.language == "zh_CN")


@each
def test_a_choice_has_a_default_and_no_choice_twice(template: Template) -> None:
    for variable in template.variables:
        values = [value for value, _ in variable.choices]
        labels = [label for _, label in variable.choices]
        assert len(set(values)) == len(values)
        assert len(set(labels)) == len(labels)
        assert variable.kind is not VariableKind.CHOICE or variable.default in values


@each
def test_the_answer_is_of_the_kind_that_the_family_delivers(template: Template) -> None:
    rules = f"{template.system}\n{template.prompt}"
    if template.family is Family.WEB:
        assert template.output == "html"
        assert "HTML" in rules
        assert re.search("一个完整的 HTML|one complete HTML|完整的一个 HTML", rules)
    if template.output == "checklist":
        assert "- [ ]" in rules
    if template.output == "outline":
        assert "\n## " in rules


@pytest.mark.parametrize("code", CODES)
def test_the_slogan_has_its_two_earlier_turns(code: str) -> None:
    slogan = next(t for t in built_in(code) if t.id == "writing/slogan")
    assert [turn.role for turn in slogan.turns] == [Role.USER, Role.ASSISTANT]
    assert slogan.setup({}).turns == slogan.turns


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    ("template_id", "thinking", "examples"),
    [
        ("qa/simple", False, (("智谱", "Zhipu"), ("I love you", "I love you"))),
        ("qa/medium", True, (("木星", "Jupiter"), ("北京到上海", "Beijing to Shanghai"))),
        ("qa/hard", True, (("专家", "experts"), ("指数基金", "index fund"))),
    ],
)
def test_the_presets_set_thinking(
    code: str, template_id: str, thinking: bool, examples: tuple[tuple[str, str], ...]
) -> None:
    preset = next(t for t in built_in(code) if t.id == template_id)
    setup = preset.setup(preset.defaults())
    assert preset.thinking is thinking
    assert (setup.thinking, setup.thinking.resolve(setup.template_thinking)) == (ThinkingChoice.TEMPLATE, thinking)
    question = next(v for v in preset.variables if v.kind is VariableKind.CHOICE)
    assert len(question.choices) == len(examples) + 1  # the last: the user's own
    for (value, _), words in zip(question.choices, examples, strict=False):
        assert words[CODES.index(code)] in value
    assert any(v.kind is VariableKind.LONG for v in preset.variables)


@pytest.mark.parametrize(
    ("template_id", "words"),
    [
        ("qa/lucid-dreams", ("清醒梦", "lucid dreams")),
        ("translation/gatsby-smile", ("rare smiles", "rare smiles")),
        ("character/dnd-wizard", ("法师", "wizard")),
        ("writing/dog-diary", ("松鼠", "squirrel")),
    ],
)
def test_the_known_examples_are_there(template_id: str, words: tuple[str, str]) -> None:
    for code, word in zip(CODES, words, strict=True):
        template = next(t for t in built_in(code) if t.id == template_id)
        assert word in template.fill(template.defaults())


def test_gatsby_is_translated_without_notes(service: TemplateService) -> None:
    texts = {code: next(t for t in service.list(code) if t.id == "translation/gatsby-smile") for code in CODES}
    assert "不要任何注解" in texts["zh_CN"].prompt
    assert re.search("no notes|without (any )?notes", texts["en"].prompt + texts["en"].system, re.IGNORECASE)


def test_an_id_opens_in_the_language_that_is_listed(service: TemplateService) -> None:
    for code in (*CODES, CODES[0]):
        service.list(code)
        template = service.get("qa/simple")
        assert template is not None
        assert template.language == code
    assert service.get("qa/nothing") is None


@pytest.mark.parametrize(("system", "code"), [("zh_CN.UTF-8", "zh_CN"), ("de_DE.UTF-8", "en")])
def test_before_any_list_an_id_opens_in_the_language_of_the_system(
    monkeypatch: pytest.MonkeyPatch, folder: Path, system: str, code: str
) -> None:
    monkeypatch.setenv("LC_ALL", system)
    template = TemplateService(folder, lambda _: None).get("qa/simple")
    assert template is not None
    assert template.language == code


# --- the user's own ---------------------------------------------------------------------------------------------------


def test_no_folder_is_no_problem(service: TemplateService) -> None:
    assert all(template.built_in for template in service.list("en"))
    assert service.problems == ()


def test_own_templates_of_any_language_are_listed(service: TemplateService, folder: Path) -> None:
    folder.mkdir()
    (folder / "mine.toml").write_text(GOOD, "utf-8")
    listed = [t for t in service.list("zh_CN") if not t.built_in]
    assert [(t.id, t.title, t.language) for t in listed] == [("qa/mine", "Mine", "en")]


def test_a_bad_file_is_told_and_the_others_load(service: TemplateService, folder: Path) -> None:
    (folder / "qa").mkdir(parents=True)
    (folder / "qa" / "bad.toml").write_text(BAD, "utf-8")
    (folder / "qa" / "mine.toml").write_text(GOOD, "utf-8")
    (folder / "qa" / "note.txt").write_text("not a template", "utf-8")
    assert service.get("qa/mine") is not None
    assert len(service.problems) == 1
    info = service.problems[0]
    assert (info.args["file"], info.args["line"]) == ("bad.toml", "3")
    assert "第 3 行" in Catalogue.load(LANGUAGES[0]).error(info)[0]
    assert "line 3" in Catalogue.load(LANGUAGES[1]).error(info)[0]


def test_two_files_with_one_id_are_told(service: TemplateService, folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
        (folder / name / "mine.toml").write_text(GOOD, "utf-8")
    assert service.get("qa/mine") is not None
    assert [info.args["reason"] for info in service.problems] == ["template.reason.same_id"]


def test_a_users_file_replaces_a_built_in_one(service: TemplateService, folder: Path) -> None:
    (folder / "qa").mkdir(parents=True)
    (folder / "qa" / "simple.toml").write_text(GOOD, "utf-8")
    assert [t.title for t in service.list("en") if t.id == "qa/simple"] == ["Mine"]
    run(service.delete("qa/simple"))
    found = service.get("qa/simple")
    assert found is not None
    assert found.built_in


def test_a_new_template_is_stored_announced_and_found_again(service: TemplateService, folder: Path, news: News) -> None:
    stored = run(service.save(MINE))
    assert stored.id == "writing/我的口号"
    assert stored == replace(MINE, id=stored.id)
    assert news == [Changes(templates=True)]
    assert TemplateService(folder, news.append).get(stored.id) == stored


def test_a_changed_template_keeps_its_id_its_file_and_its_comments(service: TemplateService, folder: Path) -> None:
    (folder / "qa").mkdir(parents=True)
    path = folder / "qa" / "mine.toml"
    path.write_text("# my notes\n" + GOOD, "utf-8")
    found = service.get("qa/mine")
    assert found is not None
    stored = run(service.save(replace(found, title="Another")))
    assert (stored.id, service.get("qa/mine")) == ("qa/mine", stored)
    assert path.read_text("utf-8").startswith("# my notes\n")
    assert [p for p in folder.rglob("*") if p.is_file()] == [path]


def test_another_family_moves_the_file(service: TemplateService, folder: Path) -> None:
    stored = run(service.save(MINE))
    moved = run(service.save(replace(stored, family=Family.QA)))
    assert moved.id == "qa/我的口号"
    assert service.get(stored.id) is None
    assert [p.relative_to(folder).as_posix() for p in folder.rglob("*.toml")] == ["qa/我的口号.toml"]


def test_two_templates_of_one_title_get_two_ids(service: TemplateService) -> None:
    ids = [run(service.save(MINE)).id for _ in range(3)]
    assert ids == ["writing/我的口号", "writing/我的口号-2", "writing/我的口号-3"]


@pytest.mark.parametrize("title", ["../../etc/passwd", "a/b\\c", "...", "CON:", "x" * 300, "🙂"])
def test_no_title_leads_out_of_the_folder(service: TemplateService, folder: Path, title: str) -> None:
    stored = run(service.save(replace(MINE, title=title)))
    paths = list(folder.parent.rglob("*.toml"))
    assert [path.parent for path in paths] == [folder / "writing"]
    assert paths[0].stem not in ("", "con", "..")
    assert stored.title == title
    assert service.get(stored.id) == stored


def test_a_template_that_could_not_be_read_again_is_not_stored(service: TemplateService, folder: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        run(service.save(replace(MINE, variables=())))
    assert reason(caught.value) == "no_variable"
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("here")
    with pytest.raises(StoreError):
        run(TemplateService(blocked, lambda _: None).save(MINE))


@pytest.mark.parametrize(
    ("code", "title"), [("zh_CN", "简单问答（不思考）（副本）"), ("en", "Quick answer (no thinking) (copy)")]
)
def test_a_copy_of_a_built_in_one_is_the_users(service: TemplateService, code: str, title: str) -> None:
    source = next(t for t in service.list(code) if t.id == "qa/simple")
    copy = run(service.duplicate("qa/simple"))
    assert copy == replace(source, id=copy.id, title=title, built_in=False)
    assert service.get(copy.id) == copy
    assert service.get("qa/simple") == source


def test_all_built_in_ones_survive_being_written(service: TemplateService) -> None:
    for code in CODES:
        for source in service.list(code):
            copy = run(service.duplicate(source.id))
            assert replace(copy, id=source.id, title=source.title, built_in=True) == source
            run(service.delete(copy.id))


def test_an_exported_template_comes_back(service: TemplateService, tmp_path: Path, news: News) -> None:
    stored = run(service.save(MINE))
    path = tmp_path / "given" / "口号.toml"
    run(service.export_file(stored.id, path))
    other = TemplateService(tmp_path / "other", news.append)
    taken = run(other.import_file(path))
    assert replace(taken, id="") == MINE
    assert taken.id == "writing/口号"
    again = run(other.import_file(path))
    assert again.id not in ("", taken.id)
    assert len([t for t in other.list("en") if not t.built_in]) == 2


def test_an_imported_file_never_hides_a_built_in_one(service: TemplateService, tmp_path: Path) -> None:
    path = tmp_path / "simple.toml"
    path.write_text(GOOD, "utf-8")
    taken = run(service.import_file(path))
    assert taken.id != "qa/simple"
    assert service.get("qa/simple").built_in  # type: ignore[union-attr]


def test_a_bad_file_is_not_imported(service: TemplateService, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(BAD, "utf-8")
    with pytest.raises(TemplateError) as caught:
        run(service.import_file(path))
    assert (reason(caught.value), caught.value.info.args["line"]) == ("no_variable", "3")
    assert not folder.exists()


def test_what_is_gone_is_told(service: TemplateService, tmp_path: Path) -> None:
    works = (
        service.duplicate("qa/gone"),
        service.delete("qa/gone"),
        service.delete("qa/simple"),  # built in
        service.export_file("qa/gone", tmp_path / "x.toml"),
    )
    for work in works:
        with pytest.raises(TemplateError) as caught:
            run(work)
        assert reason(caught.value) == "gone"
    assert not (tmp_path / "x.toml").exists()


def test_a_file_that_came_from_outside_is_seen_after_reload(service: TemplateService, folder: Path, news: News) -> None:
    assert service.get("qa/mine") is None
    folder.mkdir()
    (folder / "mine.toml").write_text(GOOD, "utf-8")
    run(service.reload())
    assert service.get("qa/mine") is not None
    assert news == [Changes(templates=True)]
