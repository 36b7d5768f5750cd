"""The process that checks and fills templates: what it prints, what it refuses, and that it ends."""

import time
from base64 import b64decode
from contextlib import suppress
from types import SimpleNamespace

import pytest
from jinja2 import TemplateError

from tests.support.words import docx, part, texts, with_part
from webapp.briefings import checking, printer, printing
from webapp.briefings.rules import segments
from webapp.kernel.errors import Refusal

VALUES = {"publicity.banner": "60", "org.leader": None, "org.offices": [{"name": "商务局"}, {"name": "<卫健局>"}]}
WAIT_S = 60  # on a machine with other work; alone 2 s
RELS = "word/_rels/document.xml.rels"


def codes(raw):
    return [code for code, _spot in printer.check(raw)["codes"]]


def places(raw):
    return [number for _fault, (number, *_rest) in printer.check(raw)["faults"]]


def fill(raw, values):
    """Within this process, which is quicker; that it is a process of its own is tested below."""
    filled = printer.fill(raw, values)
    return SimpleNamespace(file=b64decode(filled["file"]), blocks=filled["blocks"], printed=filled["printed"])


def refused(act, *given):
    with pytest.raises(Refusal) as refusal:
        act(*given)
    return refusal.value.code


def test_a_blank_is_filled_and_the_page_knows_which_words_are_values():
    filled = fill(docx("悬挂横幅{{ publicity.banner }}条，带班{{ org.leader }}。"), VALUES)
    assert texts(filled.file) == ["悬挂横幅60条，带班__。"]
    [[style, text]] = filled.blocks
    assert (style, list(segments(text))) == (
        "text",
        [("", "悬挂横幅"), ("publicity.banner", "60"), ("", "条，带班"), ("org.leader", "__"), ("", "。")],
    )
    assert filled.printed == ["publicity.banner", "org.leader"]


def test_a_list_is_printed_row_by_row_and_nothing_of_a_value_is_markup():
    raw = docx(
        "{%p for office in org.offices %}", "成员{{ office.name }}", "{%p endfor %}", header="{{ publicity.banner }}"
    )
    filled = fill(raw, VALUES)
    assert texts(filled.file) == ["成员商务局", "成员<卫健局>"]
    assert filled.printed == ["org.offices[0].name", "org.offices[1].name", "publicity.banner"]
    assert codes(raw) == ["org.offices[]", "org.offices[].name", "publicity.banner"]


def test_each_line_of_a_typed_text_is_a_paragraph():
    assert texts(fill(docx("{{ text.problems }}"), {"text.problems": "一是甲。\a二是乙。"}).file) == [
        "一是甲。",
        "二是乙。",
    ]


def test_equal_contents_make_equal_files():
    raw = docx("横幅{{ publicity.banner }}条", table=[["名称", "{{ publicity.banner }}"]])
    assert fill(raw, VALUES).file == fill(raw, VALUES).file


def test_a_code_that_word_has_cut_into_runs_is_still_one_code():
    assert codes(docx(["横幅{{ publi", "city.ban", "ner }}条"])) == ["publicity.banner"]


@pytest.mark.parametrize(
    "trick",
    [
        "{{ ''.__class__ }}",
        "{{ publicity.banner.__class__.__mro__ }}",
        "{{ publicity['__class__'].x }}",
        "{{ range(10) }}",
        "{{ publicity.banner.format(1) }}",
        "{{ publicity.banner.upper }}",
        "{{ publicity.banner|attr('upper') }}",
        "{{ 3 * 7 }}",
        "{{ cycler }}",
        "{{ loop.__init__ }}",
        "{% set x = 1 %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro x() %}{% endmacro %}",
        "{% for a in [1, 2] %}{% endfor %}",
        "{{ publicity.banner",
    ],
)
def test_a_trick_is_named_by_its_paragraph_and_prints_nothing(trick):
    raw = docx("第一段", trick)
    assert places(raw)[:1] == [2]
    with suppress(TemplateError, TypeError):  # nothing is loaded here
        assert set("".join(texts(fill(raw, VALUES).file)).removeprefix("第一段")) <= set("_21")


NESTED = [f"{{% for a{n} in org.offices %}}" for n in range(8)]


@pytest.mark.only_on("sqlite")
def test_loops_that_never_end_are_ended_and_named_by_their_paragraph(app, monkeypatch):
    monkeypatch.setattr(printing, "SECONDS", 1)
    endless = "".join(NESTED) + "{% if publicity.banner == '1' %}x{% endif %}" + "{% endfor %}" * 8
    began = time.monotonic()
    with app.test_request_context():
        [fault] = checking.check(docx("第一段", endless)).faults
    assert fault.where.startswith("第 2 段“{% for a0 in org.offices %}")
    assert "没有算完，已停止" in fault.sentence
    assert time.monotonic() - began < WAIT_S


def test_loops_that_print_without_end_are_ended_at_the_limit_of_memory():
    raw = docx("".join(NESTED) + "长" * 3_000 + "{% endfor %}" * 8)
    began = time.monotonic()
    assert refused(printing.check, raw) == "template-too-large"
    assert time.monotonic() - began < WAIT_S


def reaching(raw):
    """The file with an address outside of it."""
    relation = '<Relationship Id="rId99" Type="x/image" Target="http://evil.example/a" TargetMode="External"/>'
    return with_part(raw, RELS, part(raw, RELS).replace("</Relationships>", f"{relation}</Relationships>"))


def changed(raw, before, after):
    return with_part(raw, "word/document.xml", part(raw, "word/document.xml").replace(before, after))


@pytest.mark.parametrize(
    ("change", "what", "number"),
    [
        (reaching, "http://evil.example/a", 0),
        (lambda raw: changed(reaching(raw), "<w:t>正文", '<w:t id="rId99">正文'), "http://evil.example/a", 2),
        (
            lambda raw: changed(
                raw,
                "<w:t>正文</w:t>",
                "<w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\\\cmd.exe</w:instrText>",
            ),
            "DDEAUTO",
            2,
        ),
    ],
)
def test_what_reads_from_outside_is_named_by_its_paragraph(change, what, number):
    raw = docx("第一段", "正文")
    assert codes(raw) == []
    [(fault, (place, *_rest))] = printer.check(change(raw))["faults"]
    assert (fault, place) == (["external", what], number)


@pytest.mark.parametrize("content", ["<w:document", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"])
def test_a_broken_document_is_refused(content):
    assert refused(printing.check, with_part(docx("正文"), "word/document.xml", content)) == "template-broken"


def test_a_hung_process_is_ended(monkeypatch):
    monkeypatch.setattr(printing, "WAIT", 0.05)
    assert refused(printing.check, docx("正文")) == "template-too-slow"


def test_the_process_answers_as_the_program_does():
    raw = docx("横幅{{ publicity.banner }}条")
    assert printing.fill(raw, VALUES).file == fill(raw, VALUES).file
    [(code, spot)] = printing.check(raw).codes
    assert (code, spot.number, spot.words) == ("publicity.banner", 1, "横幅{{ publicity.banner }}条")


def test_the_process_has_no_environment_and_may_write_no_file():
    source = printing.PRINTER.read_text(encoding="utf-8")
    assert "RLIMIT_FSIZE, (0, 0)" in source
    assert "from webapp" not in source
