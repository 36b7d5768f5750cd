"""The contents of the repository: required and forbidden files and texts."""

import base64
import hashlib
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from webapp.kernel.assets import HTMX_INTEGRITY, HTMX_LOCAL, HTMX_VERSION, STATIC
from webapp.operations.cli import main

ROOT = Path(__file__).resolve().parents[1]
BINARY = {".png", ".webp", ".jpg", ".ico"}
# Written in halves, so that this file does not find itself.
HOSTS = ("pypi." + "org", "pythonhosted." + "org", "registry." + "npmjs", "npmmirror." + "com", "artifact" + "ory")
INDEX_LINES = re.compile(r"^\s*(--(extra-)?index-url|--find-links|--trusted-host|-i )", re.MULTILINE)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(home|root|Users|work|opt|tmp/work)/\w")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_\w{30}|xox[abpr]-\w{10}")
VENDORED = re.compile(r"\.(min\.(js|css)|wasm|woff2?|ttf|otf|ttc|whl|mo|db|sqlite)$|(^|/)(node_modules|vendor|\.venv)/")


def committed():
    """Every file of the index and of the folder that is not ignored; without git, none."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else ()
    return sorted({ROOT / name for name in names if name and (ROOT / name).is_file()})


FILES = committed()
TEXTS = [path for path in FILES if path.suffix not in BINARY]
needs_git = pytest.mark.skipif(not FILES, reason="not a git checkout: nothing tells what is committed")


def found_in(pattern, but=()):
    """(file, what) of every hit in a committed text."""
    hits = ((path, re.search(pattern, path.read_text(encoding="utf-8"))) for path in TEXTS)
    return [(str(path.relative_to(ROOT)), hit[0]) for path, hit in hits if hit and path.name not in but]


@needs_git
def test_no_file_names_a_registry():
    assert found_in("|".join(re.escape(host) for host in HOSTS)) == []


@needs_git
def test_no_file_sets_an_index():
    assert found_in(INDEX_LINES) == []


@needs_git
def test_no_file_knows_the_machine_it_was_written_on():
    assert found_in(MACHINE_PATHS) == []


@needs_git
def test_no_file_holds_a_secret():
    assert found_in(SECRETS) == []


@needs_git
def test_nothing_is_vendored_and_nothing_made_is_committed():
    assert [str(path) for path in FILES if VENDORED.search(path.relative_to(ROOT).as_posix())] == []


@needs_git
def test_nothing_of_an_installation_is_committed():
    assert {path.name for path in FILES if path.is_relative_to(ROOT / "instance")} <= {".gitkeep"}


@pytest.mark.parametrize("requirements", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_its_hashes(requirements):
    text = (ROOT / requirements).read_text(encoding="utf-8")
    pinned = re.findall(r"^[\w.-]+(?:\[\w+\])?==", text, re.MULTILINE)
    assert len(pinned) > 15
    assert len(re.findall(r"^[\w.-]+(?:\[\w+\])?==.*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)) == len(
        pinned
    )
    assert "http" not in text


def test_what_is_needed_to_run_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run, dev = (
        (ROOT / name).read_text(encoding="utf-8").lower() for name in ("requirements.txt", "requirements-dev.txt")
    )
    for wanted, lock in ((project["dependencies"], run), (project["optional-dependencies"]["dev"], dev)):
        names = [re.match(r"[\w.-]+", one)[0].lower() for one in wanted]
        assert [name for name in names if not re.search(rf"^{name}(\[\w+\])?==", lock, re.MULTILINE)] == []
    pins = set(re.findall(r"^[\w.-]+(?:\[\w+\])?==\S+", run, re.MULTILINE))
    assert pins <= set(re.findall(r"^[\w.-]+(?:\[\w+\])?==\S+", dev, re.MULTILINE)), "the tests run on what is served"


def test_the_npm_lock_has_hashes_and_no_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert [name for name, one in packages.items() if not one.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []


def test_the_hash_of_htmx_is_that_of_the_file_in_the_package():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]["htmx.org"]
    assert wanted == HTMX_VERSION, "an exact version, the one of the CDN's address"
    digest = hashlib.sha384((ROOT / "node_modules/htmx.org/dist/htmx.min.js").read_bytes()).digest()
    assert f"sha384-{base64.b64encode(digest).decode()}" == HTMX_INTEGRITY
    assert hashlib.sha384((STATIC / HTMX_LOCAL).read_bytes()).digest() == digest


def test_ci_runs_what_readme_says():
    assert "./frontline test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_names_every_command(readme):
    commands = {*main.commands} - {"journal", "ledger"} | {"journal verify", "ledger verify", "test", "setup"}
    assert {name for name in commands if f"./frontline {name}" not in readme} == set()


def test_readme_names_every_setting(readme):
    source = (ROOT / "webapp" / "config.py").read_text(encoding="utf-8")
    settings = set(re.findall(r'"([A-Z][A-Z_]{3,})"', source))
    assert {"HOST", "PORT", "FRONTLINE_INSTANCE", "DEMO_PASSWORD"} <= settings
    assert {name for name in settings if f"`{name}`" not in readme} == set()


def test_readme_shows_pictures_that_are_there_and_small(readme):
    pictures = [ROOT / name for name in re.findall(r"(?:!\[[^\]]*\]\(|src=\")([^)\"]+\.(?:png|webp))", readme)]
    assert [path.name for path in pictures if not path.is_file()] == []
    assert {path.name: path.stat().st_size for path in pictures if path.stat().st_size > 60_000} == {}
    shown = {path.resolve() for path in pictures}
    lying = {path.resolve() for path in (ROOT / "docs" / "screenshots").glob("*.*")}
    assert {path.name for path in lying - shown} == set(), "show it in README or delete it"


def test_readme_leads_only_to_files_that_are_there(readme):
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", readme)
    assert [name for name in linked if not (ROOT / name).exists()] == []
