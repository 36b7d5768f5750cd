"""The version of a static file stands in its path: it may be kept for good there, and nowhere else."""

import os
import re
import sys
import time
from collections import Counter

import pytest

from webapp.kernel import packing
from webapp.kernel.assets import BETWEEN_LOOKS_S, FOR_GOOD, Files, asset, prepare

SCRIPT, STYLE = "js/outbox/store.js", "css/app.css"
pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def address(app):
    def address(path):
        with app.test_request_context():
            return asset(path)

    return address


@pytest.fixture
def files(tmp_path):
    """Two scripts, one in a folder of its own, and a style."""
    (tmp_path / "js" / "outbox").mkdir(parents=True)
    (tmp_path / "css").mkdir()
    for path in ("js/app.js", SCRIPT, STYLE):
        (tmp_path / path).write_text("first")
    return Files(tmp_path)


def change(files, path, text="second"):
    """Another content, written a second later."""
    file = files.folder / path
    later = file.stat().st_mtime_ns + 1_000_000_000 if file.exists() else 1_000_000_000
    file.write_text(text)
    os.utime(file, ns=(later, later))


@pytest.mark.parametrize("path", [SCRIPT, STYLE, "icons/sprite.svg"])
def test_under_its_own_version_a_file_may_be_kept_for_good(client, address, path):
    url = address(path)
    assert re.fullmatch(rf"/static/[0-9a-f]{{12}}/{path}", url)
    with client.get(url) as answer:
        assert answer.status_code == 200
        assert answer.cache_control.public
        assert answer.cache_control.immutable
        assert answer.cache_control.max_age == FOR_GOOD
        assert "Cookie" not in answer.vary


@pytest.mark.parametrize("path", [SCRIPT, STYLE])
@pytest.mark.parametrize("version", ["", "0123456789ab/"])
def test_under_another_version_or_none_it_is_the_present_file_that_nobody_keeps(client, address, path, version):
    with client.get(address(path)) as right, client.get(f"/static/{version}{path}") as other:
        assert (other.status_code, other.data) == (200, right.data)
        assert other.headers["Cache-Control"] == "no-store"
        assert "Expires" not in other.headers


def test_the_version_of_another_file_is_another_version(client, address):
    _static, version, _path = address(STYLE).removeprefix("/").split("/", 2)
    with client.get(f"/static/{version}/css/print.css") as answer:
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_script_imports_by_a_relative_address_is_of_its_version(address):
    scripts = [address(path).removesuffix(path) for path in ("js/app.js", SCRIPT, "js/parse/codes.js")]
    assert len(set(scripts)) == 1
    assert address(STYLE).removesuffix(STYLE) not in scripts
    assert address("icons/sprite.svg").removesuffix("icons/sprite.svg") not in scripts


@pytest.mark.parametrize("path", ["js/no-such.js", "css/no-such.css"])
def test_a_file_that_is_absent_has_no_version_and_is_not_found(client, address, path):
    assert address(path) == f"/static/{path}"
    assert client.get(f"/static/{path}").status_code == 404
    assert client.get(f"/static/0123456789ab/{path}").status_code == 404


@pytest.mark.parametrize("path", ["../config.py", "%2e%2e/config.py", "js/../../config.py", "..%2fconfig.py"])
def test_nothing_beside_the_static_files_is_served_under_a_version(client, path):
    assert client.get(f"/static/0123456789ab/{path}").status_code == 404


def test_a_change_of_any_script_is_another_version_of_all(files):
    before = files.version_of_scripts()
    assert files.version_of_scripts() == before
    change(files, SCRIPT)
    changed = files.version_of_scripts()
    change(files, "js/new.js", "one more")
    assert len({before, changed, files.version_of_scripts()}) == 3


def test_pages_look_for_changed_scripts_once_a_second_and_files_each_time(files, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    before = files.version_of(SCRIPT)
    change(files, SCRIPT)
    now += BETWEEN_LOOKS_S - 0.01
    assert files.version_of(SCRIPT) == before
    assert not files.has_version(SCRIPT, before), "its bytes are not kept for good under the version before"
    now += 0.01
    changed = files.version_of(SCRIPT)
    assert changed != before
    assert files.has_version(SCRIPT, changed)


def test_serving_a_script_looks_at_no_other(files):
    version, looks = files.version_of(SCRIPT), Counter()
    sys.setprofile(lambda _frame, event, called: looks.update((called.__name__,) if event == "c_call" else ()))
    try:
        assert files.has_version(SCRIPT, version)
    finally:
        sys.setprofile(None)
    assert looks["stat"] == 1
    assert looks["scandir"] == 0


def test_what_is_prepared_is_not_compressed_again(client, address):
    packing._compressed.cache_clear()
    prepare()
    made = packing._compressed.cache_info().misses
    assert made > 50
    for path in (SCRIPT, STYLE, "icons/sprite.svg"):
        with client.get(address(path), headers={"Accept-Encoding": "gzip, br"}) as answer:
            assert answer.headers["Content-Encoding"] == "br"
    assert packing._compressed.cache_info().misses == made


@pytest.mark.parametrize("path", [SCRIPT, STYLE])
def test_no_version_is_never_the_right_one(files, path):
    assert not files.has_version(path, "")
    assert files.has_version(path, files.version_of(path))


def test_a_change_of_a_style_is_no_other_version_of_the_scripts(files):
    scripts, style = files.version_of_scripts(), files.digest_of(STYLE)
    change(files, STYLE)
    assert files.version_of_scripts() == scripts
    assert files.digest_of(STYLE) != style


def test_a_file_under_another_name_is_another_version(files):
    before = files.version_of_scripts()
    (files.folder / "js" / "app.js").rename(files.folder / "js" / "application.js")
    assert files.version_of_scripts() != before


def test_what_an_editor_leaves_beside_a_script_is_none(files):
    before = files.version_of_scripts()
    change(files, "js/.app.js.swp")
    assert files.version_of_scripts() == before
