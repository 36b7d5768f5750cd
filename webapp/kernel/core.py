"""The kernel's own contribution: refusals, and the maintenance jobs of every installation."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from webapp.kernel import (
    caching,
    disclosure,
    errors,
    journal,
    logged,
    media,
    pictures,
    records,
    repeats,
    sealing,
    security,
    states,
    tombstones,
    unknown,
    verification,
)
from webapp.kernel.feature import Feature
from webapp.kernel.health import Check
from webapp.kernel.jobs import Job
from webapp.kernel.spreadsheets import files, previews

DAY = timedelta(days=1)


def _seal_journal(at: datetime) -> object:
    return journal.seal(at=at)


def _sweep_photos(at: datetime) -> object:
    """Delete unused photos after a day: a photo's file is written shortly before its entry."""
    return media.sweep(at - DAY)


FEATURE = Feature(
    name="kernel",
    refusals={
        code: sentence
        for part in (
            errors,
            unknown,
            repeats,
            records,
            pictures,
            media,
            disclosure,
            security,
            states,
            files,
            tombstones,
        )
        for code, sentence in part.REFUSALS.items()
    },
    terms=states.TERMS,
    logged=logged.CORE,
    jobs=(
        Job("journal.seal", _l("操作日志封存"), timedelta(minutes=10), _seal_journal, limit=timedelta(minutes=10)),
        Job(
            verification.JOB,
            _l("操作日志核对"),
            DAY,
            verification.verify,
            hour=4,
            words=verification.WORDS,
            limit=timedelta(hours=1),
        ),
        Job("imports.sweep", _l("清理过期的导入预览"), timedelta(hours=1), previews.sweep),
        Job("media.sweep", _l("清理没有用到的照片"), DAY, _sweep_photos, hour=3),
    ),
    checks=(Check("keys-missing", sealing.is_key_here),),
    init_app=caching.init_app,
)
