"""Languages, and the format of moments, days and numbers. Source texts are Chinese; English is a catalogue."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from webapp.extensions import babel
from webapp.kernel import clock
from webapp.kernel.access import find_actor

LANGUAGES = {"zh": "中文", "en": "English"}
LOCALES = {"zh": "zh_CN", "en": "en"}
_PARSED = {code: Locale.parse(name) for code, name in LOCALES.items()}  # parsing one costs as much as a statement


def language() -> str:
    """zh or en: the session's choice, else the person's own, else Chinese."""
    if not has_request_context():
        return "zh"
    if g.get("cookie_free"):
        return "en" if request.args.get("lang") == "en" else "zh"
    chosen = session.get("language")
    if chosen not in LANGUAGES and (actor := find_actor()):
        chosen = actor.language
    return chosen if chosen in LANGUAGES else "zh"


def localised(record: Any, field: str = "") -> str:
    """The text of a data record in the person's language: `zh`/`en` keys or attributes, `field_zh`/`field_en`."""
    name = f"{field}_{current()}" if field else current()
    value = record[name] if isinstance(record, dict) else getattr(record, name)
    return str(value or "")


def current() -> str:
    locale = get_locale()
    return "en" if locale and locale.language == "en" else "zh"


def write_moment(value: datetime | None) -> str:
    return clock.local(value).strftime("%Y-%m-%d %H:%M") if value else ""


def parsed_moment(text: str) -> datetime:
    """A moment kept as ISO 8601 text."""
    return datetime.fromisoformat(text)


def write_day(value: date | datetime | None) -> str:
    """2026-11-24 in English, 11月24日 in Chinese, with the year unless it is the present one."""
    if value is None:
        return ""
    day = clock.district_day(value) if isinstance(value, datetime) else value
    if current() == "en":
        return day.isoformat()
    year = "" if day.year == clock.district_day(clock.now()).year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def write_number(value: Decimal | int | None) -> str:
    """With thousands separators, without trailing zeros."""
    if value is None:
        return ""
    plain = Decimal(value)
    trimmed = plain.normalize() if plain != plain.to_integral() else plain.quantize(Decimal(1))
    return format(trimmed, ",f")


class _Domain(Domain):  # type: ignore[misc]
    """The translations of one application: a page asks for hundreds of texts in one language."""

    def __init__(self) -> None:
        super().__init__()
        self._by_language: dict[str, Any] = {}

    def get_translations(self) -> Any:
        locale = _locale_in_use() or get_locale()
        if locale is None:
            return super().get_translations()
        if locale.language not in self._by_language:
            self._by_language[locale.language] = super().get_translations()
        return self._by_language[locale.language]


def _locale_in_use() -> Locale | None:
    """What Flask-Babel chose before for this context; `get_locale` asks for it in ten calls."""
    return getattr(g.get("_flask_babel"), "babel_locale", None) if has_app_context() else None


def _gettext_of(domain: _Domain) -> Callable[..., str]:
    """The `_` of templates, in a third of the calls of Flask-Babel's: a form has 700 texts."""

    @pass_eval_context
    def gettext(evaluated: EvalContext, text: str, /, **variables: Any) -> str:
        words: str = domain.get_translations().ugettext(text)
        if evaluated.autoescape:
            words = Markup(words)
        return words % variables if "%" in words else words

    return gettext


def init_app(app: Flask) -> None:
    babel.init_app(app, locale_selector=lambda: _PARSED[language()], default_locale="zh_CN")
    babel.domain_instance = _Domain()
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _gettext_of(babel.domain_instance)
    app.jinja_env.filters.update(moment=write_moment, day=write_day, number=write_number, localised=localised)
    app.jinja_env.filters["parsed_moment"] = parsed_moment

    @app.context_processor
    def _locale() -> dict[str, Any]:
        return {"locale": current(), "languages": LANGUAGES}
