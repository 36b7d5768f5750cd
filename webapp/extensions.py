"""Extension objects, unbound until `create_app`."""

from typing import TYPE_CHECKING

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
login_manager = LoginManager()
login_manager.session_protection = None  # sessions are rows of `sign_in`; this would only rewrite the cookie
csrf = CSRFProtect()
babel = Babel()
migrate = Migrate()

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model  # mypy cannot follow `db.Model`
