"""How the server is, as an administrator reads it: in their language, with all that /health answers."""

import pytest
from sqlalchemy import text, update

from tests.support.reading import words_of
from tests.support.working import run_due
from webapp.kernel import clock, jobs
from webapp.kernel.database import transaction

RESULTS = {
    "journal.seal": ("14", "处理 14 项", "Done: 14"),
    "supplies.verify": ("every balance follows from its slips", "所有结存都与单据一致", "Every balance matches"),
    "sync.sweep": ("2 sealed photos, 1 files of no envelope, 7 contacts", "照片 2 张、无主文件 1 个", "Photos: 2"),
}


def remember(app, results, failures=0):
    with app.app_context():
        run_due(clock.now())
        with transaction() as session:
            for name, words in results.items():
                row = update(jobs.JobRun).where(jobs.JobRun.name == name)
                session.execute(row.values(result=words, failures=failures))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_jobs_did_is_told_in_the_readers_language(app, administrator, language):
    remember(app, {name: result for name, (result, *_words) in RESULTS.items()})
    administrator.post("/language", data={"language": language})
    page = words_of(administrator.get("/system"))
    for result, chinese, english in RESULTS.values():
        assert (chinese if language == "zh" else english) in page
        assert result.isdigit() or result not in page


@pytest.mark.parametrize(("language", "expected"), [("zh", "不一致 3 处"), ("en", "Ledger discrepancies: 3")])
def test_a_fault_that_a_job_found_is_told_in_the_readers_language(app, administrator, language, expected):
    remember(app, {"supplies.verify": "3 faults: XS-02 lot A", "journal.seal": "failed"}, failures=1)
    administrator.post("/language", data={"language": language})
    page = words_of(administrator.get("/system"))
    assert expected in page
    assert "3 faults" not in page
    assert "failed" not in page


@pytest.mark.only_on("sqlite")  # on the other the tables stay for the next test
def test_what_the_database_lacks_is_named_with_what_to_do(app, administrator):
    assert "正常" in words_of(administrator.get("/system"))
    with app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE stock_slip RENAME COLUMN document TO dokument"))
    page = words_of(administrator.get("/system"))
    assert "数据库缺少的列 stock_slip.document" in page
    assert "请在服务器上运行 ./frontline migrate" in page
    administrator.post("/language", data={"language": "en"})
    assert "run ./frontline migrate on the server" in words_of(administrator.get("/system"))
