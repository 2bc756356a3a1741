"""The door into the workspace: nothing leads out of it."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.tools import ToolContext, ToolFault
from glmdesk.tools.list_files import ListFilesTool
from glmdesk.tools.read_file import ReadFileTool
from glmdesk.tools.search_files import SearchFilesTool
from glmdesk.tools.workspace import MAX_FILE, Workspace
from glmdesk.tools.write_file import WriteFileTool

SECRET = "outside secret"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with files, beside a folder that is not part of it."""
    folder = tmp_path / "work"
    (folder / "notes").mkdir(parents=True)
    (folder / "notes" / "a.md").write_text("# Plan\nbuy milk\n", "utf-8")
    (folder / "读我.txt").write_bytes("中文内容".encode("gb18030"))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(SECRET, "utf-8")
    (tmp_path / "workshop").mkdir()
    (tmp_path / "workshop" / "b.txt").write_text(SECRET, "utf-8")
    return folder


def call(tool: Any, root: Path | None, **arguments: object) -> str:
    return asyncio.run(tool.call(arguments, ToolContext("c", root))).text


def refuse(tool: Any, root: Path | None, **arguments: object) -> str:
    with pytest.raises(ToolFault) as caught:
        call(tool, root, **arguments)
    return str(caught.value)


OUT = [
    "../outside/secret.txt",
    "notes/../../outside/secret.txt",
    "notes/./../../work/../outside/secret.txt",
    "/etc/passwd",
    "//server/share/x",
    "\\\\server\\share\\x",
    "..\\outside\\secret.txt",
    "C:\\Windows\\win.ini",
    "C:/Windows/win.ini",
    "c:secret.txt",
    "../workshop/b.txt",
    "..",
    "notes/..",
    "a\0b",
    "\ud800",
    "x" * 2_000,
]


@pytest.mark.parametrize("path", OUT)
@pytest.mark.parametrize("tool", [ReadFileTool(), ListFilesTool(), SearchFilesTool(), WriteFileTool()])
def test_paths_that_lead_out_are_refused_by_every_tool(root: Path, tool: Any, path: str) -> None:
    before = sorted(str(p) for p in root.parent.rglob("*"))
    refuse(tool, root, path=path, text="secret", content="x")
    assert sorted(str(p) for p in root.parent.rglob("*")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("target", ["../outside/secret.txt", "{outside}/secret.txt"])
def test_a_link_to_the_outside_is_neither_read_nor_written_through(root: Path, target: str) -> None:
    (root / "link.txt").symlink_to(target.format(outside=root.parent / "outside"))
    (root / "door").symlink_to(root.parent / "outside", target_is_directory=True)
    assert "leads out" in refuse(ReadFileTool(), root, path="link.txt")
    assert "leads out" in refuse(ReadFileTool(), root, path="door/secret.txt")
    assert "leads out" in refuse(WriteFileTool(), root, path="link.txt", content="gone")
    assert "leads out" in refuse(WriteFileTool(), root, path="door/new.txt", content="gone")
    assert "leads out" in refuse(ListFilesTool(), root, path="door")
    assert SECRET not in call(SearchFilesTool(), root, text="secret")
    assert "link.txt  (link)" in call(ListFilesTool(), root)
    assert (root.parent / "outside" / "secret.txt").read_text("utf-8") == SECRET


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_inside_works_and_one_that_is_swapped_in_later_does_not(root: Path) -> None:
    (root / "inner").symlink_to(root / "notes", target_is_directory=True)
    assert "milk" in call(ReadFileTool(), root, path="inner/a.md")
    workspace = Workspace(root)
    names = workspace.names("notes/a.md")
    (root / "notes").rename(root / "moved")
    (root / "notes").symlink_to(root.parent / "outside", target_is_directory=True)
    workspace.names = lambda path: names  # the check was made before the swap  # pyright: ignore
    with pytest.raises(ToolFault):
        workspace.read("notes/a.md")
    with pytest.raises(ToolFault):
        workspace.write("notes/a.md", b"x")
    assert [p.name for p in (root.parent / "outside").iterdir()] == ["secret.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX")
def test_a_pipe_is_no_file_and_does_not_hang(root: Path) -> None:
    os.mkfifo(root / "pipe")
    assert "not a regular file" in refuse(ReadFileTool(), root, path="pipe")
    assert "pipe  (other)" in call(ListFilesTool(), root)


@pytest.mark.parametrize("way", ["below", "link", "itself", "inside"])
def test_the_programs_own_folder_is_out_of_reach_wherever_the_workspace_is(root: Path, way: str) -> None:
    profile = root / "share" / "glmdesk"
    (profile / "logs").mkdir(parents=True)
    (profile / "settings.toml").write_text("python_tool = false", "utf-8")
    (root / "door").symlink_to(profile, target_is_directory=True)
    base = {"below": "share/glmdesk/", "link": "door/", "itself": "", "inside": "../"}[way]
    workspace = {"itself": profile, "inside": profile / "logs"}.get(way, root)
    context = ToolContext("c", workspace, (profile,))
    calls: list[tuple[Any, dict[str, str]]] = [
        (ReadFileTool(), {"path": f"{base}settings.toml"}),
        (ListFilesTool(), {"path": base or "."}),
        (WriteFileTool(), {"path": f"{base}settings.toml", "content": "python_tool = true"}),
        (WriteFileTool(), {"path": f"{base}logs/new.txt", "content": "x"}),
    ]
    for tool, arguments in calls:
        with pytest.raises(ToolFault, match=r"own data|leads out"):
            asyncio.run(tool.call(arguments, context))
        with pytest.raises(ToolFault):
            asyncio.run(
                tool.preview(arguments, context) if isinstance(tool, WriteFileTool) else tool.call(arguments, context)
            )
    assert (profile / "settings.toml").read_text("utf-8") == "python_tool = false"
    if workspace == root:
        assert "python_tool" not in asyncio.run(SearchFilesTool().call({"text": "python_tool"}, context)).text
        assert "glmdesk  (other)" in asyncio.run(ListFilesTool().call({"path": "share"}, context)).text
        assert "milk" in asyncio.run(ReadFileTool().call({"path": "notes/a.md"}, context)).text


PIECES = st.sampled_from(["..", ".", "", "/", "\\", "notes", "a.md", "door", "link", "up", "C:", "~", "Notes", "..."])


@given(st.lists(PIECES, max_size=8), st.sampled_from(["/", "\\", "//", "/./"]))
def test_no_path_at_all_reads_or_writes_the_outside(pieces: list[str], between: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        outside, root = Path(name, "outside"), Path(name, "work")
        outside.mkdir()
        (root / "notes").mkdir(parents=True)
        (outside / "a.md").write_text(SECRET, "utf-8")
        (root / "notes" / "a.md").write_text("inside", "utf-8")
        if sys.platform != "win32":
            (root / "door").symlink_to(outside)
            (root / "link").symlink_to(outside / "a.md")
            (root / "notes" / "up").symlink_to("..")
        path = between.join(pieces)
        with suppress(ToolFault):
            assert SECRET.encode() not in Workspace(root).read(path)
        with suppress(ToolFault):
            Workspace(root).write(path, b"written")
        assert [(p.name, p.read_text("utf-8")) for p in outside.iterdir()] == [("a.md", SECRET)]
        assert sorted(p.name for p in Path(name).iterdir()) == ["outside", "work"]


def test_reading_knows_chinese_encodings_lines_and_what_is_no_text(root: Path) -> None:
    (root / "b.bin").write_bytes(bytes(range(256)))
    assert call(ReadFileTool(), root, path="读我.txt") == "中文内容"
    assert call(ReadFileTool(), root, path="notes/a.md", first_line=2, lines=1) == "buy milk\n… (1 more lines)"
    assert "not a text file" in refuse(ReadFileTool(), root, path="b.bin")
    assert "No such file" in refuse(ReadFileTool(), root, path="none.txt")
    assert call(SearchFilesTool(), root, text="MILK") == "notes/a.md:2: buy milk"
    assert "workspace" in refuse(ReadFileTool(), None, path="a")


def test_a_difference_in_line_ends_alone_is_seen(root: Path) -> None:
    tool, context = WriteFileTool(), ToolContext("c", root)
    (root / "ends.txt").write_bytes(b"one\r\ntwo\n")
    diff = asyncio.run(tool.preview({"path": "ends.txt", "content": "one\ntwo"}, context))
    assert "-one␍" in diff
    assert diff.splitlines()[2:] == [
        "@@ -1,2 +1,2 @@",
        "-one␍",
        "-two",
        "+one",
        "+two",
        "\\ No newline at end of file",
    ]


def test_of_two_writes_that_were_compared_with_the_same_file_the_second_is_refused(root: Path) -> None:
    tool, context = WriteFileTool(), ToolContext("c", root)
    first, second = ({"path": "notes/a.md", "content": words} for words in ("one", "two"))
    for arguments in (first, second):
        asyncio.run(tool.preview(arguments, context))
    assert call(tool, root, **first).startswith("Replaced")
    assert "has changed" in refuse(tool, root, **second)
    assert (root / "notes" / "a.md").read_text("utf-8") == "one"


def test_writing_shows_the_difference_and_refuses_what_has_changed_since(root: Path) -> None:
    tool, context = WriteFileTool(), ToolContext("c", root)
    arguments = {"path": "notes/a.md", "content": "# Plan\nbuy bread\n"}
    diff = asyncio.run(tool.preview(arguments, context))
    assert "-buy milk" in diff
    assert "+buy bread" in diff
    (root / "notes" / "a.md").write_text("something new", "utf-8")
    assert "has changed" in refuse(tool, root, **arguments)
    asyncio.run(tool.preview(arguments, context))
    assert call(tool, root, **arguments) == "Replaced notes/a.md (17 bytes)."
    assert (root / "notes" / "a.md").read_text("utf-8") == "# Plan\nbuy bread\n"
    assert call(tool, root, path="new/deep/c.txt", content="x") == "Made new/deep/c.txt (1 bytes)."
    assert not list(root.rglob("*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
@pytest.mark.parametrize("mode", [0o600, 0o755])
def test_a_file_that_is_replaced_stays_as_private_and_as_runnable_as_it_was(root: Path, mode: int) -> None:
    file = root / "notes" / "a.md"
    file.chmod(mode)
    call(WriteFileTool(), root, path="notes/a.md", content="new")
    assert file.read_text("utf-8") == "new"
    assert file.stat().st_mode & 0o777 == mode


def test_of_a_file_that_is_too_long_the_beginning_is_read_and_that_is_said(root: Path) -> None:
    (root / "long.txt").write_bytes("x中".encode() + "\n文".encode() * (MAX_FILE // 4))
    assert call(ReadFileTool(), root, path="long.txt", lines=1).startswith("x中\n… (")
    last = call(ReadFileTool(), root, path="long.txt", first_line=MAX_FILE // 4)
    assert "文" in last
    assert last.endswith("longer than 8 MB; the rest is not read)")


def test_a_file_that_is_too_long_to_be_compared_is_not_replaced(root: Path) -> None:
    with (root / "huge.txt").open("wb") as file:
        file.truncate(1 << 30)
    arguments = {"path": "huge.txt", "content": "x"}
    assert "larger than 8 MB" in refuse(WriteFileTool(), root, **arguments)
    with pytest.raises(ToolFault, match="larger than 8 MB"):
        asyncio.run(WriteFileTool().preview(arguments, ToolContext("c", root)))
    assert (root / "huge.txt").stat().st_size == 1 << 30


def test_a_search_says_what_it_left_out(root: Path) -> None:
    (root / "big.log").write_text("x\n" * 1_100_000 + "needle\n", "utf-8")
    said = "… (not searched: files over 2 MB, and what comes after 5000 files)"
    assert call(SearchFilesTool(), root, text="needle") == f"No line contains this text.\n{said}"
    assert call(SearchFilesTool(), root, text="milk") == f"notes/a.md:2: buy milk\n{said}"
    assert call(SearchFilesTool(), root, text="milk", names="*.md") == "notes/a.md:2: buy milk"
