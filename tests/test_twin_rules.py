"""A rule that stands in Python and in JavaScript names the table of cases that runs against both.

A script says `// @cases FILE` in its head for all it exports, or `@cases FILE` beside one function. What has no twin on
the server is listed here with the reason.
"""

import re

import pytest

from tests.support.browser import ROOT

SCRIPTS = ROOT / "webapp" / "static" / "js"
# What only a browser has: code that names one of these is no rule.
BROWSER = re.compile(
    r"\b(document|window|navigator|crypto|indexedDB|localStorage|sessionStorage)\b[.?]|\b(fetch|addEventListener)\(|\bhtmx\b"
)
IMPORTED = re.compile(r'^import [^"]*"(\.[^"]+)"', re.M)
EXPORTED = re.compile(r"^export (?:async )?(?:function|const) ([a-z]\w*)", re.M)
CASES = re.compile(r"@cases (tests/[\w/]+\.json)")
# Rules that only a device follows, by module or by function.
OF_DEVICES = {
    "alerts-tone.js": "plays a tone",
    "alerts.js": "when an open page beeps, and how it reads the server's header",
    "wedge.js": "tells a hand scanner from a person by the time between two keys",
    "outbox/rules.js": "when and what an outbox sends, and what it makes of an answer",
    "outbox/bytes.js": "bytes as text, by the rules of base64 and UTF-8",
    "outbox/clock.js": "the skew as measured by a device; the server only reads it",
    "outbox/limits.js": "how long a page waits",
    "outbox/seal.js": "sealing; the envelopes of tests/faults/payloads are opened by the server",
    "outbox/store.js": "the device's database",
    "outbox/api.js": "what counts as an answer of the server",
    "entry.js": "names an entry before the server knows it",
    "reports.js": "shows or hides a field; whether a reason is missing is for the server to say",
    "reports-offline.js": "draws a form of what the device keeps",
    "choice-search.js": "what is listed below a search, and where its mark goes",
    "parse/called.js isCalled": "narrows the choices of a page; the server sees what was chosen",
    "submit.js": "the order of steps of a press",
    "pasting.js": "cut by maxlength, which only a browser does",
    "pictures.js": "pictures are made smaller before they are sent",
    "keypad.js": "keys on the screen",
    "photo-stamp.js": "what is drawn on a photo before it is kept",
    "scan-fields.js": "which field of a form a scan chooses from",
    "scan-offline.js isFitting": "which blank forms of a device fit a place",
    "supplies-draft.js": "the draft of a slip in a browser",
    "inspections-rest.js": "which items one press answers",
    "inspections-offline.js": "looking for a place and the next one without a network",
    "kept-form.js": "what the browser's own checks of a field say",
    "parse/folding.js": "a part of the parsers, and under their cases",
    "parse/gtin.js": "a part of parse/scans.js, and under its cases",
    "parse/gs1.js": "a part of parse/scans.js, and under its cases",
    "plates.js preparePlates": "which keyboard a touch screen shows",
    "checkpoints.js tenths": "a part of propose, and under its cases",
    "checkpoints.js pointed": "a point left out while typing",
    "checkpoints.js stepped": "the keys + and -",
    "supplies-offline-codes.js isNothing": "whether the box is empty",
    "supplies-offline-codes.js bareNumber": "a number in the box of a count",
    "supplies-offline-slip.js": "the slip as a device draws it, by the stock it knows",
    "supplies-offline-take.js": "the slip as a device fills it, by the stock it knows",
}


def read(folder, pattern):
    return {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).rglob(pattern))}


@pytest.fixture(scope="module")
def node_tests():
    return read("tests/js", "*.test.js")


@pytest.fixture(scope="module")
def rules(node_tests):
    """ "module function" -> the files of cases it names: of modules without a browser, or that run without one."""
    scripts, found = read("webapp/static/js", "*.js"), {}
    for path, text in scripts.items():
        module = path.relative_to(SCRIPTS).as_posix()
        if not _is_bare(path, scripts) and not any(f'static/js/{module}"' in test for test in node_tests.values()):
            continue
        head = CASES.findall(re.split(r"^(?!//)", text, maxsplit=1, flags=re.M)[0])
        for export in EXPORTED.finditer(text):
            before = text[: export.start()].rstrip()
            own = CASES.findall(before[before.rindex("/**") :]) if before.endswith("*/") else []
            if not BROWSER.search(_body(text, export)):
                found[f"{module} {export[1]}"] = own or head
    return found


def _is_bare(path, scripts, seen=()):
    """Does neither the module nor what it imports name anything that only a browser has?"""
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", scripts[path], flags=re.S)
    others = {(path.parent / name).resolve() for name in IMPORTED.findall(code)} - set(seen)
    return not BROWSER.search(code) and all(_is_bare(other, scripts, (*seen, path)) for other in others)


def _body(text, export):
    """From a function's name to the next line that begins with something else than its inside."""
    rest = text[export.start() :].splitlines()
    end = next((number for number, line in enumerate(rest[1:], 1) if line and line[0] not in " }"), len(rest))
    return "\n".join(rest[:end])


def test_every_rule_of_a_script_names_its_cases_or_is_of_devices_alone(rules):
    without = {name for name, cases in rules.items() if not cases}
    excused = {name for name in without if name in OF_DEVICES or name.split()[0] in OF_DEVICES}
    assert without - excused == set(), "write `@cases FILE`, or the reason into OF_DEVICES"


def test_nothing_is_excused_that_needs_no_excuse(rules):
    without = {name for name, cases in rules.items() if not cases}
    assert {
        name for name in OF_DEVICES if name not in without and name not in {one.split()[0] for one in without}
    } == set()


def test_a_table_of_cases_runs_on_both_sides(rules, node_tests):
    wrong = []
    python = "\n".join(text for path, text in read("tests", "test_*.py").items() if path.name != "test_twin_rules.py")
    for name, files in rules.items():
        module = name.split()[0]
        mine = [text for text in node_tests.values() if f'static/js/{module}"' in text]
        for file in files:
            stem = (ROOT / file).stem
            if not (ROOT / file).is_file():
                wrong.append(f"{name}: {file} is not there")
            elif not any(f"{stem}.json" in text or f'"{stem}"' in text for text in mine):
                wrong.append(f"{name}: no test in tests/js that imports {module} reads {file}")
            elif f"{stem}.json" not in python and f'"{stem}"' not in python:
                wrong.append(f"{name}: no test in Python reads {file}")
    assert wrong == []
