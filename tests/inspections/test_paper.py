"""The printed check: a document that says by whose authority, by which clause, what was found and by when."""

import io

from tests.inspections.conftest import filled
from tests.inspections.test_putting_right import jpeg
from tests.inspections.test_versions import BAD, LOW, void
from tests.support import masters
from tests.support.reading import words_of


def printed(ward, uuid):
    return masters.signed_in(ward.app, "inspector").get(f"/inspections/{uuid}/print")


def test_the_paper_has_authority_clauses_marks_limits_and_a_code(ward, check):
    with ward.app.app_context():
        receipt = check(**BAD, **LOW, witness="何建国").receipt
    page = printed(ward, receipt.uuid)
    words = words_of(page)
    for part in (
        "防线区",
        "第 1 版",
        f"回执号：{receipt.seq}",
        "《医疗废物管理条例》第二十条",
        "✗ 否",
        "▼ 低于下限",
        "何建国",
    ):
        assert part in words, part
    assert "6.5" in words
    assert "情况说明：旁路阀未封" in words
    assert 'class="qr"' in page.text
    assert f'href="/inspections/{receipt.uuid}"' in page.text
    assert words.count("（签名）") == 2


def test_photos_stand_under_their_finding(ward):
    inspector = masters.signed_in(ward.app, "inspector")
    files = {name: (io.BytesIO(jpeg()), "x.jpg") for name in ("no_bypass__photo", "works_running__photo")}
    uuid = inspector.post("/inspections", data=filled(ward.here, **BAD) | files).location.rsplit("/", 1)[1]
    page = printed(ward, uuid).text
    under, others = page.split("现场照片", 1)
    assert (under.count("<figure"), others.count("<figure")) == (1, 1)
    assert under.index("旁路阀未封") < under.index("<figure")


def test_a_signature_stands_under_the_version_that_was_signed(ward):
    inspector = masters.signed_in(ward.app, "inspector")
    signed = filled(ward.here) | {"witness_signature": (io.BytesIO(jpeg()), "x.jpg")}
    first = inspector.post("/inspections", data=signed).location.rsplit("/", 1)[1]
    assert 'alt="被检查单位陪同人签字"' in printed(ward, first).text
    assert "<figure" not in printed(ward, first).text
    assert 'name="dropped"' not in inspector.get(f"/inspections/{first}/correct").text
    fields = filled(ward.here, corrects=first, reason="点错了", known=("corrects", "reason"), **BAD)
    newer = inspector.post(f"/inspections/{first}/correct", data=fields).location.rsplit("/", 1)[1]
    assert "被检查单位陪同人签字" not in printed(ward, newer).text
    assert 'alt="被检查单位陪同人签字"' in printed(ward, first).text


def test_a_version_that_no_longer_counts_says_so(ward, check):
    with ward.app.app_context():
        first = check(**BAD).receipt.uuid
        last = void(ward.actor, first).receipt.uuid
    assert "这是第 1 版，已经作废。" in words_of(printed(ward, first))
    words = words_of(printed(ward, last))
    assert "这条记录已经作废，不计入任何统计。" in words
    assert "作废原因：检查错了单位" in words
    assert "旁路阀未封" in words
