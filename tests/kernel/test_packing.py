"""What goes over the line: scripts and styles without comments, answers compressed, no length that tells a secret."""

import gzip
import os
import subprocess

import brotli
import pytest

from tests.test_repository import ROOT
from webapp.kernel import packing
from webapp.kernel.assets import STATIC, asset

pytestmark = pytest.mark.only_on("sqlite")
SCRIPT, STYLE = "js/outbox/queue.js", "css/app.css"
OPENED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
TSC = ["--ignoreConfig", "--allowJs", "--noCheck", "--removeComments", "--target", "esnext", "--module", "esnext"]


@pytest.fixture
def get(app):
    """get(url, accepted): an answer of a static file as a browser with these encodings asks for it."""

    def get(path, accepted):
        with app.test_request_context():
            url = asset(path)
        with app.test_client().get(url, headers={"Accept-Encoding": accepted}) as answer:
            return answer, answer.data

    return get


def served(path):
    file = STATIC / path
    return packing.served(file, packing.changed_ns(file))


@pytest.mark.parametrize("path", [SCRIPT, STYLE, "icons/sprite.svg", "vendor/zxing_reader.wasm"])
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None), ("", None)],
)
def test_a_file_comes_in_the_best_encoding_that_the_browser_takes(get, path, accepted, encoding):
    answer, body = get(path, accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.vary
    assert int(answer.headers["Content-Length"]) == len(body)
    assert OPENED[encoding](body) == served(path)


def test_a_picture_is_sent_as_it_is(get):
    answer, body = get("icons/icon-192.png", "gzip, br")
    assert "Content-Encoding" not in answer.headers
    assert body == (STATIC / "icons/icon-192.png").read_bytes()


def compiled(folder, into):
    """The scripts below a folder as the compiler writes them without comments, by path, with no blank in them."""
    files = [str(file) for file in folder.rglob("*.js")]
    command = ["node_modules/.bin/tsc", *TSC, "--rootDir", str(folder), "--outDir", str(into), *files]
    subprocess.run(command, cwd=ROOT, check=True)
    return {str(file.relative_to(into)): "".join(file.read_text().split()) for file in into.rglob("*.js")}


def test_scripts_lose_comments_and_nothing_else(tmp_path):
    for file in (STATIC / "js").rglob("*.js"):
        short = tmp_path / "served" / file.relative_to(STATIC / "js")
        short.parent.mkdir(parents=True, exist_ok=True)
        short.write_bytes(served(file.relative_to(STATIC)))
        assert short.stat().st_size < file.stat().st_size
    whole = compiled(STATIC / "js", tmp_path / "whole")
    assert len(whole) > 70
    assert compiled(tmp_path / "served", tmp_path / "short") == whole


def test_a_style_brings_those_it_imports(tmp_path):
    app, base = tmp_path / "app.css", tmp_path / "base.css"
    app.write_text('/* all */\n@import "base.css";\na { color: red; }\n')
    base.write_text("b { color: blue; }")
    before = packing.changed_ns(app)
    assert packing.served(app, before) == b"b{color:blue}a{color:red}"
    base.write_text("b { color: green; }")
    os.utime(base, ns=(before + 1, before + 1))
    assert packing.served(app, packing.changed_ns(app)) == b"b{color:green}a{color:red}"


def test_a_page_is_compressed_for_those_who_take_it(auditor):
    plain = auditor.get("/")
    for accepted, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("", None)):
        answer = auditor.get("/", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding
        assert OPENED[encoding](answer.data).startswith(plain.data[:500])
        assert "Accept-Encoding" in answer.vary
    assert len(answer.data) > packing.LEAST


def test_the_length_of_a_page_does_not_tell_what_is_in_it(auditor):
    """The same page has another length each time: 20 times the same of 101 would need a chance of 1 in 10^38."""
    for accepted in ("br", "gzip"):
        lengths = {len(auditor.get("/", headers={"Accept-Encoding": accepted}).data) for _ in range(20)}
        assert len(lengths) > 1


def test_an_answer_that_is_short_or_streamed_is_sent_as_it_is(auditor):
    short = auditor.get("/health", headers={"Accept-Encoding": "gzip, br"})
    assert len(short.data) < packing.LEAST
    assert "Content-Encoding" not in short.headers
    with auditor.get("/checkpoints/visits?format=csv", headers={"Accept-Encoding": "gzip, br"}) as streamed:
        assert "Content-Encoding" not in streamed.headers


def test_a_module_brings_what_it_imports_once(built):
    with built.test_request_context():
        from webapp.kernel.assets import module

        first, second = module("js/outbox/start.js"), module("js/app.js")
        assert f'<link rel="modulepreload" href="{asset("js/outbox/rules.js")}">' in first
        assert first.endswith(f'<script type="module" src="{asset("js/outbox/start.js")}"></script>')
        assert "outbox/clock.js" in first
        assert "outbox/clock.js" not in second, "entry.js imports it as well"
        assert asset("js/pasting.js") in second
