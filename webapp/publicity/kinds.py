"""The kind of entry for publicity, with its pages."""

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.kernel.access import Role
from webapp.kernel.kinds import BlankForm, Kind
from webapp.kernel.records import Record
from webapp.kernel.retention import Emptied, Keeps
from webapp.publicity import lists, queries
from webapp.publicity.forms import PublicityForm
from webapp.publicity.models import Publicity
from webapp.publicity.service import OVERSEERS, RECORDERS, record

READERS = (Role.CLERK, Role.COMMANDER, Role.AUDITOR)
LABEL = _l("宣传登记")

PUBLICITY = Kind(
    name="publicity",
    label=LABEL,
    form=PublicityForm,
    apply=record,
    late_roles=RECORDERS,
    forms=(BlankForm("publicity", LABEL, icon="report", stands_for="/publicity/new"),),
    record_url=lambda entry: url_for("publicity.show", record_id=entry.uuid),
    record=Record(
        model=Publicity,
        listing=lists.PUBLICITY,
        recorders=RECORDERS,
        readers=READERS,
        overseers=OVERSEERS,
        figures=queries.figures,
    ),
    keeps=Keeps(
        name="publicity",
        label=_l("宣传记录"),
        what=_l("备注、更正原因和照片"),
        days=365,
        least=90,
        most=3650,
    ),
    empties=(Emptied(Publicity, Publicity.id.in_),),
)
