"""The doctor's report: what is missing, what to do, and no secret in it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from glmdesk import doctor
from glmdesk.doctor import Mark
from glmdesk.domain.errors import ErrorInfo, SecretError, StoreError
from glmdesk.domain.messages import LANGUAGES, Catalogue, Language
from glmdesk.domain.ports import StoreKind
from glmdesk.domain.secret import Secret
from tests.helpers.systems import posix_only

ENGLISH = Catalogue.load(Language.EN).text
CHINESE = Catalogue.load(Language.ZH_CN).text
CANARY = "canary-secret-0123456789"


class Keyring:
    """A secret store that says its kind or fails; reading a key from it fails the test."""

    def __init__(self, answer: StoreKind | SecretError) -> None:
        self._answer = answer

    async def kind(self) -> StoreKind:
        if isinstance(self._answer, SecretError):
            raise self._answer
        return self._answer

    async def get(self, name: str) -> Secret | None:
        raise AssertionError("the doctor read a key")

    async def set(self, name: str, secret: Secret) -> StoreKind:
        raise AssertionError("the doctor wrote a key")

    async def delete(self, name: str) -> None:
        raise AssertionError("the doctor deleted a key")

    def keep_in_memory(self, name: str, secret: Secret) -> None:
        raise AssertionError("the doctor kept a key")


WORKING = Keyring(StoreKind.SECRET_SERVICE)


@pytest.fixture
def fine_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.preflight, "find_problem", lambda environment: None)
    monkeypatch.setattr(doctor.preflight, "library_problem", lambda environment: None)
    monkeypatch.setattr(doctor.preflight, "display_problem", lambda environment: None)
    good = doctor.Finding(Mark.GOOD, "doctor.font.good", arguments={"font": "Noto"})
    monkeypatch.setattr(doctor, "examine_fonts", lambda program: good)


@pytest.mark.usefixtures("fine_desktop")
def test_a_machine_with_everything_gets_a_report_without_problems(tmp_path: Path) -> None:
    report, code = doctor.run(ENGLISH, secrets=WORKING, folder=tmp_path)
    assert code == 0
    assert "Secret Service" in report
    assert report.endswith("No problem found.")


@pytest.mark.usefixtures("fine_desktop")
@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_every_line_is_a_sentence_and_not_an_id(text: doctor.Text, tmp_path: Path) -> None:
    report, _ = doctor.run(text, secrets=WORKING, folder=tmp_path)
    assert "doctor." not in report
    assert "{" not in report


@pytest.mark.usefixtures("fine_desktop")
def test_a_missing_keyring_is_a_problem_with_what_to_do(tmp_path: Path) -> None:
    absent = Keyring(SecretError(ErrorInfo("keyring_absent")))
    report, code = doctor.run(ENGLISH, secrets=absent, folder=tmp_path)
    assert code == 1
    assert "[missing]" in report
    assert report.endswith("Problems found: 1")


@pytest.mark.parametrize("kind", list(StoreKind))
def test_every_kind_of_store_has_a_name_in_both_languages(kind: StoreKind) -> None:
    for language in LANGUAGES:
        assert f"doctor.keyring.kind.{kind}" in Catalogue.load(language).ids


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"http://me:{CANARY}@proxy.example:8080", "http://***@proxy.example:8080"),
        (f"me:{CANARY}@proxy.example:8080", "***@proxy.example:8080"),
        (f"socks5h://me:{CANARY}@p@proxy.example:1080", "socks5h://***@proxy.example:1080"),
        (f"http://{CANARY}@proxy.example", "http://***@proxy.example"),
        ("http://proxy.example:8080", "http://proxy.example:8080"),
        ("localhost,127.0.0.1", "localhost,127.0.0.1"),
    ],
)
def test_a_proxys_password_is_masked(address: str, shown: str) -> None:
    assert doctor.masked(address) == shown


@pytest.mark.usefixtures("fine_desktop")
def test_no_secret_of_the_environment_is_in_the_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{CANARY}@proxy.example:8080")
    monkeypatch.setenv("ZAI_API_KEY", CANARY)
    report, _ = doctor.run(ENGLISH, secrets=WORKING, folder=tmp_path)
    assert "HTTPS_PROXY=http://***@proxy.example:8080" in report
    assert CANARY not in report


def test_no_proxy_is_said_too() -> None:
    assert doctor.examine_proxy({"PATH": "x", "HTTP_PROXY": ""}).line == "doctor.proxy.none"


@posix_only("a text file that is a program")
def test_a_font_list_without_chinese_is_a_problem(tmp_path: Path) -> None:
    assert doctor.examine_fonts(_program(tmp_path, "")).line == "doctor.font.none"


@posix_only("a text file that is a program")
def test_the_chinese_font_is_named(tmp_path: Path) -> None:
    found = doctor.examine_fonts(_program(tmp_path, "AR PL UMing\nNoto Sans CJK HK\nNoto Sans CJK SC,思源黑体\n"))
    assert found.arguments == {"font": "Noto Sans CJK SC"}


def test_without_fontconfig_the_font_is_a_note_and_no_problem() -> None:
    assert doctor.examine_fonts(None).mark is Mark.NOTE


def _program(folder: Path, output: str) -> str:
    """A program that prints a text whatever it is asked."""
    path = folder / "fc-list"
    path.write_text(f"#!{sys.executable}\nprint({output!r}, end='')\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_data_folder_that_does_not_exist_yet_is_fine(tmp_path: Path) -> None:
    assert doctor.examine_folder(tmp_path / "new" / "deep").mark is Mark.GOOD
    assert not (tmp_path / "new").exists()


def test_a_data_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    finding = doctor.examine_folder(blocked)
    assert finding.mark is Mark.BAD
    assert finding.arguments["path"] == str(blocked)


@pytest.mark.usefixtures("fine_desktop")
def test_a_system_without_a_home_is_a_problem_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise StoreError(ErrorInfo("store_readonly"))

    monkeypatch.setattr(doctor, "_own_folder", homeless)
    assert doctor.run(ENGLISH, secrets=WORKING)[1] == 1


def test_fcitx_gets_a_note_about_the_missing_plugin() -> None:
    environment = dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen", "QT_IM_MODULE": "fcitx"}
    assert list(doctor.examine_desktop(environment))[-1].line == "doctor.input_method.fcitx"
