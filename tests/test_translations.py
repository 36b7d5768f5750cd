"""Both languages are complete: Chinese in the source, English in the catalogue."""

import gettext
import importlib
import re
import tomllib
from collections import defaultdict
from dataclasses import asdict
from inspect import signature
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from flask import session
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from tests.support import masters
from tests.test_access import pages
from webapp.accounts.importing import PERSONS_SHEET
from webapp.district.models import District
from webapp.district.rules import Preferences
from webapp.kernel import clock, errors, forms
from webapp.kernel.access import Role, current_actor
from webapp.kernel.database import transaction
from webapp.places.importing import PLACES_SHEET
from webapp.supplies.imports import ITEMS
from webapp.units.importing import UNITS_SHEET

ROOT = Path(__file__).parent.parent
WEBAPP = ROOT / "webapp"
CATALOGUE = WEBAPP / "translations" / "en" / "LC_MESSAGES" / "messages.po"
DATA = [
    *sorted([*WEBAPP.glob("standards/limits/*.toml"), *WEBAPP.glob("inspections/checklists/*.toml")]),
    WEBAPP / "supplies" / "catalogue.toml",
]
SCRIPTS = sorted([*(WEBAPP / "static" / "js").rglob("*.js"), WEBAPP / "templates" / "shell" / "sw.js"])
LABELS = sorted(path.parent.name for path in WEBAPP.glob("*/labels.py"))
HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")  # characters and full-width punctuation
PLACE = re.compile(r"%\(\w+\)[sd]|{\w+}|<[\d.]+")
# What a script reads, not what it shows: words of laboratories, plates, signs of a full-width keyboard.
READ_NOT_SHOWN = {
    "readings.js": {"未检出", "检出"},
    "dates.js": {"年", "月", "日号"},
    "personal.js": {"转", "・"},
    "checkpoints.js": {"挂学警港澳使领", "京津沪渝冀"},
    "supplies-offline-codes.js": {"０９＊"},
    "wedge.js": {"０９＊"},
}
_FULL = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
HALF = re.compile(rf"{_FULL}\s*[,:();?!]|[,:();?!]\s*{_FULL}")  # a sign of English print beside Chinese
# A number and a noun in the plural: "1 units". What counts is an ngettext; or the number stands behind its noun.
_NUMBER = r"(?:%\((?:n|num|count|total|lines|amount|days)\)[sd]|{n})"
COUNTED = re.compile(rf"{_NUMBER} (?:\w+ )?(?:[a-z]{{2,}}(?<!s)s|people)\b")
NEVER_ONE = {  # messages of which the number is a bound of ours, or shown only when it is larger
    "只显示前 %(n)d 行。",
    "近 %(days)d 天错报迟报瞒报漏报",
    "只印出最近的 %(n)s 行（共 %(total)s 行）。要全部记录，请下载 Excel 文件或缩短时间段。",
    "共 %(total)d 个场所，一次最多打印 %(n)d 个。请用上面的条件分批打印。",
    "共 %(total)d 种物资，下面只列出前 %(n)d 种。请输入名称或编号缩小范围。",
    "最多 %(max)d 个字。",
    "至少 %(n)d 个字符，可以是一句话；不要包含用户名。",
}
SWITCH = "中文"  # the language switch names each language in itself


def messages():
    """Every message of the source: {(context, text)}."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = project["tool"]["babel"]["mappings"]
    found = extract_from_dir(
        WEBAPP,
        [(one["pattern"], one["method"]) for one in mappings],
        keywords=DEFAULT_KEYWORDS | {"_l": None, "lazy_pgettext": ((1, "c"), 2)},
    )
    return {(context, text) for _file, _line, text, _comments, context in found}


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def english(catalogue):
    """Every message of the catalogue but its header."""
    return [one for one in catalogue if one.id]


def test_every_message_has_its_english(english):
    written = {(one.context, one.id) for one in english if one.string}
    assert messages() - written == set(), "make translations, then write the English into messages.po"


def test_the_catalogue_holds_nothing_that_is_gone(catalogue, english):
    assert {(one.context, one.id) for one in english} - messages() == set(), "make translations"
    assert not catalogue.obsolete
    assert not catalogue.fuzzy
    assert [one.id for one in english if one.fuzzy] == []


def test_the_catalogue_names_no_machine_and_no_person(english):
    assert [one.id for one in english if one.locations] == []
    assert "@" not in CATALOGUE.read_text(encoding="utf-8").split("\n\n")[0]


def forms_of(text):
    """A text, or the singular and the plural of one that counts."""
    return (text,) if isinstance(text, str) else tuple(text)


def test_placeholders_agree(catalogue, english):
    assert [(one.id, str(faults)) for one, faults in catalogue.check()] == []
    places = [
        (one.id, *(set(PLACE.findall(text)) for text in forms_of(one.id) + forms_of(one.string))) for one in english
    ]
    assert [id_ for id_, first, *others in places if any(other != first for other in others)] == []


def test_chinese_has_chinese_punctuation(english):
    assert [text for one in english for text in forms_of(one.id) if HALF.search(text)] == []


def test_what_counts_has_a_singular(english):
    """A number beside a noun in the plural is an `ngettext`: on an English page stood "1 units without ..."."""
    found = {one.id: one.string for one in english if not one.pluralizable and COUNTED.search(one.string)}
    assert {id_: text for id_, text in found.items() if id_ not in NEVER_ONE} == {}


def test_english_has_no_chinese_in_it(english):
    assert [one.string for one in english if any(map(HAN.search, forms_of(one.string)))] == []


def test_what_the_application_reads_is_what_is_written(english):
    compiled = CATALOGUE.with_suffix(".mo")
    assert compiled.exists(), "./frontline compiles the catalogue at every start"
    with compiled.open("rb") as file:
        read = gettext.GNUTranslations(file)
    wrong = [one.id for one in english if spoken(read, one) != forms_of(one.string)]
    assert wrong == [], "./frontline compiles the catalogue at every start"


def spoken(read, message):
    """What a compiled catalogue says for a message: its text, or its singular and its plural."""
    if message.pluralizable and message.context:
        return tuple(read.npgettext(message.context, *message.id, number) for number in (1, 2))
    if message.pluralizable:
        return tuple(read.ngettext(*message.id, number) for number in (1, 2))
    return (read.pgettext(message.context, message.id) if message.context else read.gettext(message.id),)


@pytest.mark.parametrize("feature", LABELS)
@pytest.mark.only_on("sqlite")
def test_the_words_of_one_choice_differ_in_both_languages(app, feature):
    """Also what an import relies on: it takes the words of any language."""
    labels = vars(importlib.import_module(f"webapp.{feature}.labels"))
    shown = {
        name: value for name, value in labels.items() if name.isupper() and name[0] != "_" and "STATUS" not in name
    }
    choices = {name: value for name, value in shown.items() if isinstance(value, dict)}
    for locale in ("zh_CN", "en"):
        with app.test_request_context(), force_locale(locale):
            words = {name: sorted(str(word) for word in choice.values()) for name, choice in choices.items()}
        assert {name: w for name, w in words.items() if len(set(w)) < len(w)} == {}


@pytest.mark.parametrize("sheet", [PERSONS_SHEET, PLACES_SHEET, UNITS_SHEET, ITEMS], ids=lambda sheet: sheet.code)
@pytest.mark.only_on("sqlite")
def test_the_columns_of_a_sheet_differ_in_english_too(app, sheet):
    with app.test_request_context(), force_locale("en"):
        headings = [str(column.label) for column in sheet.columns]
    assert sorted(headings) == sorted(set(headings))


def lacking(value, where=""):
    """The places of a data file where a Chinese text has no English beside it, or the English is Chinese."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from lacking(one, f"{where}[{number}]")
    elif isinstance(value, dict):
        for key, text in value.items():
            yield from lacking(text, f"{where}.{key}")
            twin = "en" if key == "zh" else re.sub("_zh$", "_en", key) if key.endswith("_zh") else None
            twin = f"{key}_en" if key == "unit" and isinstance(text, str) and HAN.search(text) else twin
            if twin and text and (not value.get(twin) or HAN.search(value[twin])):
                yield f"{where}.{twin}"


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_data_files_speak_both_languages(path):
    assert list(lacking(tomllib.loads(path.read_text(encoding="utf-8")))) == []


def test_no_template_puts_an_english_colon_between_a_word_and_a_value():
    colon = re.compile(r"}}(?:</\w+>)?: ")
    found = [
        f"{path.name}:{at}"
        for path in sorted((WEBAPP / "templates").rglob("*.html"))
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if colon.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_show_no_words_of_their_own(path):
    """Words come from the page, which is in the person's language."""
    code = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    read = "".join(READ_NOT_SHOWN.get(path.name, ()))
    unknown = [one for one in HAN.findall(code) if not set(one) <= set(read) and "PROVINCES" not in code]
    assert unknown == []
    shown = r"(?:textContent|innerText|title|placeholder|ariaLabel)\s*[:=]\s*[\"'`]([^\"'`$]*[A-Za-z]{2}[^\"'`]*)"
    called = r"(?:alert|confirm|prompt|append|setCustomValidity)\(\s*[\"'`]([^\"'`]*[A-Za-z]{2}[^\"'`]*)"
    labelled = r"setAttribute\(\s*[\"'](?:aria-label|title|placeholder)[\"'],\s*[\"'`]([^\"'`]*[A-Za-z]{2})"
    assert [found for shape in (shown, called, labelled) for found in re.findall(shape, code)] == []


@pytest.fixture
def empty_district(app):
    """No names but those of ASCII: what is Chinese on a page is then a word of the application."""
    with app.app_context():
        plain = asdict(Preferences(name_zh="District", disease_zh="Disease")) | {"risk_areas": []}
        with transaction() as session_:  # not by the service: the journal would name the Chinese presets
            session_.add(District(id=1, changed_at=clock.now(), **plain))
    return app


def spoken_chinese(client, app):
    """The Chinese words on the pages and in what their lists download, asked for in English."""
    paths = [f"{path}?lang=en" for path in pages(app).values()]
    while paths:
        path = paths.pop()
        answer = client.get(path)
        if answer.mimetype.startswith("text/") or answer.is_json:
            text = str(answer.json) if answer.is_json else answer.text
            if found := HAN.findall(text.replace(SWITCH, "")):
                yield path, found[:8]
            if "format=" not in path and "format=csv" in text:
                paths += [f"{path}&format=csv", f"{path}&format=print"]


@pytest.mark.parametrize("role", masters.CAST)
@pytest.mark.only_on("sqlite")
def test_no_page_in_english_has_a_chinese_word(empty_district, role):
    client = masters.member(empty_district, role)
    client.post("/language", data={"language": "en"})
    with client:
        client.get("/")
        assert session["language"] == "en"
    assert dict(spoken_chinese(client, empty_district)) == {}


@pytest.mark.only_on("sqlite")
def test_no_page_for_everybody_in_english_has_a_chinese_word(empty_district, client):
    client.post("/language", data={"language": "en"})
    assert dict(spoken_chinese(client, empty_district)) == {}


@pytest.mark.only_on("sqlite")
def test_every_refusal_is_said_in_both_languages(app):
    anything = defaultdict(lambda: 7)
    with app.test_request_context(), force_locale("en"):
        said = {code: str(sentence) % anything for code, sentence in errors.catalogue().items()}
    assert {code: text for code, text in said.items() if HAN.search(text)} == {}
    with app.test_request_context(), force_locale("zh_CN"):
        said = {code: str(sentence) % anything for code, sentence in errors.catalogue().items()}
    assert {code: text for code, text in said.items() if not HAN.search(text)} == {}


def every_form(of=forms.Form):
    for one in of.__subclasses__():
        if one.__module__.startswith("webapp."):
            yield one
        yield from every_form(one)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("typed", ["", " ", "\x00", "9" * 3000], ids=["nothing", "space", "NUL", "far too much"])
@pytest.mark.only_on("sqlite")
def test_forms_answer_nonsense_in_the_persons_language(administrator, language, typed):
    """Also what a field of the library would say by itself: never `Not a valid choice` on a Chinese page."""
    wrong, said = {}, 0
    administrator.post("/language", data={"language": language})
    with administrator:
        administrator.get("/me")  # forms ask who is signed in
        reach = current_actor().through(Role.ADMINISTRATOR)
        for one in every_form():
            scoped = {"reach": reach} if "reach" in signature(one.__init__).parameters else {}
            form = one(MultiDict(dict.fromkeys(one(**scoped).data, typed)), **scoped)
            form.validate()
            texts = [str(error) for errors in form.errors.values() for error in errors]
            said += len(texts)
            if bad := [text for text in texts if bool(HAN.search(text)) != (language == "zh")]:
                wrong[one.__name__] = bad
    assert wrong == {}
    assert said > 20
