"""What may be in the frozen program and what may not."""

from __future__ import annotations

import pytest

from release import contents
from release.environment import locked
from release.places import Flavour

GPL_FILES = [
    "_internal/PySide6/Qt/lib/libQt6Charts.so.6",
    "_internal/PySide6/QtDataVisualization.abi3.so",
    "_internal/PySide6/Qt/lib/libQt6GraphsWidgets.so.6",
    "_internal/PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
    "_internal/PySide6/Qt6VirtualKeyboard.dll",
    "_internal/PySide6/Qt/lib/libQt6NetworkAuth.so.6",
    "_internal/PySide6/Qt/lib/libQt6Quick3DRuntimeRender.so.6",
    "_internal/PySide6/Qt/lib/libQt6QuickTimeline.so.6",
    "_internal/PySide6/Qt/qml/QtQuick3D/qmldir",
    "_internal/PySide6/Qt/qml/QtQuick/VirtualKeyboard/Plugins/Pinyin/libqtvkbpinyinplugin.so",
    "_internal/PySide6/Qt/lib/QtCharts.framework/Versions/A/QtCharts",
    "_internal/python3.11/lib-dynload/readline.cpython-311-x86_64-linux-gnu.so",
]


@pytest.mark.parametrize("name", GPL_FILES)
def test_gpl_parts_are_found_in_a_finished_bundle(name: str) -> None:
    assert list(contents.forbidden([name])) == [name]


@pytest.mark.parametrize("name", GPL_FILES[:-1])
@pytest.mark.parametrize("webengine", [False, True])
def test_gpl_parts_are_left_out_of_both_flavours(name: str, webengine: bool) -> None:
    assert not contents.kept(name.removeprefix("_internal/"), "", webengine=webengine)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Gui.so.6",
        "PySide6/QtWidgets.abi3.so",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        "PySide6/libpyside6.abi3.so.6.11",
        "resources/icons/chart.svg",
        "docx/templates/default.docx",
        "pptx/templates/default.pptx",
        "keyring-25.7.0.dist-info/entry_points.txt",
    ],
)
def test_what_the_program_needs_stays(name: str) -> None:
    assert contents.kept(name, "", webengine=False)
    assert list(contents.forbidden([name])) == []
    assert list(contents.unexpected([name], webengine=False)) == []


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6WebEngineCore.so.6",
        "PySide6/Qt/libexec/QtWebEngineProcess",
        "PySide6/Qt/resources/icudtl.dat",
        "PySide6/Qt/translations/qtwebengine_locales/zh-CN.pak",
    ],
)
def test_the_browser_is_in_one_flavour_only(name: str) -> None:
    assert contents.kept(name, "", webengine=True)
    assert list(contents.unexpected([name], webengine=True)) == []
    if "lib/" in name or "locales" in name:
        assert not contents.kept(name, "", webengine=False)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/translations/qtbase_fr.qm",
        "PySide6/qml/x",
        "docx/templates/default-docx-template/word/styles.xml",
        "lxml/isoschematron/resources/rng/iso-schematron.rng",
    ],
)
def test_unused_parts_are_left_out(name: str) -> None:
    assert not contents.kept(name, "", webengine=True)


def test_the_systems_libraries_stay_outside_but_for_the_tested_ones() -> None:
    assert not contents.kept("libgtk-3.so.0", "/usr/lib/x86_64-linux-gnu/libgtk-3.so.0", webengine=False)
    assert contents.kept("libssl.so.3", "/lib/x86_64-linux-gnu/libssl.so.3", webengine=False)


def test_a_library_that_nobody_allowed_is_named() -> None:
    name = "_internal/PySide6/Qt/lib/libQt6Multimedia.so.6"
    assert list(contents.unexpected([name], webengine=True)) == [name]


def test_the_light_flavour_installs_no_browser() -> None:
    assert "pyside6-addons" not in locked(Flavour.LIGHT)
    assert "pyside6-addons==" in locked(Flavour.WEBENGINE)
    assert locked(Flavour.LIGHT).count("==") == locked(Flavour.WEBENGINE).count("==") - 1
