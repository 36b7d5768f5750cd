"""The benchmark runs only when it is asked for: `make bench`."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--bench", action="store_true", help="measure a running server; prints a table")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--bench", default=False):
        return
    for item in items:
        if "/bench/" in item.path.as_posix():
            item.add_marker(pytest.mark.skip(reason="a benchmark: make bench"))


def pytest_terminal_summary(terminalreporter):
    """The rows come from the test's process, which need not be this one."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    rows = [
        row for report in reports if report.when == "call" for name, row in report.user_properties if name == "bench"
    ]
    if not rows:
        return
    terminalreporter.section("benchmark: gunicorn, the demonstration district, SQLite, loopback")
    terminalreporter.write_line(
        f"{'what':<22}{'requests':>9}{'a second':>10}{'median ms':>11}{'p95 ms':>9}{'worst ms':>10}"
    )
    for what, count, rate, median, p95, worst in rows:
        terminalreporter.write_line(f"{what:<22}{count:>9}{rate:>10.1f}{median:>11.1f}{p95:>9.1f}{worst:>10.1f}")
