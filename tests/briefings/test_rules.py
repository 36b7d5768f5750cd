"""Which section of a report a line of a daily report is proposed for."""

import pytest

from webapp.briefings.rules import Section, section_of


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("存在问题", Section.PROBLEMS),
        ("困难和缺口", Section.PROBLEMS),
        ("下一步打算", Section.NEXT_STEPS),
        ("解决问题的计划", Section.NEXT_STEPS),
        ("主要工作", Section.SUMMARY),
    ],
)
def test_a_line_is_proposed_by_its_name(name, section):
    assert section_of(name) is section
