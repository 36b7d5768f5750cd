"""The settings of an installation: read once from the environment, frozen, passed to `create_app`."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VERSION = "0.1.0"
ROOT = Path(__file__).resolve().parent.parent
LARGEST_FORM = 4 * 1024 * 1024  # bytes of a request body, unless the view takes files
DEFAULT_ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings; README lists the environment variable of each."""

    instance: Path
    database_url: str
    secret_key: str
    host: str = "127.0.0.1"
    port: int = 8000
    demo_password: str | None = None
    demo_days: int = 60  # of history in the demonstration district
    assets: str = "cdn"
    zone: str = DEFAULT_ZONE
    https: bool = False
    service_worker: bool = True
    secure_cookies: bool = False
    require_totp: bool = True
    trusted_proxies: int = 0
    host_names: tuple[str, ...] = ()
    inside_channels: bool = False  # alerts may be sent to addresses inside, also without TLS
    password_hash: str = "scrypt:32768:8:1"  # expensive on purpose; tests use a cheap one
    testing: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; create the instance folder and the secret key if they are absent.

        Raises ValueError with one sentence for an invalid setting.
        """
        env = os.environ if environ is None else environ
        instance = instance_folder(env)
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(
            instance=instance,
            database_url=_database_url(env.get("DATABASE_URL"), instance),
            secret_key=env.get("SECRET_KEY") or kept_secret(instance / "keys" / "session.key"),
            host=env.get("HOST") or "127.0.0.1",
            port=_number(env, "PORT", 8000),
            demo_password=env.get("DEMO_PASSWORD") or None,
            demo_days=_number(env, "DEMO_DAYS", 60, most=400),
            assets=_one_of(env, "ASSETS", ("cdn", "local")),
            zone=env.get("DISTRICT_ZONE") or DEFAULT_ZONE,
            service_worker=_one_of(env, "SERVICE_WORKER", ("yes", "no")) == "yes",
            https=(https := _one_of(env, "HTTPS", ("no", "yes")) == "yes"),
            secure_cookies=https or _one_of(env, "SECURE_COOKIES", ("no", "yes")) == "yes",
            require_totp=_one_of(env, "REQUIRE_TOTP", ("yes", "no")) == "yes",
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0),
            inside_channels=_one_of(env, "INSIDE_CHANNELS", ("no", "yes")) == "yes",
            host_names=tuple(env.get("HOST_NAMES", "").lower().replace(",", " ").split()),
        )


def instance_folder(env: Mapping[str, str]) -> Path:
    """The folder of the installation; a relative path is relative to the caller's working directory."""
    return Path(env.get("FRONTLINE_INSTANCE") or ROOT / "instance").resolve()


def kept_secret(path: Path) -> str:
    """The secret in the file `path`, created on first use, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def _database_url(url: str | None, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'frontline.db'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _number(env: Mapping[str, str], name: str, default: int, most: int = 65535) -> int:
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdigit()) or int(value) > most:
        raise ValueError(f"{name} must be a whole number from 0 to {most}, not {value!r}.")
    return int(value)


def _one_of(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """The value of a setting; the first choice is the default. Raises ValueError for any other value."""
    value = env.get(name) or choices[0]
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value
