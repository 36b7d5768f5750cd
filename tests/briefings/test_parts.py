"""Headers, footers, notes and text boxes of a template: checked, shown and filled; elsewhere a code is named."""

import pytest

from tests.briefings.test_printing import fill
from tests.support.words import docx, part, with_part
from webapp.briefings import checking, labels, printer
from webapp.briefings.rules import segments

CODE = "{{ publicity.banner }}"
# How a file is made with a text in a part, and the name of the file inside of it that holds the part.
PARTS = {
    "header": "word/header1.xml",
    "footer": "word/footer1.xml",
    "footnotes": "word/footnotes.xml",
    "endnotes": "word/endnotes.xml",
    "box": "word/document.xml",
}
VALUES = {"publicity.banner": "60"}


@pytest.mark.parametrize("kind", PARTS)
def test_a_code_is_found_shown_and_filled(kind):
    raw = docx("正文", **{kind: f"横幅{CODE}条"})
    assert [code for code, _spot in printer.check(raw)["codes"]] == ["publicity.banner"]
    filled = fill(raw, VALUES)
    assert "横幅60条" in part(filled.file, PARTS[kind])
    shown = {style: "".join(words for _code, words in segments(text)) for style, text in filled.blocks}
    assert shown[kind] == "横幅60条"
    assert filled.printed == ["publicity.banner"]


@pytest.mark.only_on("sqlite")
def test_a_wrong_code_is_named_by_its_part(app, within):
    with app.test_request_context():
        for kind in PARTS:
            [fault] = checking.check(docx("正文", **{kind: "横幅{{ publicity.banners }}条"})).faults
            name = "" if kind == "box" else f"{labels.PARTS[kind]}："
            assert fault.where.startswith(f"{name}第 {2 if kind == 'box' else 1} 段")
            assert "没有“publicity.banners”这个代码" in fault.sentence


@pytest.mark.only_on("sqlite")
def test_a_code_where_nothing_is_filled_is_named(app, within):
    with app.test_request_context():
        [fault] = checking.check(docx("正文", comments=f"批注{CODE}")).faults
    assert fault.where == f"“{CODE}”"
    assert "这里（/word/comments.xml）的代码不会填" in fault.sentence


def test_notes_are_filled_once_however_many_sections_there_are():
    """docxtpl fills them for each section, so that braces of a record would be read as a code."""
    raw = docx("正文", sections=3, footnotes="说明{{ text.problems }}")
    filled = fill(raw, {"text.problems": "写作{{ publicity.banner }}", **VALUES})
    assert "写作{{ publicity.banner }}" in part(filled.file, "word/footnotes.xml")


def test_the_page_shows_what_stands_in_content_controls_and_in_tracked_insertions():
    whole = part(docx("甲", "乙"), "word/document.xml")
    first, second = (f"<w:t>{word}</w:t>" for word in "甲乙")
    whole = whole.replace(f"<w:r>{second}</w:r>", f"<w:ins><w:r>{second}</w:r></w:ins>")
    begin = whole.rindex("<w:p", 0, whole.index(first))
    end = whole.index("</w:p>", begin) + len("</w:p>")
    control = f"<w:sdt><w:sdtContent>{whole[begin:end]}</w:sdtContent></w:sdt>"
    filled = fill(with_part(docx("甲", "乙"), "word/document.xml", whole[:begin] + control + whole[end:]), {})
    assert filled.blocks == [["text", "甲"], ["text", "乙"]]
