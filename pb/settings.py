"""Settings: all from the environment, each with a default that suits one machine.

README lists every one of them; a test holds the two together.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.config import Config
from starlette.datastructures import CommaSeparatedStrings


class SettingsError(ValueError):
    """A setting that cannot be used, in plain words."""


@dataclass(frozen=True)
class Settings:
    """``data`` is the folder for the database, mails in development, pictures and the key."""

    data: Path
    database_url: str
    base_url: str
    secret_key: str = field(repr=False)
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    trusted_hosts: tuple[str, ...] = ()
    forwarded_allow_ips: str = "127.0.0.1"
    log_format: str = "text"
    run_worker: bool = True
    threads: int = 40
    max_upload_bytes: int = 12_000_000
    demo: bool = False

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load(
    environ: Mapping[str, str] | None = None,
    data: Path | None = None,
    base_url: str | None = None,
    demo: bool = False,
) -> Settings:
    """Read the settings; ``data`` and ``base_url`` given by a command win over the environment."""
    config = Config(environ=os.environ if environ is None else environ)
    folder = data or Path(config("PB_DATA_DIR", default="var"))
    folder = folder.absolute()
    url = config("PB_DATABASE_URL", default="") or f"sqlite:///{folder / 'pb.sqlite3'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError(
            "PB_DATABASE_URL must begin with sqlite:/// or postgresql://, "
            f"not {url.split('://', 1)[0]!r}."
        )
    address = base_url or config("PB_BASE_URL", default="http://127.0.0.1:8000")
    if not address.startswith(("http://", "https://")):
        raise SettingsError("PB_BASE_URL must begin with http:// or https://.")
    address = address.rstrip("/")
    host = address.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0]
    named = tuple(config("PB_TRUSTED_HOSTS", cast=CommaSeparatedStrings, default=""))
    key = config("PB_SECRET_KEY", default="") or _kept_key(folder)
    if len(key) < 32:
        raise SettingsError("PB_SECRET_KEY is too short: give at least 32 characters.")
    try:
        return Settings(
            data=folder,
            database_url=url,
            base_url=address,
            secret_key=key,
            smtp_url=config("PB_SMTP_URL", default=""),
            mail_from=config("PB_MAIL_FROM", default=f"noreply@{host}"),
            trusted_hosts=named or tuple({host, "127.0.0.1", "localhost"}),
            forwarded_allow_ips=config("PB_FORWARDED_ALLOW_IPS", default="127.0.0.1"),
            log_format=config("PB_LOG_FORMAT", default="text"),
            run_worker=config("PB_RUN_WORKER", cast=bool, default=True),
            threads=config("PB_THREADS", cast=int, default=40),
            max_upload_bytes=config("PB_MAX_UPLOAD_BYTES", cast=int, default=12_000_000),
            demo=demo or config("PB_DEMO", cast=bool, default=False),
        )
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _kept_key(folder: Path) -> str:
    """A key made at the first start and kept beside the data, for one machine without set-up."""
    path = folder / "secret.key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        key = secrets.token_urlsafe(48)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key + "\n")
        return key
