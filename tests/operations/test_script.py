"""The script `./frontline` itself, in a copy of its own with a stand-in for the virtual environment."""

import os
import subprocess
from shutil import which

import pytest

from tests.support.browser import ROOT


@pytest.fixture
def script(tmp_path):
    """script(*arguments, cwd=...): what the stand-in for Python was started with, and where."""
    code, venv = tmp_path / "code", tmp_path / "code" / ".venv" / "bin"
    venv.mkdir(parents=True)
    (code / "frontline").write_text((ROOT / "frontline").read_text())
    for name in ("requirements.txt", "package-lock.json"):
        (code / name).write_text((ROOT / name).read_text())
    python = venv / "python"
    python.write_text('#!/bin/sh\nprintf "%s|%s|%s\\n" "$PWD" "$PYTHONPATH" "$*"\n')
    python.chmod(0o755)
    vendor = code / "webapp" / "static" / "vendor"
    vendor.mkdir(parents=True)

    def digest(name):
        first = subprocess.run(["cksum", name], cwd=code, capture_output=True, check=True).stdout
        second = subprocess.run(["cksum"], input=first, capture_output=True, check=True).stdout
        return second.decode().replace(" ", "").strip()

    (code / ".venv" / ".requirements.txt.stamp").write_text(digest("requirements.txt"))
    (vendor / ".fetched").write_text(digest("package-lock.json"))

    def script(*arguments, cwd, **more):
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more
        done = subprocess.run(
            [which("sh"), str(code / "frontline"), *arguments], cwd=cwd, env=environ, capture_output=True, text=True
        )
        return done.stdout + done.stderr

    script.code, script.digest = code, digest
    return script


# What a run of the tests calls, but for the two engines: real tools, and stand-ins that do nothing.
REAL = ("sh", "dirname", "basename", "cat", "cksum", "tr", "ls", "grep", "rm")
IDLE = ("chromium-headless-shell", "node", "npm")


def test_without_the_other_engines_the_tests_say_so_and_run(script, tmp_path):
    tools, venv = tmp_path / "tools", script.code / ".venv"
    tools.mkdir()
    for name in REAL:
        (tools / name).symlink_to(which(name))
    idle = [
        *(tools / name for name in IDLE),
        venv / "bin" / "ruff",
        venv / "bin" / "mypy",
        venv / "bin" / "lint-imports",
    ]
    (script.code / "node_modules").mkdir()
    for path, does in [(tools / "fc-list", "echo a font"), (tools / "id", "echo 1000"), *((path, "") for path in idle)]:
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(0o755)
    (script.code / "requirements-dev.txt").write_text("")
    (venv / ".requirements-dev.txt.stamp").write_text(script.digest("requirements-dev.txt"))
    said = script("test", "--long", cwd=script.code, PATH=str(tools), CHROMIUM=IDLE[0], TEST_WORKERS="1")
    assert "skipped without: webkit2gtk-driver xvfb firefox-esr" in said
    assert "-m pytest -n 1 --dist loadgroup --long\n" in said


def test_relative_paths_are_those_of_the_caller(script, tmp_path):
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    where, path, arguments = script("backup", "copy", cwd=elsewhere).strip().split("|")
    assert (where, path, arguments) == (str(elsewhere), str(script.code), "-P -m webapp backup copy")


def test_a_failed_npm_is_told_at_every_start(script):
    stamp = script.code / "webapp" / "static" / "vendor" / ".fetched"
    stamp.write_text(f"failed {stamp.read_text()}")
    assert "npm failed" in script("serve", cwd=script.code)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_virtual_environment_of_another_user_is_not_deleted(script):
    venv = script.code / ".venv"
    (venv / "bin" / "python").chmod(0o644)
    os.chown(venv, 65534, 65534)
    said = script("serve", cwd=script.code)
    assert "belongs to another user" in said
    assert (venv / "bin" / "python").exists()
