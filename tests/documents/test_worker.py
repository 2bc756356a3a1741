"""The real process `glmdesk --worker documents`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from glmdesk.domain.errors import UserError
from glmdesk.services.files import FileService, ReadFile
from tests.documents import made


def read(path: Path, *, seconds: float = 60.0) -> ReadFile:
    async def body() -> ReadFile:
        service = FileService(seconds=seconds)
        try:
            return await service.read(path)
        finally:
            await service.close()

    return asyncio.run(body())


def refusal(path: Path, *, seconds: float = 60.0) -> str:
    with pytest.raises(UserError) as caught:
        read(path, seconds=seconds)
    assert caught.value.info.args["name"] == path.name
    return caught.value.info.kind


def test_a_document_becomes_a_part_of_a_turn(tmp_path: Path) -> None:
    found = read(made.docx(tmp_path / "合同.docx"))
    assert (found.part.name, found.note) == ("合同.docx", "")
    assert found.part.text.startswith("# 合同 Contract")


def test_a_file_that_is_gone_or_a_folder_gets_a_sentence(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.txt") == "file_missing"
    assert refusal(tmp_path) == "file_kind"


@pytest.mark.skipif(sys.platform != "linux", reason="a pipe with a name that nobody writes to")
def test_a_file_that_never_ends_is_given_up(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.txt")
    assert refusal(tmp_path / "pipe.txt", seconds=3) == "file_kind"


def test_several_files_are_read_at_once_and_a_bad_one_harms_no_other(tmp_path: Path) -> None:
    good = [made.docx(tmp_path / "a.docx"), made.xlsx(tmp_path / "b.xlsx"), made.pptx(tmp_path / "c.pptx")]
    bad = made.bomb(tmp_path / "d.docx", "word/document.xml")

    async def body() -> list[object]:
        service = FileService()
        found = await asyncio.gather(*(service.read(path) for path in [*good, bad]), return_exceptions=True)
        await service.close()
        return list(found)

    *read_ones, refused = asyncio.run(body())
    assert [type(one) for one in read_ones] == [ReadFile] * 3
    assert isinstance(refused, UserError)
    assert refused.info.kind == "file_bomb"


def test_closing_ends_what_is_being_read(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"caf\xe9 " * 8_000_000)

    async def body() -> list[object]:
        service = FileService()

        async def end() -> None:
            while not service.busy:
                await asyncio.sleep(0.01)
            await service.close()

        return list(await asyncio.gather(service.read(path), end(), return_exceptions=True))

    refused = asyncio.run(body())[0]
    assert isinstance(refused, UserError)
