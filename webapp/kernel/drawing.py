"""Frequent pieces of a page: icons, badges, the rows of a list, and the parts that are the same on every page.

They are rendered once per page or once per language, because a page of fifty rows has hundreds of them.
"""

from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup, escape

from webapp.kernel import assets, i18n
from webapp.kernel.listing.declaration import Column, Row

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
_SPRITE = "icons/sprite.svg"
_MOST_KEPT = 500
_icons: dict[tuple[str, str], Markup] = {}
_alike: dict[tuple[str, str, str], Markup] = {}


def icon(name: str) -> Markup:
    """An icon of the sprite, hidden from screen readers."""
    sprite = assets.asset(_SPRITE)
    drawn = _icons.get((sprite, name))
    if drawn is None:
        drawn = _keep(_icons, (sprite, name), Markup(_ICON).format(sprite=sprite, name=name))
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


def body(columns: Sequence[Column], rows: Sequence[Row]) -> Markup:
    """The rows of a list's table; the first cell of each leads to its page."""
    heads = [_head(column) for column in columns]
    badges: dict[tuple[str, str], Markup] = {}

    def cell(text: str, tone: str | None) -> Markup:
        if not tone:
            return escape(text or "—")
        if (tone, text) not in badges:
            badges[tone, text] = status(tone, text)
        return badges[tone, text]

    drawn = []
    for row in rows:
        tone = f' data-status="{escape(row.status)}"' if row.status else ""
        cells = [f"{head}{cell(part.text, part.tone)}</td>" for head, part in zip(heads, row.cells, strict=True)]
        if row.url:
            link = f'<a class="row-link" href="{escape(row.url)}">{escape(row.cells[0].text or "—")}</a>'
            cells[0] = f"{heads[0]}{link}</td>"
        drawn.append(f"<tr{tone}>{''.join(cells)}</tr>\n")
    return Markup("".join(drawn))


def _head(column: Column) -> str:
    label = escape(str(column.label))
    number = ' class="num"' if column.numeric else ""
    return f'<td data-label="{label}" data-kind="{column.look}" data-priority="{column.priority}"{number}>'


def alike(template: str) -> Markup:
    """A template that depends on the language only; rendered once per language."""
    key = (template, i18n.current(), assets.asset(_SPRITE))
    drawn = _alike.get(key)
    if drawn is None or current_app.debug:
        drawn = _keep(_alike, key, Markup(current_app.jinja_env.get_template(template).render(locale=key[1])))
    return drawn


def _keep(kept: dict[Any, Markup], key: Any, drawn: Markup) -> Markup:
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = drawn
    return drawn


def init_app(app: Flask) -> None:
    pieces = {"icon": icon, "status": status, "verdict": verdict, "table_body": body, "alike": alike}
    app.jinja_env.globals["pieces"] = pieces
    app.jinja_env.globals["status_icons"] = STATUS_ICONS
