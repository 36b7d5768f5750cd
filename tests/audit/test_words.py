"""Every action that is written into the journal has words and a group."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from webapp.accounts import service as accounts
from webapp.audit import labels
from webapp.extensions import db
from webapp.kernel import disclosure, logged
from webapp.kernel.journal import JournalRow
from webapp.supplies.rules import SlipKind

ROOT = Path(accounts.__file__).parents[2]
WRITERS = {"write", "note_search", "_note"}
# Where the action is a parameter; what is passed to it is looked at where it is passed.
PASSED_ON = {"kernel/disclosure.py", "kernel/states.py", "kernel/journal.py"}


def actions_of(path):
    """The actions that a module writes, as patterns: of `journal.write`, `note_search` and the `act` of a move."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for names in node.targets:
                both = (getattr(names, "elts", [names]), getattr(node.value, "elts", [node.value]))
                known |= {name.id: value for name, value in zip(*both, strict=False) if isinstance(name, ast.Name)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            yield from (pattern(known.get(getattr(part, "id", ""), part)) for part in action_parts(call))


def action_parts(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if ast.unparse(call.func) == "journal.write" or name == "note_search":
        yield from call.args[:1]
    if name in ("move", "Subject"):
        yield from (keyword.value for keyword in call.keywords if keyword.arg in ("act", "action"))


def pattern(node):
    if isinstance(node, ast.Constant):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values)
    return None


MODULES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
WRITTEN = {path.relative_to(ROOT).as_posix(): list(actions_of(path)) for path in MODULES}


@pytest.mark.parametrize("module", sorted(module for module, patterns in WRITTEN.items() if patterns))
def test_every_action_that_is_written_has_words(built, module):
    with built.app_context():
        known = logged.logged()
        if module not in PASSED_ON:
            assert None not in WRITTEN[module], "write the action as a literal, so that this test can read it"
        nameless = [p for p in WRITTEN[module] if p and not any(re.fullmatch(p, action) for action in known)]
    assert nameless == [], "add `Logged(action, words, group)` to the feature's labels"


def test_the_walk_reads_every_writer():
    assert sum(map(len, WRITTEN.values())) >= 50
    assert "entry\\.recorded" in WRITTEN["kernel/entries.py"]
    assert "inspection_finding\\.withdraw" in WRITTEN["inspections/versions.py"]


def test_actions_that_are_put_together_have_words_for_each_part(built):
    with built.app_context():
        made = {f"stock.{kind.value}" for kind in SlipKind} | {"person.passed-totp", "person.passed-recovery-code"}
        made |= {subject.action for subject in disclosure.subjects()} | set(disclosure.SEARCHES)
        assert made <= set(logged.logged())


def test_what_the_demonstration_wrote_is_about_the_kind_that_its_action_names(demonstration):
    with demonstration.app_context():
        written = db.session.execute(select(JournalRow.action, JournalRow.subject_kind).distinct()).all()
        assert len(written) >= 15
        assert {action for action, _kind in written} <= set(logged.logged())
        apart = [(action, kind) for action, kind in written if logged.logged()[action].of not in ("*", kind)]
        assert apart == []
        plain = [kind for _action, kind in written if logged.subject_of(kind) == kind]
        assert plain == [], "add the kind to the feature's SUBJECTS"


def test_every_group_has_words_and_is_used(built):
    with built.app_context():
        used = {action.group for action in logged.logged().values()}
    assert used == set(logged.Group) == set(logged.GROUPS)


def test_every_detail_that_is_written_has_words():
    """But for the counts of a delivered file, which are named by their outcomes."""
    keys = set()
    for path in MODULES:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and list(action_parts(call)) and getattr(call.func, "attr", "") == "write":
                keys |= {keyword.arg for keyword in call.keywords if keyword.arg}
    beside = {"by", "at", "reason", "private", "changed", "sign_in"}
    assert keys - beside - set(labels.DETAILS) == set()
    assert len(keys) > 15
