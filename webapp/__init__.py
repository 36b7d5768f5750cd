"""Frontline (防线): the application factory."""

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.accounts.feature import FEATURE as ACCOUNTS
from webapp.alerts.feature import FEATURE as ALERTS
from webapp.audit.feature import FEATURE as AUDIT
from webapp.briefings.feature import FEATURE as BRIEFINGS
from webapp.checkpoints.feature import FEATURE as CHECKPOINTS
from webapp.config import VERSION, Settings
from webapp.district.feature import FEATURE as DISTRICT
from webapp.extensions import db, login_manager, migrate
from webapp.figures.feature import FEATURE as FIGURES
from webapp.inspections.feature import FEATURE as INSPECTIONS
from webapp.kernel import (
    access,
    assets,
    cookies,
    csrf,
    database,
    drawing,
    errors,
    feature,
    i18n,
    media,
    navigation,
    packing,
    pictures,
    sealing,
    security,
    sharing,
)
from webapp.kernel.core import FEATURE as CORE
from webapp.kernel.feature import Feature
from webapp.places.feature import FEATURE as PLACES
from webapp.publicity.feature import FEATURE as PUBLICITY
from webapp.reports.feature import FEATURE as REPORTS
from webapp.retention.feature import FEATURE as RETENTION
from webapp.shell.feature import FEATURE as SHELL
from webapp.standards.feature import FEATURE as STANDARDS
from webapp.supplies.feature import FEATURE as SUPPLIES
from webapp.sync.feature import FEATURE as SYNC
from webapp.tasks.feature import FEATURE as TASKS
from webapp.today.feature import FEATURE as TODAY
from webapp.units.feature import FEATURE as UNITS

# In the order of installation. No feature imports those below the line.
FEATURES = (
    CORE,
    DISTRICT,
    UNITS,
    PLACES,
    ACCOUNTS,
    STANDARDS,
    INSPECTIONS,
    CHECKPOINTS,
    SUPPLIES,
    PUBLICITY,
    TASKS,
    # ---
    SYNC,
    RETENTION,
    BRIEFINGS,
    REPORTS,
    AUDIT,
    FIGURES,
    ALERTS,
    TODAY,
    SHELL,
)


def create_app(settings: Settings | None = None, features: tuple[Feature, ...] = FEATURES) -> Flask:
    """Build the application from its settings (by default from the environment) and its features."""
    settings = settings or Settings.from_environ()
    app = Flask(__name__, instance_path=str(settings.instance), static_folder=None)  # assets serves them
    app.config.from_mapping(_flask_config(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["most_photos"] = media.MOST_PHOTOS
    db.init_app(app)
    migrate.init_app(app, db, directory=str(app.root_path) + "/migrations", render_as_batch=True)
    login_manager.init_app(app)
    for part in (
        packing,
        sealing,
        database,
        sharing,
        cookies,
        security,
        access,
        i18n,
        errors,
        navigation,
        assets,
        drawing,
    ):
        part.init_app(app)
    csrf.init_app(app)  # after access
    app.before_request(security.refuse_nameless)  # after access, so that an upload is read only with permission
    feature.install(app, features)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "ASSETS": settings.assets,
        "INSTANCE": settings.instance,
        "HOST_NAMES": settings.host_names,
        "INSIDE_CHANNELS": settings.inside_channels,
        "SETTINGS": settings,
        "PASSWORD_HASH": settings.password_hash,
        "REQUIRE_TOTP": settings.require_totp,
        "VERSION": VERSION,
        "ZONE": settings.zone,
        "TESTING": settings.testing,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": "__Host-frontline" if settings.secure_cookies else "frontline",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,  # the sign-in's row limits the session; files and shell set no cookie
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 6 * pictures.MAX_BYTES,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 600,
    }
