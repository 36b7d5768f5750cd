"""Tests about the tests: refuses assertions whose result depends on a random token or a busy machine."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
# A session token, a uuid or a hash on the page may hold any short word of these characters.
TOKEN_LIKE = re.compile(r"[A-Za-z0-9_-]{1,5}")
WHOLE_PAGE = re.compile(r"(\.text|\.data|\.get_data\(.*\)|\.content\(\)|\bpage|\bhtml|\bbody)$")


# What playwright reads at once; `expect(...)` waits until it is so.
READS_AT_ONCE = {"inner_text", "text_content", "input_value", "is_visible", "is_hidden", "is_enabled", "is_disabled"}


def by_chance(source):
    """Lines that look for a short word in a whole page, where any token may hold it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            word, where = node.left, node.comparators[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".count") and node.args:
            word, where = node.args[0], node.func.value
        else:
            continue
        is_short = isinstance(word, ast.Constant) and isinstance(word.value, str) and TOKEN_LIKE.fullmatch(word.value)
        if is_short and WHOLE_PAGE.search(ast.unparse(where)):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def refused(check):
    """What a check finds in all tests."""
    return [
        f"{path.relative_to(TESTS)} {line}"
        for path in sorted(TESTS.rglob("*.py"))
        for line in check(path.read_text(encoding="utf-8"))
    ]


def test_no_assertion_depends_on_a_random_token():
    assert refused(by_chance) == [], "look for it in words_of(answer), tests/support/reading.py"


def at_once(source):
    """Lines that assert what a page shows at this very moment."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            test = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
            for part in (test.left, *test.comparators) if isinstance(test, ast.Compare) else (test,):
                if isinstance(part, ast.Call) and getattr(part.func, "attr", "") in READS_AT_ONCE:
                    yield f"line {node.lineno}: {ast.unparse(node)}"


def test_no_assertion_depends_on_how_quick_the_machine_is():
    assert refused(at_once) == [], "expect(locator).to_have_text(...) waits until it is so"


@pytest.mark.parametrize(
    ("line", "is_refused"),
    [
        ("assert 'A2' not in answer.text", True),
        ("assert '17' in client.get('/x').text", True),
        ("assert page.count('Q-') == 2", True),
        ("assert 'A2' not in words_of(answer)", False),
        ("assert 'lines-0' not in answer.text", False),
        ("assert '整改' not in answer.text", False),
        ("assert 'A2' in codes", False),
    ],
)
def test_what_depends_on_a_random_token(line, is_refused):
    assert bool(list(by_chance(line))) is is_refused


@pytest.mark.parametrize(
    ("line", "is_refused"),
    [
        ("assert page.locator('h1').inner_text() == 'x'", True),
        ("assert 'x' in page.locator('h1').inner_text()", True),
        ("assert not page.locator('h1').is_visible()", True),
        ("expect(page.locator('h1')).to_have_text('x')", False),
        ("assert texts == ['x']", False),
    ],
)
def test_what_depends_on_how_quick_the_machine_is(line, is_refused):
    assert bool(list(at_once(line))) is is_refused
