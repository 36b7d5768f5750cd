"""A program that checks a Word template, or fills it, given on standard input; it writes JSON to standard output.

A template is code in a user's hands. It runs here, in a process without environment, files or network of the
application, with limited memory and time, in a sandbox that knows mappings, lists and texts, and no call. It imports
nothing of the application, to start quickly and to reach nothing.

Input: a line of JSON {"values": {code: text, None or a list of mappings}}, then the bytes of the template.
Output of `check`: {"codes": [[code, spot]], "faults": [[fault, spot]]}; a spot is [number, text, part] of a paragraph.
`read` is the same without filling the template once.
Output of `fill`: {"file": base64, "blocks": [[style, text or rows]], "printed": [code]}; of any: {"refused": code}.
"""

import base64
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import SandboxedEnvironment

MEMORY = 256 * 1024 * 1024
MOST_OUTPUT = 20 * 1024 * 1024
MOST_TEXT = 2_000_000  # characters of the page
TRIAL_ROWS = 30  # of each list
BLANK = "__"
# Around a printed value, from code to value to its end: characters for private use, which no record holds.
OPENS, PARTS, CLOSES = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile("\ue000[^\ue000-\ue002]*\ue001|\ue002".encode())
_OF_LOOP = frozenset({"index", "first", "last", "length"})
_TAG = re.compile(r"\{[{%](.*?)(?:[}%]\}|$)")
_TAGS = re.compile(r"<[^>]+>")
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_KIND = re.compile(r"\.(header|footer|footnotes|endnotes)\+xml$")  # the type of a part that is filled beside the body
_NOTES = ("footnotes", "endnotes")
_ORDER = ("header", "", *_NOTES, "footer")  # in which a page shows them
_P, _TABLE, _BOX = qn("w:p"), qn("w:tbl"), qn("w:txbxContent")
_OLD = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # repeats a text box for old programs
_SIGNS = {qn("w:t"): "", qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_FIELD = re.compile(r"<w:instrText[^>]*>([^<]*)|w:instr=\"([^\"]*)\"")
_FETCHING = re.compile(r"\b(DDE|DDEAUTO|IMPORT|INCLUDE|INCLUDEPICTURE|INCLUDETEXT|LINK|MACROBUTTON)\b", re.IGNORECASE)
# The names of the kinds of nodes that a template may have.
_ALLOWED = re.compile(
    "Template|Output|TemplateData|Name|Getattr|Getitem|Const|For|If|CondExpr|Compare|Operand|And|Or|Not"
)


class Refused(Exception):
    """The template is refused; the arguments are the code and what it is about."""


class Value(str):
    """A value that remembers its code, so that the page can link what was printed."""

    __slots__ = ("code",)
    code: str


class Missing(Undefined):
    """An unknown code: a visible blank, whatever is asked of it."""

    def __str__(self) -> str:
        return BLANK

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self


class Sandbox(SandboxedEnvironment):
    """Mappings, lists and texts; no attribute, call, filter, test or global name."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=Missing, finalize=self._printed)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()
        self.printed: dict[str, None] = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in _OF_LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mapping) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        return self.undefined(obj=obj, name=argument)

    def call(self, *_args: Any, **_kwargs: Any) -> Any:
        raise SecurityError("a template calls nothing")

    def _printed(self, value: Any) -> Any:
        if isinstance(value, (Mapping, list)):
            return BLANK
        if not isinstance(value, Value):
            return value
        self.printed[value.code] = None
        return "\a".join(f"{OPENS}{value.code}{PARTS}{line}{CLOSES}" for line in (value or BLANK).split("\a"))


class Template(DocxTemplate):
    """Fills the endnotes too, and notes once: docxtpl fills footnotes again for each section."""

    def beside(self) -> Iterator[tuple[str, Any]]:
        """The parts that are filled beside the body, with the kind of each; then the rest, of kind ""."""
        for part in self.docx.part.package.iter_parts():
            kind = _KIND.search(part.content_type)
            if part is not self.docx.part:
                yield (kind[1] if kind else "", part)

    def render_footnotes(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        for kind, part in self.beside():
            if kind in _NOTES:
                xml = self.render_xml_part(self.patch_xml(self.get_part_xml(part)), part, context, jinja_env)
                part._blob = xml.encode()


def check(raw: bytes, *, tries: bool = True) -> dict[str, Any]:
    """The codes that a template prints, and what is wrong with it, each with its spot.

    One without fault is filled with blanks once if it `tries`, to see that this ends. Raises Refused.
    """
    codes: list[Any] = []
    faults: list[Any] = list(_reaching_out(raw))
    template = Template(io.BytesIO(raw))
    for kind, whole, patched in _sources(template):
        paragraphs = _PARAGRAPH.findall(whole)
        words = [_text(paragraph) for paragraph in paragraphs]
        if fetching := _fetching(whole):
            faults.append([["external", fetching], _where(words, map(_fetching, paragraphs), fetching, kind)])
        try:
            tree = Sandbox().parse(patched)
        except TemplateSyntaxError as error:
            faults.append([["syntax", error.message or ""], _spot(words, _tag(patched, error.lineno, ""), kind)])
            continue
        seen = Seen()
        seen.walk(tree, {})
        codes += [[code, _spot(words, text, kind)] for code, text in seen.codes.items()]
        for (fault, text), line in seen.faults.items():
            faults.append([["construct", fault], _spot(words, _tag(patched, line, text), kind)])
    faults += _unfilled(template)
    if tries and not faults:
        fill(raw, {code[:-2]: [{}] * TRIAL_ROWS for code, _spot in codes if code.endswith("[]")})
    return {"codes": codes, "faults": faults}


def _reaching_out(raw: bytes) -> Iterator[list[Any]]:
    """What would be loaded from outside of the document, each with the paragraph that names it."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = archive.namelist()
        for name in names:
            folder, _rels, file = name.rpartition("_rels/")
            source = folder + file.removesuffix(".rels")
            for relation in parse_xml(archive.read(name)) if name.endswith(".rels") else ():
                if relation.get("TargetMode", "").lower() == "external":
                    target, key = str(relation.get("Target"))[:80], f'"{relation.get("Id")}"'
                    whole = archive.read(source).decode(errors="replace") if source in names else ""
                    paragraphs = _PARAGRAPH.findall(whole)
                    hits = (key in paragraph for paragraph in paragraphs)
                    yield [["external", target], _where([*map(_text, paragraphs)], hits, target, "")]


def _fetching(xml: str) -> str:
    """The name of the first field that reads from outside, if there is one."""
    fetching = _FETCHING.search("".join("".join(parts) for parts in _FIELD.findall(xml)))
    return fetching[0] if fetching else ""


def _sources(template: Template) -> Iterator[tuple[str, str, str]]:
    """The XML of what is filled: its kind, as it is, and as docxtpl gives it to the template engine."""
    template.init_docx()
    filled = [(kind, template.get_part_xml(part)) for kind, part in template.beside() if kind]
    for kind, whole in [("", template.get_xml()), *filled]:
        yield kind, whole, re.sub(r"<w:p([ >])", r"\n<w:p\1", template.patch_xml(whole))
    properties = template.docx.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        yield "properties", (text := getattr(properties, name)), text


def _unfilled(template: Template) -> Iterator[list[Any]]:
    """Tags where nothing is filled: in comments, charts, diagrams."""
    for kind, part in template.beside():
        name = str(part.partname)
        is_text = not kind and name.endswith(".xml") and not name.startswith(("/customXml/", "/docProps/core"))
        if is_text and (tag := _TAG.search(_text(part.blob.decode(errors="replace")))):
            yield [["unfilled", name], [0, tag[0][:60], ""]]


def _text(xml: str) -> str:
    return _TAGS.sub("", xml).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _tag(patched: str, line: int, text: str) -> str:
    """The inside of the first tag on a line that contains a text, or of the first one; else the line's beginning."""
    lines = patched.splitlines()
    words = _text(lines[min(line, len(lines)) - 1]) if lines else ""
    tags = [tag.strip() for tag in _TAG.findall(words)]
    return next((tag for tag in tags if text in tag), tags[0] if tags else str(words[:20]))


def _spot(paragraphs: list[str], text: str, kind: str) -> list[Any]:
    """The spot of the first paragraph that contains a text."""
    bare = "".join(text.split())
    return _where(paragraphs, (bare and bare in "".join(paragraph.split()) for paragraph in paragraphs), text, kind)


def _where(paragraphs: list[str], hits: Iterable[Any], text: str, kind: str) -> list[Any]:
    """The number, from 1, and the words of the first paragraph that hits; 0 and the text for none."""
    number = next((number for number, hit in enumerate(hits) if hit), None)
    return [0, text[:60], kind] if number is None else [number + 1, paragraphs[number][:60], kind]


class Seen:
    """Collects the codes of a template, and constructs that it may not use."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}  # with the text by which its paragraph is recognised
        self.faults: dict[tuple[str, str], int] = {}  # kind and text -> line

    def walk(self, node: nodes.Node, names: dict[str, str]) -> None:
        """Visit a node; `names` are the loop variables with the code of the list that each runs through."""
        if not _ALLOWED.fullmatch(type(node).__name__):
            self.faults[type(node).__name__.lower(), _written(node)] = node.lineno
            return
        if isinstance(node, nodes.For):
            self._loop(node, names)
            return
        if (code := self._code(node, names)) is not None:
            self.codes.setdefault(*code)
            return
        if isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
            if not _is_of_loop(node):
                self.faults["code", _written(node)] = node.lineno
            return
        for child in node.iter_child_nodes():
            self.walk(child, names)

    def _loop(self, node: nodes.For, names: dict[str, str]) -> None:
        code = self._code(node.iter, names)
        if code is None or not isinstance(node.target, nodes.Name) or node.recursive:
            self.faults["loop", _written(node.iter) or "for "] = node.lineno
            return
        rows = f"{code[0]}[]"
        self.codes.setdefault(rows, code[1])
        inner = names | {node.target.name: rows}
        for child in (*node.body, *node.else_, *((node.test,) if node.test else ())):
            self.walk(child, inner)

    def _code(self, node: nodes.Node, names: dict[str, str]) -> tuple[str, str] | None:
        """`group.name` of a value, or `group.name[].field` of a row of a list; and as it is written."""
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            name = node.arg.value
        elif isinstance(node, nodes.Getattr):
            name = node.attr
        else:
            return None
        if not isinstance(node.node, nodes.Name) or node.node.name == "loop" or not isinstance(name, str):
            return None
        of = node.node.name
        return f"{names.get(of, of)}.{name}", f"{of}.{name}"


def _is_of_loop(node: Any) -> bool:
    is_part = isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name)
    return is_part and node.node.name == "loop" and node.attr in _OF_LOOP


def _written(node: nodes.Node) -> str:
    """A text of the node by which its paragraph is found: its longest name."""
    names = [getattr(part, name, None) for part in (node, *node.find_all(nodes.Node)) for name in ("name", "attr")]
    values = [part.value for part in node.find_all(nodes.Const) if isinstance(part.value, str)]
    return max((text for text in (*names, *values) if isinstance(text, str)), key=len, default="")


def fill(raw: bytes, values: Mapping[str, Any]) -> dict[str, Any]:
    """The filled document, its text with the marks of values, and the codes that it printed. Raises Refused."""
    sandbox, template = Sandbox(), Template(io.BytesIO(raw))
    template.render(_context(values), jinja_env=sandbox, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    file = _unmarked(out.getvalue())
    blocks = list(_blocks(Template(io.BytesIO(out.getvalue()))))
    if len(file) > MOST_OUTPUT or sum(len(str(block)) for block in blocks) > MOST_TEXT:
        raise Refused("template-too-large", "")
    return {"file": base64.b64encode(file).decode(), "blocks": blocks, "printed": list(sandbox.printed)}


def _context(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    context: dict[str, dict[str, Any]] = {}
    for code, value in values.items():
        group, _dot, name = code.partition(".")
        context.setdefault(group, {})[name] = _plain(code, value)
    return context


def _plain(code: str, value: Any) -> Any:
    if isinstance(value, list):
        rows = enumerate(value)
        return [{name: _plain(f"{code}[{n}].{name}", text) for name, text in row.items()} for n, row in rows]
    marked = Value(value or "")  # without a value it is false, and prints a blank
    marked.code = code
    return marked


def _unmarked(raw: bytes) -> bytes:
    """The document without the marks of values, with fixed times so that equal contents make equal files."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as plain:
        for name in whole.namelist():
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            content = whole.read(name)
            plain.writestr(part, _MARKS.sub(b"", content) if name.endswith((".xml", ".rels")) else content)
    return out.getvalue()


def _blocks(template: Template) -> Iterator[list[Any]]:
    """The text of a document: headers, the body with its text boxes, notes, footers."""
    template.init_docx()
    beside = [(kind, parse_xml(part.blob)) for kind, part in template.beside() if kind]
    for kind, root in sorted([("", template.docx.element.body), *beside], key=lambda pair: _ORDER.index(pair[0])):
        yield from _drawn(root, kind, template.docx)


def _drawn(root: Any, kind: str, document: Any) -> Iterator[list[Any]]:
    for block in _inside(root, {_P, _TABLE}, {_OLD}):
        if block.tag == _TABLE:
            rows = _inside(block, {qn("w:tr")}, {_TABLE})
            yield ["table", [[_cell(cell) for cell in _inside(row, {qn("w:tc")}, {_TABLE})] for row in rows]]
            continue
        if (words := _words(block)).strip():
            name = "" if kind else str(getattr(Paragraph(block, document._body).style, "name", "")).lower()
            yield [kind or ("title" if name == "title" else "heading" if name.startswith("heading") else "text"), words]
        for box in _inside(block, {_BOX}, {_OLD}):
            yield from _drawn(box, kind or "box", document)


def _inside(root: Any, tags: set[str], but: set[str]) -> Iterator[Any]:
    """The elements of some tags, in their order, without looking inside of them or of those of the tags `but`."""
    for child in root:
        if child.tag in tags:
            yield child
        elif child.tag not in but:
            yield from _inside(child, tags, but)


def _words(paragraph: Any) -> str:
    signs = _inside(paragraph, set(_SIGNS), {_BOX, _OLD, qn("w:pPr")})
    return "".join(_SIGNS[sign.tag] or sign.text or "" for sign in signs)


def _cell(cell: Any) -> str:
    return "\n".join(_words(paragraph) for paragraph in _inside(cell, {_P}, {_OLD}))


def _limit(seconds: int) -> None:
    """Limit memory, time and files of this process; without such limits only the parent's timeout applies."""
    try:
        import resource
        from os import nice
    except ImportError:
        return
    nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Arguments: seconds of processor time; `check`, `read` or `fill`."""
    seconds, act = sys.argv[1:]
    _limit(int(seconds))
    out, sys.stdout = sys.stdout, sys.stderr
    head, _newline, raw = sys.stdin.buffer.read().partition(b"\n")
    try:
        answer = fill(raw, json.loads(head)["values"]) if act == "fill" else check(raw, tries=act == "check")
    except Refused as refused:
        answer = dict(zip(("refused", "what"), refused.args, strict=True))
    except MemoryError:
        answer = {"refused": "template-too-large"}
    except (SecurityError, TemplateError) as error:
        answer = {"refused": "template-forbidden", "why": repr(error)[:200]}
    except Exception as error:  # a hostile document makes the libraries raise arbitrary exceptions
        answer = {"refused": "template-broken", "why": repr(error)[:200]}
    out.write(json.dumps(answer))


if __name__ == "__main__":
    main()
