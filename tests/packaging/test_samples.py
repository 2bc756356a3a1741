"""The documents by which a bundle's readers are tried can be read."""

from __future__ import annotations

from pathlib import Path

from samples import WORD, write_samples


def test_the_libraries_of_the_program_read_what_was_made_by_hand(tmp_path: Path) -> None:
    import docx
    import pptx
    import pypdfium2
    import python_calamine
    from pptx.shapes.autoshape import Shape

    word, sheet, slides, page, text = write_samples(tmp_path)
    assert docx.Document(str(word)).paragraphs[0].text == WORD
    assert python_calamine.load_workbook(str(sheet)).get_sheet_by_index(0).to_python() == [[WORD]]
    shapes = pptx.Presentation(str(slides)).slides[0].shapes
    assert [shape.text_frame.text for shape in shapes if isinstance(shape, Shape)] == [WORD]
    with pypdfium2.PdfDocument(page) as document:
        assert document[0].get_textpage().get_text_bounded() in WORD
    assert text.read_text("gb18030") == WORD
