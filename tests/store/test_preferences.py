from __future__ import annotations

import asyncio
import os
import string
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import StoreError
from glmdesk.domain.settings import BUILT_IN_ENDPOINTS, Language, ProxyMode, SendKey, Settings, Theme
from glmdesk.store.codec import whole_text
from glmdesk.store.preferences import Preferences, read_settings, render
from tests.helpers.stored import NIGHTLY
from tests.helpers.systems import posix_only

RUNS = 2000 if NIGHTLY else 200
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ENDPOINTS = st.builds(
    Endpoint,
    id=TEXT,
    name=TEXT,
    dialect=st.sampled_from(DialectName),
    base_url=TEXT,
    needs_key=st.booleans(),
    model=TEXT,
)
SETTINGS = st.builds(
    Settings,
    language=st.sampled_from(Language),
    theme=st.sampled_from(Theme),
    zoom=st.floats(0.5, 3),
    send_key=st.sampled_from(SendKey),
    auto_title=st.booleans(),
    default_endpoint=TEXT,
    default_model=TEXT,
    default_max_tokens=st.none() | st.integers(1, 100_000),
    default_temperature=st.none() | st.floats(0, 1),
    system_prompt=TEXT,
    concurrency=st.integers(1, 64),
    proxy_mode=st.sampled_from(ProxyMode),
    proxy_url=TEXT,
    endpoints=st.lists(ENDPOINTS, max_size=3, unique_by=lambda e: e.id).map(tuple),
    shortcuts=st.dictionaries(TEXT, TEXT, max_size=3),
)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([f.name for f in fields(Settings)]) | st.text(string.ascii_lowercase, min_size=1, max_size=8)


def save(path: Path, value: Settings) -> None:
    asyncio.run(Preferences(path).save(value))


def load(path: Path) -> tuple[Settings, tuple[str, ...]]:
    preferences = Preferences(path)
    return preferences.load(), preferences.problems


def test_no_file_means_the_defaults_and_no_problem(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml") == (Settings(), ())
    assert list(tmp_path.iterdir()) == []


def test_every_setting_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    changed = Settings(
        language=Language.EN,
        theme=Theme.DARK,
        zoom=1.25,
        send_key=SendKey.CTRL_ENTER,
        auto_title=False,
        default_endpoint="zai",
        default_model="glm-4.6",
        default_max_tokens=4096,
        default_temperature=0.7,
        system_prompt='多行\n"文字"',
        stop_following_after_screen=True,
        concurrency=5,
        proxy_mode=ProxyMode.CUSTOM,
        proxy_url="http://localhost:1",
        tools=("get_time",),
        workspace="/tmp",
        python_tool=True,
        monthly_budget=50.5,
        budget_stop=False,
        budget_warned="2026-11",
        inspector_megabytes=7,
        sidebar_visible=False,
        welcomed=True,
        endpoints=(*BUILT_IN_ENDPOINTS, Endpoint("x", "X", DialectName.VLLM, "http://localhost:8000/v1", False, "m")),
        shortcuts={"chat.send": "Ctrl+Return", "find": ""},
    )
    assert all(getattr(changed, f.name) != getattr(Settings(), f.name) for f in fields(Settings))
    save(path, changed)
    assert load(path) == (changed, ())
    save(path, Settings())
    assert load(path) == (Settings(), ())
    assert [p.name for p in path.parent.iterdir()] == ["settings.toml"]


@settings(max_examples=RUNS, deadline=None, database=None)
@given(SETTINGS, SETTINGS)
def test_any_settings_are_written_over_any_others(first: Settings, second: Settings) -> None:
    text = render(render("# mine\nfuture = 1\n", first), second)
    problems: list[str] = []
    assert read_settings(tomllib.loads(text), problems) == second
    assert problems == []
    assert "# mine" in text
    assert tomllib.loads(text)["future"] == 1


@settings(max_examples=RUNS, deadline=None, database=None)
@given(st.dictionaries(NAMES, VALUES, max_size=8), SETTINGS)
def test_any_file_loads_and_keeps_its_unknown_keys(data: dict[str, Any], changed: Settings) -> None:
    text = tomlkit.dumps(data)
    if tomllib_fails(text):
        return
    problems: list[str] = []
    loaded = read_settings(tomllib.loads(text), problems)
    for name in {f.name for f in fields(Settings)} - {p.partition(".")[0].partition("[")[0] for p in problems}:
        if name not in data:
            assert getattr(loaded, name) == getattr(Settings(), name)
    again = tomllib.loads(render(text, changed))
    assert read_settings(again, []) == changed
    known = {f.name for f in fields(Settings)}
    assert repr(without(again, known)) == repr(without(tomllib.loads(text), known))


def tomllib_fails(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return True
    return False


def without(data: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {key: data[key] for key in sorted(data) if key not in names}


@settings(max_examples=RUNS, deadline=None, database=None)
@given(st.binary(max_size=60) | TEXT.map(str.encode))
def test_any_bytes_load_without_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    path.write_bytes(data)
    loaded, _ = load(path)
    assert isinstance(loaded, Settings)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("zoom = 9.0", "zoom"),
        ("zoom = 0.1", "zoom"),
        ("zoom = nan", "zoom"),
        ("zoom = true", "zoom"),
        ("zoom = 2026-01-01", "zoom"),
        ('theme = "pink"', "theme"),
        ("theme = 3", "theme"),
        ('auto_title = "yes"', "auto_title"),
        ("concurrency = 0", "concurrency"),
        ("concurrency = 1.5", "concurrency"),
        ("default_temperature = 2.0", "default_temperature"),
        ("default_max_tokens = 0", "default_max_tokens"),
        ("endpoints = 5", "endpoints"),
        ('endpoints = ["x"]', "endpoints[0]"),
        ('endpoints = [{ id = "x" }]', "endpoints[0].name"),
        ('shortcuts = { find = 3, quit = "Ctrl+Q" }', "shortcuts.find"),
    ],
)
def test_a_bad_value_falls_to_its_default_alone_and_the_file_is_kept(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "settings.toml"
    text = f'{line}\ndefault_model = "glm-4.6"\n'
    path.write_text(text)
    loaded, problems = load(path)
    assert problems == (problem,)
    shortcuts = {"quit": "Ctrl+Q"} if "shortcuts" in line else {}
    assert loaded == Settings(default_model="glm-4.6", shortcuts=shortcuts)
    assert (tmp_path / "settings.toml.bad").read_text() == text
    save(path, loaded)
    assert load(path) == (loaded, ())


def test_a_file_that_is_no_toml_is_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xff\xfe = [")
    assert load(path) == (Settings(), ("settings.toml",))
    save(path, Settings(zoom=2.0))
    assert load(path) == (Settings(zoom=2.0), ())
    assert (tmp_path / "settings.toml.bad").read_bytes() == b"\xff\xfe = ["


def test_comments_order_and_what_a_newer_version_wrote_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        "# my settings\nzoom = 1.5 # large\nfuture = [1, 2]\n\n"
        '[[endpoints]]\nid = "x"\nname = "X"\ndialect = "vllm"\nbase_url = "http://a"\nregion = "north"\n\n'
        "[later]\na = 1 # kept\n"
    )
    loaded, problems = load(path)
    assert problems == ()
    save(path, replace(loaded, zoom=2.0, endpoints=(replace(loaded.endpoints[0], name="Y"),)))
    text = path.read_text()
    assert text.startswith("# my settings\nzoom = 2.0 # large\nfuture = [1, 2]\n")
    assert "a = 1 # kept" in text
    data = tomllib.loads(text)
    assert (data["endpoints"][0]["name"], data["endpoints"][0]["region"]) == ("Y", "north")


def test_two_saves_at_once_leave_the_later_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"

    async def body() -> None:
        preferences = Preferences(path)
        await asyncio.gather(*(preferences.save(Settings(concurrency=n)) for n in range(1, 21)))

    asyncio.run(body())
    assert load(path)[0].concurrency == 20
    assert [p.name for p in tmp_path.iterdir()] == ["settings.toml"]


@posix_only("links need a right there")
def test_a_link_to_the_settings_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = tmp_path / "settings.toml"
    path.symlink_to(tmp_path / "real" / "settings.toml")
    save(path, Settings(zoom=2.0))
    assert path.is_symlink()
    assert load(path)[0].zoom == 2.0


def test_a_place_that_cannot_be_written_is_an_error_for_the_user(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        save(tmp_path / "file" / "settings.toml", Settings(zoom=2.0))
    assert caught.value.info.kind == "store_readonly"
    path = tmp_path / "settings.toml"
    path.mkdir()
    assert load(path) == (Settings(), ("settings.toml",))
    with pytest.raises(StoreError):
        save(path, Settings(zoom=2.0))
    assert sorted(os.listdir(tmp_path)) == ["file", "settings.toml"]  # noqa: PTH208 (names are enough)


def test_text_that_utf_8_cannot_hold_is_made_whole(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    text = "a\ud800b\0c\ud83d\udc4d"
    save(path, Settings(system_prompt=text))
    assert load(path) == (Settings(system_prompt=whole_text(text)), ())
