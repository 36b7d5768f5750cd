"""The commands as a person types them: in a process of their own."""

import os
from types import SimpleNamespace
from uuid import uuid4

import pytest
from click.testing import CliRunner

from tests.support.postgresql import free_port
from tests.support.processes import Command
from webapp.operations.cli import main


@pytest.fixture
def environ(tmp_path):
    """A machine's environment with an instance folder of this test's own, and no setting of ours but that."""
    ours = ("FRONTLINE_", "DATABASE_URL", "SECRET_KEY", "HOST", "PORT", "ASSETS", "DEMO_", "DISTRICT_", "REQUIRE_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return clean | {"FRONTLINE_INSTANCE": str(tmp_path / "instance"), "PORT": str(free_port())}


@pytest.fixture
def frontline(environ, tmp_path):
    """frontline("journal", "verify", DATABASE_URL=...): exit code, output, and the line that names the installation."""

    def frontline(*arguments, typed="", **settings):
        printed = tmp_path / f"printed-{uuid4()}"
        code = Command(list(arguments), environ | settings, printed, typed).wait(240)
        lines = printed.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [line for line in lines if line.startswith("Instance ")]
        output = "".join(line for line in lines if not line.startswith("Instance "))
        return SimpleNamespace(code=code, output=output, where="".join(places))

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
