"""People, how they sign in, their roles, invitations, and acts that take two."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pb.core.database import Model


class Person(Model):
    """Somebody who signs in. A voter needs no row here."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    """In lower case."""
    language: Mapped[str] = mapped_column(String(2), default="en")
    invented: Mapped[bool] = mapped_column(default=False)
    """A resident of the demo's town."""
    made_at: Mapped[datetime]


class SignInLink(Model):
    """A single-use way in. The link and the code are made from the row's id and the secret key,
    so nothing here signs anybody in."""

    __tablename__ = "sign_in_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)


class Authenticator(Model):
    """A second proof of who somebody is: a passkey, or an app that makes one-time codes."""

    __tablename__ = "authenticators"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """passkey or app."""
    name: Mapped[str] = mapped_column(String(100))
    credential: Mapped[str | None] = mapped_column(String(1400), unique=True)
    """A passkey's id, base64url; None once it is removed."""
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    secret: Mapped[str] = mapped_column(String(400), default="")
    """An app's secret, encrypted under the site's key; empty once it is removed."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The newest 30 seconds (app) or challenge (passkey, milliseconds) that was accepted: nothing
    as old or older is accepted again."""
    made_at: Mapped[datetime]
    used_on: Mapped[date | None]
    removed_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """A code for the day when the telephone is lost; only a keyed fingerprint is kept."""

    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    mark: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Role(Model):
    """A role that a person holds, in a process or (``process_id`` None) in the installation."""

    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    process_id: Mapped[int | None] = mapped_column(ForeignKey("processes.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    given_at: Mapped[datetime]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime | None]


class Invitation(Model):
    """An invitation by mail to a role. Link and code are made as those of SignInLink."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    process_id: Mapped[int | None] = mapped_column(ForeignKey("processes.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    nonce: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ends_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Act(Model):
    """An act that takes two: one official asks, another confirms, and only then it is done."""

    __tablename__ = "acts"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(50))
    """The name of the command that is done, as "results.publish"."""
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id"), index=True)
    subject_id: Mapped[int | None]
    arguments: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(2000), default="")
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    declined_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    declined_at: Mapped[datetime | None]
    declined_reason: Mapped[str] = mapped_column(String(2000), default="")
    open_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    """Kind and subject while it waits, so that the same act is asked for once; then None."""

    __table_args__ = (Index("ix_acts_waiting", "process_id", "confirmed_at", "declined_at"),)
