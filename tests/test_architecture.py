"""Tests of the code's structure."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from webapp.extensions import Base, db

TESTS = Path(__file__).parent
ROOT = TESTS.parent / "webapp"
SHARED = {"kernel", "operations", "templates", "static", "migrations"}
FEATURES = sorted(p.name for p in ROOT.iterdir() if p.is_dir() and p.name not in SHARED and not p.name.startswith("_"))
MODULES = sorted(ROOT.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
DOORS = {"service", "queries", "rules", "labels"}
LONGEST = {"*.py": 400, "*.html": 250, "*.js": 250}

# Where a feature goes past a front door, and why that is right.
THROUGH_THE_WALL = {
    "demo": "writes sixty days of history at once, as no person could",
}
# A migration is written once and grows with the tables of its day.
LONG_ON_PURPOSE = {"migrations/versions/0001_the_tables_of_the_ground_floor.py"}
# Words that do not say what a value is.
VAGUE = frozenset({"found", "one", "said", "told", "wanted"})
# Pieces without a page of their own; the last one names its target when it is drawn.
PIECES = re.compile(r"(^|/)_|fragment\.html$|^ui/(forms|parts|listing)\.html$")
NAMED_WHEN_DRAWN = {"ui/listing.html"}


def name(path):
    return path.relative_to(ROOT).as_posix()


def template(path):
    return path.relative_to(ROOT / "templates").as_posix()


def layer(kind, of=None):
    """The modules of a layer: `rules.py` of a feature, or everything in its folder `rules/`."""
    modules = [p for p in MODULES if p.name == f"{kind}.py" or kind in p.relative_to(ROOT).parts[:-1]]
    return [p for p in modules if of is None or p.relative_to(ROOT).parts[0] == of]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{name(path)}: import by full name"
            yield from (f"{node.module}.{imported.name}" for imported in node.names)
        elif isinstance(node, ast.Import):
            yield from (imported.name for imported in node.names)


def features_named(path):
    """Every (feature, module) this file imports."""
    paths = (named.split(".")[1:3] for named in imports(path) if named.startswith("webapp."))
    return {(parts[0], parts[1] if len(parts) > 1 else "") for parts in paths if parts[0] in FEATURES}


def test_lists_are_declared_in_the_module_of_lists():
    """A reader looks for them there."""
    calls = re.compile(r"^\w+ = Listing\(", re.MULTILINE)
    declaring = {path for path in MODULES if calls.search(path.read_text(encoding="utf-8"))}
    assert {name(path) for path in declaring - set(layer("lists"))} == set()
    assert len(declaring) >= 6, "so that the test above can fail"


def test_the_contracts_of_imports_name_every_feature():
    """pyproject.toml says which floor stands on which, and `./frontline test` holds them to it."""
    contracts = tomllib.loads((TESTS.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    by_name = {contract["name"]: contract for contract in contracts["contracts"]}
    layers = by_name["A floor of the house stands on the floors below it"]["layers"]
    features = {feature for feature in FEATURES if (ROOT / feature / "__init__.py").is_file()}
    assert set(re.findall(r"webapp\.(\w+)", " ".join(layers))) == {*features, "kernel", "operations"}
    hidden = by_name["The kernel knows no feature"]["forbidden_modules"]
    assert set(hidden) == {f"webapp.{feature}" for feature in (*features, "operations")}
    declared = {f"webapp.{feature}.feature" for feature in features - {"demo"}}
    assert set(by_name["Only the application reads what a feature declares"]["protected_modules"]) == declared


@pytest.mark.parametrize("path", layer("views"), ids=name)
def test_views_do_not_query(path):
    hidden = re.compile(r"sqlalchemy|.*\.db$|.*\.models")
    banned = [named for named in imports(path) if hidden.match(named)]
    assert banned == [], "read through queries.py, write through service.py"


@pytest.mark.parametrize("path", layer("views"), ids=name)
def test_views_do_not_commit(path):
    assert re.findall(r"\.commit\(|\.flush\(|transaction\(", path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.relative_to(ROOT).parts[0] in FEATURES], ids=name)
def test_features_meet_only_at_the_front_door(path):
    own = path.relative_to(ROOT).parts[0]
    doors = DOORS | {"models"} if path.name == "models.py" else DOORS
    strangers = {named for named in features_named(path) if named[0] != own and named[1] not in doors}
    assert own in THROUGH_THE_WALL or strangers == set(), f"use {sorted(DOORS)} of the other feature"


@pytest.mark.parametrize("path", layer("models"), ids=name)
def test_a_table_names_the_class_of_another_features_table(path):
    """So that the checker and a reader see the arrow: a name in quotes stands for a class of the same file only."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"relationship\(\s*\"(\w+)\"|Mapped\[(?:list\[)?\"(\w+)\"", text))
    assert {target or other for target, other in named} <= set(re.findall(r"^class (\w+)", text, re.MULTILINE))
    assert "Mapped[Any] = relationship" not in text


def test_the_kernel_names_no_endpoint_template_or_table_of_a_feature(built):
    """But for the table of persons, once: who recorded something is known to it by id."""
    with built.app_context():
        tables = {mapper.local_table.name: mapper.class_.__module__ for mapper in Base.registry.mappers}
    own = {table for table, module in tables.items() if not module.startswith("webapp.kernel")}
    hidden = re.compile(rf"^({'|'.join(sorted({*own, *FEATURES}))})[./][a-z_.]+$")
    named = [
        f"{name(path)}: {node.value}"
        for path in sorted((ROOT / "kernel").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and hidden.match(node.value)
    ]
    acts = {"kernel/disclosure.py: visit.revealed", "kernel/disclosure.py: visit.searched"}
    assert set(named) - acts == {"kernel/access.py: person.id"}


@pytest.mark.parametrize("pattern", LONGEST)
def test_modules_stay_small(pattern):
    files = [p for p in ROOT.rglob(pattern) if "vendor" not in p.parts and name(p) not in LONG_ON_PURPOSE]
    lengths = {name(p): p.read_text(encoding="utf-8").count("\n") for p in files}
    assert {file: length for file, length in lengths.items() if length > LONGEST[pattern]} == {}


def test_tests_stay_small():
    lengths = {p.name: p.read_text(encoding="utf-8").count("\n") for p in TESTS.rglob("*.py")}
    assert {file: length for file, length in lengths.items() if length > LONGEST["*.py"]} == {}


@pytest.mark.parametrize("path", TEMPLATES, ids=template)
def test_targets_exist_and_swap_whole(path):
    html = path.read_text(encoding="utf-8")
    for target in re.findall(r'hx-target="([^"]+)"', html):
        if template(path) in NAMED_WHEN_DRAWN and target.startswith("#{{"):
            continue
        assert re.fullmatch(r"#[\w-]+", target), f"a target is the id of a block, not {target}"
        assert f'id="{target[1:]}"' in html
        assert re.search(rf"{{% block {target[1:].replace('-', '_')} (scoped )?%}}", html)
    for swap in re.findall(r'hx-swap="([^"]+)"', html):
        assert swap.split()[0] == "outerHTML", "a swap is always the whole block"


@pytest.mark.parametrize("path", TEMPLATES, ids=template)
def test_templates_have_no_inline_code(path):
    html = path.read_text(encoding="utf-8")
    assert (
        re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son\w+=|hx-on", html) == []
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=template)
def test_every_template_compiles_and_every_page_has_a_title(built, path):
    compiled = built.jinja_env.get_template(template(path))
    if not PIECES.search(template(path)) and "<!doctype html>" not in path.read_text(encoding="utf-8").lower():
        assert "title" in compiled.blocks


def test_every_view_says_who_may_call_it(built):
    silent = {endpoint for endpoint, view in built.view_functions.items() if not hasattr(view, "allowed")}
    assert silent - {"static"} == set()


def test_urls_are_typed_and_kebab_case(built):
    for rule in built.url_map.iter_rules():
        assert "<" not in re.sub(r"<\w+:\w+>", "", rule.rule), rule
        plain = re.sub(r"<[^>]+>", "", rule.rule)
        assert plain.replace("_", "-").lower() == plain, rule


def test_migrations_make_the_tables_of_the_models(app):
    """Every test's database comes from the migrations; compare it with what the models say."""
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == [], "write a migration"


def test_a_press_on_a_form_is_stopped_by_the_steps_of_one_file_only():
    """Listeners of several files would be asked in the order in which their files were loaded."""
    listens = re.compile(r"""addEventListener\(\s*["']submit["']""")
    scripts = (ROOT / "static" / "js").rglob("*.js")
    listening = {name(path) for path in scripts if listens.search(path.read_text(encoding="utf-8"))}
    after_all = {"static/js/outbox/person.js"}  # notes that somebody signed out, and stops nothing
    assert listening == {"static/js/submit.js"} | after_all, "name a step in ORDER of submit.js"


def vague_in_python(text):
    """The vague names that a module binds."""
    for node in ast.walk(ast.parse(text)):
        is_use = isinstance(node, ast.keyword) or isinstance(getattr(node, "ctx", None), ast.Load)
        bound = [] if is_use else [getattr(node, part, None) for part in ("id", "arg", "name", "asname")]
        yield from (name for name in bound if isinstance(name, str) and name in VAGUE)


_NAME = rf"(?<![\w.-])({'|'.join(sorted(VAGUE))})(?![\w-]|\s*:)"
BINDINGS = {
    ".html": rf"{{%-?\s*(?:for\s(?:[\w\s(]+,\s*)*\(?|set\s+|(?:macro|call)\b[^%]*?){_NAME}",
    ".js": rf"\b(?:const|let|var)\s+(?:[{{\[][^=]*?)?{_NAME}"  # also destructured
    rf"|\bfunction\s*\w*\([^)]*?{_NAME}|^\s+(?:async )?\w+\([^()]*?{_NAME}[^()]*\)\s*{{$"
    rf"|{_NAME}\s*=>|\((?:[^()]*[\s,{{\[])?{_NAME}[^()]*\)\s*=>",
}


def vague_in(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return sorted(set(vague_in_python(text)))
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    matches = re.finditer(BINDINGS[path.suffix], text, re.MULTILINE)
    return sorted({name for match in matches for name in match.groups() if name})


def test_names_say_what_a_value_is():
    support = [path for path in TESTS.rglob("*.py") if path.name == "conftest.py" or path.parent.name == "support"]
    files = [*MODULES, *TEMPLATES, *(ROOT / "static" / "js").rglob("*.js"), *support]
    vague = {path.relative_to(TESTS.parent).as_posix(): names for path in files if (names := vague_in(path))}
    assert vague == {}, "name it by a noun"


@pytest.mark.parametrize(
    ("name", "text", "is_vague"),
    [
        ("a.py", "one = 1", True),
        ("a.py", "for number, one in pairs: pass", True),
        ("a.py", "def look(found): pass", True),
        ("a.py", "rows.one(); row.said = None; print(one, told=1)", False),
        ("a.html", "{% for one in rows %}", True),
        ("a.html", "{% for row, one in rows %}", True),
        ("a.html", "{% set told = 1 %}", True),
        ("a.html", "{% macro draw(one) %}", True),
        ("a.html", "{% for row in said %}{{ row.one }}", False),
        ("a.js", "const one = 1;", True),
        ("a.js", "for (const [stroke, wanted] of keys) go();", True),
        ("a.js", "rows.map((one) => one.id);", True),
        ("a.js", "rows.map((/** @type {any} */ one, at) => at);", True),
        ("a.js", "function take(slip, wanted) {", True),
        ("a.js", "const [first] = rows; row.found(one); line.dataset.said = `one`;", False),
        ("a.js", "const { found: rows } = answer;", False),
    ],
)
def test_vague_names_are_recognised(tmp_path, name, text, is_vague):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert bool(vague_in(path)) == is_vague
