"""The list of the runs that purged."""

from flask_babel import lazy_gettext as _l

from webapp.kernel.listing import Column, Listing, PageOf
from webapp.kernel.tombstones import PurgeRun
from webapp.retention import labels, queries


def _state(run: PurgeRun) -> str:
    return "failed" if run.failed else "ended" if run.ended_at else "open"


RUNS = Listing(
    id="runs",
    template="retention/index.html",
    title=_l("个人信息清除记录"),
    columns=(
        Column("number", _l("证明编号"), lambda run: run.number),
        Column("rule", _l("依据"), lambda run: run.rule, words=labels.rule_name),
        Column("began", _l("时间"), lambda run: run.began_at, kind="moment", sort=PurgeRun.began_at),
        Column("count", _l("条数"), lambda run: sum(run.counts.values()), kind="number"),
        Column(
            "state",
            _l("结果"),
            _state,
            enum={"ended": _l("已完成"), "failed": _l("有没清除成功的"), "open": _l("没有做完，今晚接着做")},
            tone={"ended": "ok", "failed": "refused", "open": "waiting"},
        ),
        Column("backups", _l("备份中留到"), lambda run: run.backups_until, kind="day", priority=3),
    ),
    select=queries.runs,
    order=(PurgeRun.began_at, PurgeRun.id),
    url=PageOf("retention.certificate", "run_id"),
    empty_title=_l("还没有清除过"),
    empty_text=_l("有记录到期以后，夜间自动清除，每次清除有一份证明。"),
)
