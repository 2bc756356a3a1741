"""Row 59 of the fault table: documents that are no good, read by the real process."""

from __future__ import annotations

import asyncio
from pathlib import Path

from glmdesk.domain.errors import UserError
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.settings import Language
from glmdesk.services.files import FileService, ReadFile
from tests.documents import made
from tests.documents.test_reader import BAD


def test_row_59_every_bad_document_gets_the_sentence_of_its_cause_and_harms_no_other(tmp_path: Path) -> None:
    paths = {name: make(tmp_path / f"{number}-{file}") for number, (name, (make, file, _)) in enumerate(BAD.items())}
    good = made.docx(tmp_path / "good.docx")

    async def body() -> list[ReadFile | BaseException]:
        service = FileService()
        found = await asyncio.gather(*(service.read(p) for p in [*paths.values(), good]), return_exceptions=True)
        await service.close()
        return list(found)

    *refused, last = asyncio.run(body())
    kinds = [error.info.kind if isinstance(error, UserError) else repr(error) for error in refused]
    assert kinds == [kind for _, _, kind in BAD.values()]
    assert isinstance(last, ReadFile)
    for language in (Language.ZH_CN, Language.EN):
        text = Catalogue.load(language)
        for error, path in zip(refused, paths.values(), strict=True):
            assert isinstance(error, UserError)
            what, fix = text.error(error.info)
            assert path.name in what
            assert fix
