"""Every setting from the environment, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pb.settings import SettingsError, load

KEY = "k" * 40


def test_the_defaults_suit_one_machine(tmp_path: Path) -> None:
    settings = load({}, data=tmp_path)
    assert settings.sqlite and settings.database_url == f"sqlite:///{tmp_path / 'pb.sqlite3'}"
    assert settings.base_url == "http://127.0.0.1:8000" and not settings.https
    assert settings.smtp_url == "" and settings.run_worker and not settings.demo
    assert {"127.0.0.1", "localhost"} <= set(settings.trusted_hosts)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, again = load({}, data=tmp_path), load({}, data=tmp_path)
    assert first.secret_key == again.secret_key and len(first.secret_key) >= 48
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    other = load({}, data=tmp_path / "other")
    assert other.secret_key != first.secret_key


def test_secrets_do_not_show(tmp_path: Path) -> None:
    settings = load(
        {"PB_SECRET_KEY": KEY, "PB_SMTP_URL": "smtp://user:hidden@mail.example:587"},
        data=tmp_path,
    )
    assert KEY not in repr(settings) and "hidden" not in repr(settings)


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = load(
        {
            "PB_DATA_DIR": str(tmp_path / "data"),
            "PB_DATABASE_URL": "postgres://purse@db.example/purse",
            "PB_BASE_URL": "https://purse.example.org/",
            "PB_SECRET_KEY": KEY,
            "PB_MAIL_FROM": "purse@example.org",
            "PB_TRUSTED_HOSTS": "purse.example.org, pwrs.example.org",
            "PB_FORWARDED_ALLOW_IPS": "10.0.0.1",
            "PB_LOG_FORMAT": "json",
            "PB_RUN_WORKER": "false",
            "PB_THREADS": "12",
            "PB_MAX_UPLOAD_BYTES": "5000",
            "PB_DEMO": "true",
        }
    )
    assert settings.database_url == "postgresql+psycopg://purse@db.example/purse"
    assert settings.https and settings.base_url == "https://purse.example.org"
    assert settings.trusted_hosts == ("purse.example.org", "pwrs.example.org")
    assert (settings.threads, settings.run_worker, settings.demo) == (12, False, True)
    assert settings.max_upload_bytes == 5000 and settings.log_format == "json"
    assert settings.forwarded_allow_ips == "10.0.0.1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PB_SECRET_KEY", "short"), ("PB_DATABASE_URL", "mysql://x"), ("PB_BASE_URL", "purse"),
        ("PB_RUN_WORKER", "perhaps"), ("PB_THREADS", "many"),
    ],
)
def test_a_wrong_setting_is_named_in_plain_words(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({name: value}, data=tmp_path)
    assert name in str(refused.value)
