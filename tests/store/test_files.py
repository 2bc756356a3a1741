from __future__ import annotations

from pathlib import Path

import pytest

from glmdesk.domain.errors import Action, StoreError
from glmdesk.store.files import Profile, find_profile


def test_the_given_profile_comes_before_the_variable_and_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "system"))
    monkeypatch.delenv("GLMDESK_HOME", raising=False)
    assert find_profile().root.is_absolute()
    assert "glmdesk" in find_profile().root.name
    monkeypatch.setenv("GLMDESK_HOME", str(tmp_path / "variable"))
    assert find_profile().root == tmp_path / "variable"
    assert find_profile(str(tmp_path / "given")).root == tmp_path / "given"
    assert list(tmp_path.iterdir()) == []


def test_a_profile_says_where_its_files_are(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    places = (profile.database, profile.settings, profile.templates, profile.logs, profile.backups)
    assert [p.name for p in places] == ["glmdesk.db", "settings.toml", "templates", "logs", "backups"]
    assert {p.parent for p in places} == {tmp_path}


def test_a_relative_profile_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_profile("mine").root == tmp_path / "mine"


def test_a_system_without_a_home_asks_for_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLMDESK_HOME", raising=False)
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: Path("~/.local/share/glmdesk"))
    with pytest.raises(StoreError) as caught:
        find_profile()
    assert (caught.value.info.kind, caught.value.info.action) == ("store_readonly", Action.CHOOSE_FOLDER)


def test_preparing_makes_the_folder_for_this_user_alone(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "a" / "b")
    profile.prepare()
    profile.prepare()
    assert profile.root.stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        Profile(tmp_path / "file" / "b").prepare()
    assert caught.value.info.args["path"].endswith("file/b")
