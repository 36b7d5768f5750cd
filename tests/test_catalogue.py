"""The catalogue of refusals: every refusal that is raised has its sentence, and brings what the sentence names."""

import ast
import re
from pathlib import Path

from webapp.kernel import errors

WEBAPP = Path(__file__).parent.parent / "webapp"
PLACE = re.compile(r"%\((\w+)\)")
OF_A_REFUSAL = {"status", "field"}


def refusals():
    """(where, code, names of values or None when some are given as a mapping) of each `Refusal("code", ...)`."""
    for path in sorted(WEBAPP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal"):
                continue
            if not (node.args and isinstance(node.args[0], ast.Constant)):
                continue
            names = {keyword.arg for keyword in node.keywords}
            values = None if None in names else names - OF_A_REFUSAL
            yield f"{path.relative_to(WEBAPP)}:{node.lineno}", node.args[0].value, values


def test_a_refusal_has_a_sentence_and_what_fills_it(app):
    with app.test_request_context():
        wanted = {code: set(PLACE.findall(str(sentence))) for code, sentence in errors.catalogue().items()}
    found = list(refusals())
    assert len(found) > 100, "they are looked for in vain"
    speechless = [(where, code) for where, code, _values in found if code not in wanted]
    assert not speechless, "register a sentence for these"
    unfilled = [(where, code) for where, code, values in found if values is not None and not wanted[code] <= values]
    assert not unfilled, "their sentences name values that they do not bring"


def test_a_refusal_names_no_side_of_a_page(app):
    """The same sentence stands on other pages, and on a phone there are no columns."""
    with app.test_request_context():
        sentences = {code: str(sentence) for code, sentence in errors.catalogue().items()}
    assert sorted(code for code, words in sentences.items() if re.search(r"[左右][侧边手]|右栏|左栏", words)) == []
