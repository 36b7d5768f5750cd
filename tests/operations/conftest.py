"""The commands as a person types them: in a process of their own."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from tests.support.browser import ROOT
from tests.support.postgresql import free_port
from webapp.operations.cli import main


@pytest.fixture
def environ(tmp_path):
    """A machine's environment with an instance folder of this test's own, and no setting of ours but that."""
    ours = ("FRONTLINE_", "DATABASE_URL", "SECRET_KEY", "HOST", "PORT", "ASSETS", "DEMO_", "DISTRICT_", "REQUIRE_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return clean | {"FRONTLINE_INSTANCE": str(tmp_path / "instance"), "PORT": str(free_port())}


@pytest.fixture
def frontline(environ):
    """frontline("journal", "verify", DATABASE_URL=...): exit code, output, and the line that names the installation."""

    def frontline(*arguments, typed="", **settings):
        done = subprocess.run(
            [sys.executable, "-m", "webapp", *arguments],
            cwd=ROOT,
            env=environ | settings,
            input=typed,
            capture_output=True,
            text=True,
            timeout=240,
        )
        lines = (done.stdout + done.stderr).splitlines(keepends=True)
        places = [line for line in lines if line.startswith("Instance ")]
        output = "".join(line for line in lines if not line.startswith("Instance "))
        return SimpleNamespace(code=done.returncode, output=output, where="".join(places))

    return frontline


@pytest.fixture
def refused(frontline):
    """refused(command..., setting=...): the one sentence with which it does not start."""

    def refused(*arguments, **settings):
        answer = frontline(*arguments, **settings)
        return one_sentence(answer.code, answer.output)

    return refused


@pytest.fixture
def refused_early(environ):
    """The same without a process of its own, for what is refused before anything is opened."""

    def refused_early(*arguments, **settings):
        answer = CliRunner().invoke(main, arguments, env=environ | settings)
        return one_sentence(answer.exit_code, answer.output)

    return refused_early


def one_sentence(code, output):
    assert code == 1, output
    assert len(output.strip().splitlines()) == 1, output
    return output.strip()
