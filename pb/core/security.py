"""Request safety: headers, same-origin check, sessions, signed values, rates."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import JSON, Connection, String, bindparam, delete, insert, select, update
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Mapped, mapped_column
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pb.core.clock import TOLERANCE, Clock
from pb.core.database import Database, Model
from pb.core.errors import TooMany
from pb.core.work import Work, command

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
UNLESS_SAID = [
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]
"""Headers of every answer that does not bring its own."""
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For stored pictures: drawings bring their own colours, and nothing of them may run."""

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SESSION_LENGTH = timedelta(days=14)


class Headed:
    """Middleware: the security headers on every answer."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        self.always = [
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"interest-cohort=(), camera=(), microphone=()"),
        ]
        if https:
            self.always.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Written as they go out: this is done for each of a thousand answers a second.
                said = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"], *self.always,
                    *(one for one in UNLESS_SAID if one[0] not in said),
                ]
            await send(message)

        await self.app(scope, receive, send_headed)


def from_elsewhere(headers: Headers, base_url: str) -> bool:
    """Whether an unsafe request was made by a page of another origin.

    Browsers say so themselves by ``Sec-Fetch-Site``; older ones send ``Origin`` or ``Referer``.
    A request with none of the three comes from no browser's page.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin") or headers.get("referer")
    if not origin:
        return False
    if origin == "null":
        return True
    sent = urlsplit(origin)
    own = urlsplit(base_url)
    return (sent.scheme, sent.netloc) != (own.scheme, own.netloc) and (
        sent.netloc != headers.get("host")
    )


class Secrets:
    """Everything that is made from the secret key."""

    def __init__(self, key: str, clock: Clock) -> None:
        self._key = key.encode()
        self._clock = clock

        class Signer(TimestampSigner):
            """Dates what it signs by the clock that all servers share."""

            def get_timestamp(self) -> int:
                return int(clock().timestamp())

        self._signer = Signer

    def _signed(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._key, salt=purpose, signer=self._signer)

    def sign(self, purpose: str, value: Any) -> str:
        return self._signed(purpose).dumps(value)

    def unsign(self, purpose: str, text: str, seconds: int | None = None) -> Any:
        """The signed value, or None when it is forged, foreign or too old."""
        try:
            value, made_at = self._signed(purpose).loads(text, return_timestamp=True)
        except BadData:
            return None
        if seconds is not None:
            age = self._clock() - made_at
            # Another server's second may begin a little earlier than this one's.
            if not -TOLERANCE <= age <= timedelta(seconds=seconds):
                return None
        return value

    def tag(self, purpose: str, *parts: object) -> str:
        """A keyed fingerprint: 64 hexadecimal digits."""
        text = "\x1f".join([purpose, *map(str, parts)])
        return hmac.digest(self._key, text.encode(), "sha256").hex()

    def hide(self, purpose: str, content: bytes) -> bytes:
        """Encrypt what the database keeps and must give back: addresses, keys of other devices."""
        return bytes(self._box(purpose).encrypt(content))

    def reveal(self, purpose: str, hidden: bytes) -> bytes:
        """The other way. Errors: cryptography.fernet.InvalidToken under another key."""
        return bytes(self._box(purpose).decrypt(hidden))

    def _box(self, purpose: str) -> Any:
        from cryptography.fernet import Fernet  # only here: starting must be quick

        return Fernet(base64.urlsafe_b64encode(bytes.fromhex(self.tag("hide", purpose))))

    def code(self, purpose: str, *parts: object, length: int = 8) -> str:
        """A code to type, made again from the same parts: letters and digits hard to confuse."""
        digest = bytes.fromhex(self.tag(purpose, *parts))
        return base64.b32encode(digest).decode().translate(_TO_CROCKFORD)[:length]


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", CROCKFORD)
_CONFUSABLE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def random_code(length: int) -> str:
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))


def read_code(text: str) -> str:
    """A typed code as it is kept: upper case, without spaces and dashes, O as 0, I and L as 1."""
    kept = "".join(character for character in text.upper() if character.isalnum())
    return kept.translate(_CONFUSABLE)


def spaced(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


# -- sessions --------------------------------------------------------------------------------


class SessionRow(Model):
    """A visit that was signed in. The cookie holds a random id; here is only its hash."""

    __tablename__ = "sessions"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(index=True)
    passes: Mapped[dict[str, Any]] = mapped_column(MutableDict.as_mutable(JSON))
    """The scope's id (as text) to the id of the pass that was shown there."""
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    second_at: Mapped[datetime | None]
    """When the person last gave their second proof of who they are."""


def session_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_SESSIONS = SessionRow.metadata.tables[SessionRow.__tablename__]
_FIND = select(
    _SESSIONS.c.hash, _SESSIONS.c.person_id, _SESSIONS.c.passes, _SESSIONS.c.second_at
).where(
    _SESSIONS.c.hash == bindparam("hash"), _SESSIONS.c.ends_at > bindparam("now")
)


@dataclass(frozen=True)
class Found:
    """A session that is still open."""

    hash: str
    person_id: int | None
    passes: dict[str, Any]
    second_at: datetime | None = None


def find_session(connection: Connection, token: str, now: datetime) -> Found | None:
    """The open session of a cookie. Read at each request, so without the ORM."""
    row = connection.execute(_FIND, {"hash": session_hash(token), "now": now}).first()
    return Found(*row) if row is not None else None


_CLAIMED = select(_SESSIONS.c.hash, _SESSIONS.c.passes).where(
    _SESSIONS.c.hash.in_(bindparam("hashes", expanding=True)),
    _SESSIONS.c.ends_at > bindparam("now"),
)


def passes_of(
    connection: Connection, hashes: Sequence[str], now: datetime
) -> dict[str, dict[str, Any]]:
    """The passes that open sessions hold, by the sessions' hashes: many in one reading."""
    rows = connection.execute(_CLAIMED, {"hashes": hashes, "now": now})
    return {row.hash: row.passes for row in rows}


_GLANCE = "SELECT hash, person_id, passes, second_at FROM sessions WHERE hash = ? AND ends_at > ?"


def glance_session(database: Database, token: str, now: datetime) -> Found | None:
    """The same for a request that may read nothing else. On SQLite without a transaction around
    the one statement: with a thousand requests a second that is a good part of each."""
    if not database.sqlite:
        with database.engine.connect() as connection:
            return find_session(connection, token, now)
    moment = now.astimezone(UTC).isoformat(" ", "microseconds")[:26]  # as the table has it
    row = database.glance(_GLANCE, (session_hash(token), moment))
    if row is None:
        return None
    second_at = datetime.fromisoformat(row[3]).replace(tzinfo=UTC) if row[3] else None
    return Found(row[0], row[1], json.loads(row[2]), second_at)


def open_session(
    work: Work, old_token: str | None, *, person_id: int | None = None,
    passes: dict[int, int] | None = None, token: str | None = None,
) -> str:
    """Begin a session with a fresh id, taking over what the old one held; the new cookie's value.

    A fresh id at each sign-in, so that an id planted before is worth nothing after.
    """
    token = token or secrets.token_urlsafe(32)
    held: dict[str, Any] = {}
    person, second_at = person_id, None
    if old_token:
        old = find_session(work.connection, old_token, work.now)
        if old is not None:
            same_person = person_id is None or old.person_id in (None, person_id)
            held = dict(old.passes) if same_person else {}
            if person_id is None:
                person, second_at = old.person_id, old.second_at
            work.connection.execute(delete(SessionRow).where(SessionRow.hash == old.hash))
    held.update({str(scope): one for scope, one in (passes or {}).items()})
    work.connection.execute(
        insert(SessionRow).values(
            hash=session_hash(token), person_id=person, passes=held, made_at=work.now,
            ends_at=work.now + SESSION_LENGTH, second_at=second_at,
        )
    )
    return token


def note_second(work: Work, token: str) -> None:
    """The person of this session has just given their second proof, inside a command."""
    work.connection.execute(
        update(SessionRow).where(SessionRow.hash == session_hash(token)).values(second_at=work.now)
    )


@command(audited=False)
def close_session(work: Work, token: str) -> None:
    """Sign out: the row goes, so a copied cookie is worth nothing."""
    work.connection.execute(delete(SessionRow).where(SessionRow.hash == session_hash(token)))


def end_sessions_of(work: Work, person_id: int) -> None:
    """Sign a person out everywhere, when a role is taken or a link was misused."""
    work.connection.execute(
        update(SessionRow).where(SessionRow.person_id == person_id).values(ends_at=work.now)
    )


def forget_passes(work: Work, scope: int) -> None:
    """Take every pass of a scope out of the sessions, at the end of its vote."""
    rows = work.session.scalars(select(SessionRow)).all()
    for row in rows:
        row.passes.pop(str(scope), None)


# -- rates -----------------------------------------------------------------------------------


class Rates:
    """How often something may be tried, counted in this process."""

    @cached_property
    def _limiter(self) -> Any:
        import limits  # at the first try: starting must be quick

        return limits.strategies.MovingWindowRateLimiter(limits.storage.MemoryStorage())

    def hit(self, what: str, who: str, rule: str) -> None:
        """Count one try; TooMany when there were more than the rule ("5/minute") allows."""
        import limits

        item = limits.parse(rule)
        if not self._limiter.hit(item, what, who):
            raise TooMany("rates.too_many", seconds=item.get_expiry())

    def check(self, what: str, who: str, rule: str) -> None:
        """TooMany where the next try would be one too many; counts nothing."""
        import limits

        item = limits.parse(rule)
        if not self._limiter.test(item, what, who):
            raise TooMany("rates.too_many", seconds=item.get_expiry())
