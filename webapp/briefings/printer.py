"""A program that checks a Word template, or fills it, given on standard input; it writes JSON to standard output.

A template is code in a user's hands. It runs here, in a process without environment, files or network of the
application, with limited memory and time, in a sandbox that knows mappings, lists and texts, and no call. It imports
nothing of the application, to start quickly and to reach nothing.

Input: a line of JSON {"values": {code: text, None or a list of mappings}}, then the bytes of the template.
Output of `check`: {"codes": [[code, paragraph]], "faults": [[fault, paragraph]]}; a paragraph is [number, its text].
Output of `fill`: {"file": base64, "blocks": [[style, text or rows]], "printed": [code]}.
Either may be {"refused": code} instead.
"""

import base64
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from docx import Document
from docx.oxml.parser import parse_xml
from docx.table import Table
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
_FIELD = re.compile(r"<w:instrText[^>]*>([^<]*)|w:instr=\"([^\"]*)\"")
_FETCHING = re.compile(r"\b(DDE|DDEAUTO|IMPORT|INCLUDE|INCLUDEPICTURE|INCLUDETEXT|LINK|MACROBUTTON)\b", re.IGNORECASE)
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
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

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False


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


def check(raw: bytes) -> dict[str, Any]:
    """The codes that a template prints, and what is wrong with it, each with its paragraph.

    One without fault is filled with blanks once, to see that this ends. Raises Refused.
    """
    if reaching := _reaching_out(raw):
        raise Refused("template-external", reaching)
    codes: list[Any] = []
    faults: list[Any] = []
    for source in _sources(DocxTemplate(io.BytesIO(raw))):
        if fetching := _FETCHING.search("".join("".join(parts) for parts in _FIELD.findall(source["whole"]))):
            raise Refused("template-external", fetching[0])
        paragraphs = [_text(paragraph) for paragraph in _PARAGRAPH.findall(source["whole"])]
        try:
            tree = Sandbox().parse(source["patched"])
        except TemplateSyntaxError as error:
            words = _tag(source["patched"], error.lineno, "")
            faults.append([["syntax", error.message or ""], _place(paragraphs, words)])
            continue
        seen = Seen()
        seen.walk(tree, {})
        codes += [[code, _place(paragraphs, text)] for code, text in seen.codes.items()]
        for (kind, text), line in seen.faults.items():
            faults.append([["construct", kind], _place(paragraphs, _tag(source["patched"], line, text))])
    if not faults:
        fill(raw, {code[:-2]: [{}] * TRIAL_ROWS for code, _spot in codes if code.endswith("[]")})
    return {"codes": codes, "faults": faults}


def _reaching_out(raw: bytes) -> str:
    """The first address outside of the document that it would load; empty if there is none."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                for relation in parse_xml(archive.read(name)):
                    if relation.get("TargetMode", "").lower() == "external":
                        return str(relation.get("Target"))[:80]
    return ""


def _sources(template: DocxTemplate) -> Iterator[dict[str, str]]:
    """The XML of the body, the headers and the footers, as it is and as docxtpl gives it to the template engine."""
    template.init_docx()
    parts = [template.get_xml()]
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        parts += [template.get_part_xml(part) for _key, part in template.get_headers_footers(uri)]
    for whole in parts:
        patched = re.sub(r"<w:p([ >])", r"\n<w:p\1", template.patch_xml(whole))
        yield {"whole": whole, "patched": patched}
    properties = template.docx.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        text = getattr(properties, name)
        yield {"whole": text, "patched": text}


def _text(xml: str) -> str:
    return _TAGS.sub("", xml).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _tag(patched: str, line: int, text: str) -> str:
    """The inside of the first tag on a line that contains a text, or of the first one; else the line's beginning."""
    lines = patched.splitlines()
    words = _text(lines[min(line, len(lines)) - 1]) if lines else ""
    tags = [tag.strip() for tag in _TAG.findall(words)]
    return next((tag for tag in tags if text in tag), tags[0] if tags else str(words[:20]))


def _place(paragraphs: list[str], text: str) -> list[Any]:
    """The number, from 1, and the words of the first paragraph that contains a text; [0, the text] for none."""
    bare = "".join(text.split())
    for number, paragraph in enumerate(paragraphs, 1):
        if bare and bare in "".join(paragraph.split()):
            return [number, paragraph[:60]]
    return [0, text[:60]]


class Seen:
    """Collects the codes of a template, and constructs that it may not use."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}  # with the text by which its paragraph is recognised
        self.faults: dict[tuple[str, str], int] = {}  # kind and text -> line

    def walk(self, node: nodes.Node, names: dict[str, str]) -> None:
        """Visit a node; `names` are the loop variables with the code of the list that each runs through."""
        if not isinstance(node, _ALLOWED):
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


def _is_of_loop(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "loop"
        and node.attr in _OF_LOOP
    )


def _written(node: nodes.Node) -> str:
    """A text of the node by which its paragraph is found: its longest name."""
    names = [getattr(part, name, None) for part in (node, *node.find_all(nodes.Node)) for name in ("name", "attr")]
    values = [part.value for part in node.find_all(nodes.Const) if isinstance(part.value, str)]
    return max((text for text in (*names, *values) if isinstance(text, str)), key=len, default="")


def fill(raw: bytes, values: Mapping[str, Any]) -> dict[str, Any]:
    """The filled document, its text with the marks of values, and the codes that it printed. Raises Refused."""
    sandbox, template = Sandbox(), DocxTemplate(io.BytesIO(raw))
    template.render(_context(values), jinja_env=sandbox, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    file = _unmarked(out.getvalue())
    blocks = list(_blocks(Document(io.BytesIO(out.getvalue()))))
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


def _blocks(document: Any) -> Iterator[list[Any]]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield ["table", [[cell.text for cell in row.cells] for row in block.rows]]
        elif block.text.strip():
            name = (block.style.name if block.style is not None else "").lower()
            yield ["title" if name == "title" else "heading" if name.startswith("heading") else "text", block.text]


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
    """Arguments: seconds of processor time, `check` or `fill`."""
    _limit(int(sys.argv[1]))
    out, sys.stdout = sys.stdout, sys.stderr
    head, _newline, raw = sys.stdin.buffer.read().partition(b"\n")
    try:
        answer = check(raw) if sys.argv[2] == "check" else fill(raw, json.loads(head)["values"])
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
