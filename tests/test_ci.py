"""What CI makes of tests that fail at first: one that passes by itself is named, more than one fails."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[1] / ".ci" / "run"
# Stands in for the entrance: the first run fails with what is to fail then, the repetition with what is to fail again.
ENTRANCE = """#!/bin/sh
case "$*" in
  test) mkdir -p .pytest_cache/v/cache; cp first .pytest_cache/v/cache/lastfailed 2>/dev/null; exit $(cat first.code);;
  *) exit $(cat second.code);;
esac
"""


@pytest.fixture
def ci(tmp_path):
    """ci(first, second, failed): the exit code and the output of a run."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(RUN, tmp_path / ".ci" / "run")
    (tmp_path / "frontline").write_text(ENTRANCE)
    (tmp_path / "frontline").chmod(0o755)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)

    def run(first, second=0, failed=()):
        (tmp_path / "first.code").write_text(str(first))
        (tmp_path / "second.code").write_text(str(second))
        if failed:
            (tmp_path / "first").write_text(json.dumps(dict.fromkeys(failed, True)))
        answer = subprocess.run(
            ["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, env=os.environ, check=False
        )
        return answer.returncode, answer.stdout.splitlines()

    return run


FLAKY = "tests/journeys/test_x.py::test_y[a file is missing]"


def test_a_green_run_is_not_repeated(ci):
    assert ci(0, 1) == (0, [])


def test_one_test_that_passes_when_repeated_is_named(ci):
    assert ci(1, 0, [FLAKY]) == (0, [f"FLAKY {FLAKY}"])


def test_two_tests_that_needed_repeating_fail(ci):
    code, lines = ci(1, 0, [FLAKY, "tests/b.py::test_z"])
    assert code != 0
    assert lines == [f"FLAKY {FLAKY}", "FLAKY tests/b.py::test_z"]


def test_what_fails_again_fails(ci):
    assert ci(1, 1, [FLAKY])[0] != 0


def test_a_failure_before_the_tests_is_not_repeated(ci):
    assert ci(1, 0)[0] != 0
