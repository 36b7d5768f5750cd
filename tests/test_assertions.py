"""Tests about the tests: an assertion that a random token can decide is refused."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
# A session token, a uuid or a hash on the page may hold any short word of these characters.
TOKEN_LIKE = re.compile(r"[A-Za-z0-9_-]{1,5}")
WHOLE_PAGE = re.compile(r"(\.text|\.data|\.get_data\(.*\)|\.content\(\)|\bpage|\bhtml|\bbody)$")


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


def test_no_assertion_depends_on_a_random_token():
    lines = [
        f"{path.relative_to(TESTS)} {line}"
        for path in sorted(TESTS.rglob("*.py"))
        for line in by_chance(path.read_text(encoding="utf-8"))
    ]
    assert lines == [], "look for it in words_of(answer), tests/support/reading.py"


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
def test_the_check_itself_knows_both_kinds(line, is_refused):
    assert bool(list(by_chance(line))) is is_refused
