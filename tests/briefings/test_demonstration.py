"""The district's three reports, made anew from the records of the demonstration."""

import re
from datetime import timedelta

from sqlalchemy import select

from tests.support.words import texts
from webapp.accounts import queries as accounts
from webapp.briefings import queries, service
from webapp.briefings.models import Briefing
from webapp.briefings.presets import NAMES
from webapp.briefings.rules import Preset
from webapp.extensions import db
from webapp.kernel import clock
from webapp.units import queries as units

UNITS = {Preset.ZONE: "DISTRICT", Preset.SUPPLIES: "SUP", Preset.ENVIRONMENT: "EPB"}
PRINTED = {
    Preset.ZONE: ["累计张贴《通告》", "LED显示屏", "卡口登记来访"],
    Preset.SUPPLIES: ["消杀类包括84消毒液（原液）", "万只", "商务局：带班领导陈立新，责任人__。"],
    Preset.ENVIRONMENT: ["本期检查", "由__周文涛带班"],
}
# What no feature records yet.
BLANK = {"money", "contracts", "people", "duty", "waste", "text"}


def test_only_what_no_feature_records_stays_blank(demonstration, within):
    with demonstration.test_request_context():
        commander, at = accounts.actor_of(accounts.find_by_username("commander")), clock.now()
        versions = {row.template.name: row.id for row in queries.newest_versions()}
        today = clock.district_day(at)
        for preset, code in UNITS.items():
            unit = units.find_by_code(code)
            days = today - timedelta(days=3), today
            drafted = service.draft(versions[NAMES[preset]], unit.id, *days, {}, by=commander, at=at)
            words = "".join(texts(drafted.file))
            assert [part for part in PRINTED[preset] if part not in words] == []
            blank = {row["code"] for row in drafted.printed if row["text"] is None}
            apart = {code for code in blank if code.partition(".")[0] not in BLANK}
            assert {code for code in apart if not re.search(r"_post$|\[\d+\]\.responsible$", code)} == set()


def test_the_demonstration_has_a_report(demonstration):
    with demonstration.app_context():
        briefing = db.session.scalars(select(Briefing)).one()
        assert briefing.number.endswith("-0001")
        assert texts(briefing.content)[0].endswith("疫情防控物资保障工作情况汇报")
