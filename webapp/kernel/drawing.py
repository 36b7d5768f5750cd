"""Frequent pieces of a page: icons, badges, the rows of a list, and the parts that are the same on every page.

They are rendered once per page or once per language, because a page of fifty rows has hundreds of them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from markupsafe import Markup, escape

from webapp.kernel import assets, i18n
from webapp.kernel.forms import Form
from webapp.kernel.listing.declaration import Cell, Column, Row

STATUS_ICONS = {
    "ok": "check",
    "refused": "cross",
    "warning": "warning",
    "waiting": "clock",
    "critical": "warning",
    "normal": "clock",
}
VERDICT_ICONS = {
    "within": "check",
    "above": "above",
    "below": "below",
    "no_limit": "minus",
    "undetermined": "question",
}
_BETWEEN = "\x1f"  # the unit separator of ASCII
_SPRITE = "icons/sprite.svg"
_MOST_CACHED = 2_000
_icons: dict[tuple[str, str], Markup] = {}
_alike: dict[tuple[Any, ...], Markup] = {}


def icon(name: str) -> Markup:
    """An icon of the sprite, hidden from screen readers."""
    sprite = assets.asset(_SPRITE)
    drawn = _icons.get((sprite, name))
    if drawn is None:
        drawn = _cached(_icons, (sprite, name), Markup(_ICON).format(sprite=sprite, name=name))
    return drawn


_ICON = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{sprite}#{name}"></use></svg>'


def status(code: str, label: Any) -> Markup:
    """A badge: `code` is ok, refused, warning, critical, waiting or normal."""
    return _badge("status", code, STATUS_ICONS.get(code, "minus"), label)


def verdict(code: str, label: Any) -> Markup:
    """A badge: `code` is within, above, below, no_limit or undetermined."""
    return _badge("verdict", code, VERDICT_ICONS.get(code, "question"), label)


def _badge(about: str, code: str, name: str, label: Any) -> Markup:
    words = escape(str(label))
    return Markup(f'<span class="badge" data-{about}="{escape(code)}">{icon(name)}<span>{words}</span></span>')


def when(moment: datetime, at: datetime) -> Markup:
    """A moment beside now: only the time if it is the same day, else the day too."""
    full, today = i18n.write_moment(moment), i18n.write_moment(at)
    is_today = full[:10] == today[:10]
    words = _("今天 %(time)s", time=full[11:]) if is_today else f"{i18n.write_day(moment)} {full[11:]}"
    stamp = moment.isoformat(timespec="seconds")
    return Markup(f'<time datetime="{stamp}">{escape(words)}</time>')


def body(columns: Sequence[Column], rows: Sequence[Row]) -> Markup:
    """The rows of a list's table; the first cell of each leads to its page."""
    if not rows:
        return Markup("")
    by_column = list(zip(*(row.cells for row in rows), strict=True))
    drawn = [_cells(column, cells) for column, cells in zip(columns, by_column, strict=True)]
    drawn[0] = _links(columns[0], by_column[0], [row.url for row in rows], drawn[0])
    tones = [f' data-status="{escape(row.status)}"' if row.status else "" for row in rows]
    whole = zip(tones, map("".join, zip(*drawn, strict=True)), strict=True)
    return Markup("".join([f"<tr{tone}>{cells}</tr>\n" for tone, cells in whole]))


def _cells(column: Column, cells: Sequence[Cell]) -> list[str]:
    """A column's cells: the head is made once, each badge once, and all texts are escaped together."""
    head = _head(column)
    if not column.is_badge:
        return [f"{head}{text}</td>" for text in _escaped([cell.text or "—" for cell in cells])]
    contents = {cell: status(cell.tone, cell.text) if cell.tone else escape(cell.text or "—") for cell in set(cells)}
    return [f"{head}{contents[cell]}</td>" for cell in cells]


def _links(column: Column, cells: Sequence[Cell], urls: Sequence[str | None], plain: list[str]) -> list[str]:
    """A column's cells as links, where there is an address."""
    head = _head(column)
    texts = zip(_escaped([cell.text or "—" for cell in cells]), _escaped([url or "" for url in urls]), strict=True)
    linked = [f'{head}<a class="row-link" href="{url}">{text}</a></td>' for text, url in texts]
    return [link if url else cell for link, url, cell in zip(linked, urls, plain, strict=True)]


def _escaped(texts: Sequence[str]) -> list[str]:
    """The texts as HTML, escaped in one go: a page has hundreds of them."""
    escaped = str(escape(_BETWEEN.join(texts))).split(_BETWEEN)
    return escaped if len(escaped) == len(texts) else [str(escape(text)) for text in texts]


def _head(column: Column) -> str:
    label = escape(str(column.label))
    number = ' class="num"' if column.numeric else ""
    return f'<td data-label="{label}" data-kind="{column.look}" data-priority="{column.priority}"{number}>'


def alike(template: str, **values: Sequence[Any]) -> Markup:
    """A template that depends only on the language and on these values; rendered once for each."""

    def draw() -> str:
        return current_app.jinja_env.get_template(template).render(locale=i18n.current(), **values)

    return _once((template, *map(tuple, values.values())), draw)


def fields(form: Form, draw: Callable[[Any], str]) -> Markup:
    """The fields of a filter form; drawn once per language while nothing is filled in."""

    def drawn() -> str:
        return "".join(map(draw, form))

    return _once((type(form),), drawn) if _is_as_declared(form) else Markup(drawn())


def once(draw: Callable[[], str], *key: Any) -> Markup:
    """A piece that depends only on the language and on `key`, and shows nothing of anybody; drawn once for each."""
    return _once(key, draw)


def drawn_from(macro: Any, *values: Any) -> Markup:
    """A macro's output for values that name nobody, if it depends on nothing else; drawn once for each."""
    return _once((macro.name, *values), lambda: str(macro(*values)))


def _is_as_declared(form: Form) -> bool:
    """Whether every field is blank and offers no choices but those of its class."""
    return not any(
        field.raw_data or field.errors or getattr(field, "choices", None) != _declared(form, field) for field in form
    )


def _declared(form: Form, field: Any) -> Any:
    return getattr(type(form), field.short_name).kwargs.get("choices")


def _once(key: tuple[Any, ...], draw: Callable[[], str]) -> Markup:
    """What was drawn for this key in the present language; drawn now if it was not."""
    key = (*key, i18n.current(), assets.asset(_SPRITE))
    drawn = _alike.get(key)
    if drawn is None or current_app.debug:
        drawn = _cached(_alike, key, Markup(draw()))
    return drawn


def _cached(cache: dict[Any, Markup], key: Any, drawn: Markup) -> Markup:
    if len(cache) >= _MOST_CACHED:
        cache.clear()
    cache[key] = drawn
    return drawn


def init_app(app: Flask) -> None:
    drawings = icon, status, verdict, when, alike, fields, once, drawn_from
    pieces = {"table_body": body} | {draw.__name__: draw for draw in drawings}
    app.jinja_env.globals["pieces"] = pieces
    app.jinja_env.globals["history_of"] = lambda _ids: None  # until a feature reads the journal
    app.jinja_env.globals["status_icons"] = STATUS_ICONS
