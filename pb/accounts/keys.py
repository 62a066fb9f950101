"""The second proof of who an official is: a passkey, a one-time code app, or a recovery code.

Signing in stays a link by mail. Whoever has set one of these up gives it as well, and gives it
again, not older than ten minutes, before asking for or confirming an act that takes two. Each
proof is accepted once: an app's codes by their 30 seconds, a passkey's by its challenge.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, update

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts import queries
from pb.accounts.models import Authenticator, Person, RecoveryCode
from pb.core import security
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpNeeded
from pb.core.security import Secrets
from pb.core.work import Work, command
from pb.notifications.services import tell

if TYPE_CHECKING:
    from pb.settings import Settings

FRESH = timedelta(minutes=10)
"""How old the second proof may be for an act that takes two."""
GRACE = timedelta(days=7)
"""From the first key in the installation on, everybody who approves has so long to set one up."""
SETUP_SECONDS = 1800
CHALLENGE_SECONDS = 300
STEP_SECONDS = 30
CODES, CODE_LENGTH = 10, 10
MOST_KEYS = 10


def require_fresh(work: Work) -> None:
    """The person has shown within ten minutes who they are. Errors: StepUpNeeded.

    Without a key one passes while nobody in the installation has one, and in the demonstration.
    """
    actor = work.actor
    if actor.system:
        return
    if actor.keyed:
        if actor.second_at is None or work.now - actor.second_at > FRESH:
            raise StepUpNeeded("keys.step_up")
    elif not work.site.settings.demo:
        began = queries.first_key_at(work.session)
        if began is not None and work.now >= began + GRACE:
            raise StepUpNeeded("keys.needed")


# -- one-time code apps ----------------------------------------------------------------------


def step_of(secret: str, typed: str, now: float) -> int | None:
    """The 30 seconds for which an app showed this code: now, just before or just after."""
    import pyotp  # only here: starting must be quick

    digits = "".join(one for one in typed if one.isdigit())
    present = int(now // STEP_SECONDS)
    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(app.generate_otp(step), digits):
            return step
    return None


def new_secret() -> str:
    import pyotp

    return pyotp.random_base32()


def app_address(secret: str, account: str, council: str) -> str:
    """What the square to scan says."""
    import pyotp

    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    return app.provisioning_uri(name=account, issuer_name=council)


@command()
def add_app(work: Work, secret: str, typed: str, name: str, session: str) -> int:
    """Keep a code app once it has shown a right code. Errors: Invalid("keys.code_wrong")."""
    require(work, Permission.MANAGE_KEYS)
    person_id = _may_add(work)
    step = step_of(secret, typed, work.now.timestamp())
    if step is None:
        raise Invalid("keys.code_wrong", field="code")
    row = Authenticator(
        person_id=person_id, kind="app", name=name, last_step=step, made_at=work.now,
        secret=work.site.secrets.hide("totp", secret.encode()).decode(),
    )
    return _added(work, row, session)


def _may_add(work: Work) -> int:
    person_id = work.actor.person_id
    assert person_id is not None
    if work.actor.keyed:
        require_fresh(work)
    if len(queries.keys_of(work.session, person_id)) >= MOST_KEYS:
        raise Conflict("keys.too_many")
    return person_id


def _added(work: Work, row: Authenticator, session: str) -> int:
    work.session.add(row)
    work.session.flush()
    security.note_second(work, session)
    work.about("authenticator", row.id, of=row.kind)
    person = work.session.get_one(Person, row.person_id)
    if person.email:
        tell(work, "key_added", email=person.email, language=person.language,
             person_id=person.id, name=person.name, key=row.name)
    return row.id


# -- passkeys --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """Whose passkeys these are: the host, and where pages come from."""

    host: str
    origin: str

    @property
    def possible(self) -> bool:
        """Browsers make passkeys for a name, not for a number."""
        return not self.host.replace(".", "").isdigit() and ":" not in self.host


def site_of(settings: Settings) -> Site:
    address = urlsplit(settings.base_url)
    return Site(address.hostname or "", f"{address.scheme}://{address.netloc}")


def new_challenge(keys: Secrets, purpose: str, session: str, now: float) -> tuple[str, bytes]:
    """(what the form carries, the challenge): bound to this session and purpose."""
    challenge = secrets.token_bytes(32)
    value = [purpose, security.session_hash(session), challenge.hex(), int(now * 1000)]
    return keys.sign("challenge", value), challenge


def read_challenge(
    keys: Secrets, purpose: str, session: str, signed: str, now: float
) -> tuple[bytes, int]:
    """The challenge, and when it was made (milliseconds). Errors: Invalid."""
    value = keys.unsign("challenge", signed, CHALLENGE_SECONDS)
    if value is None or value[:2] != [purpose, security.session_hash(session)] or (
        abs(now * 1000 - value[3]) > CHALLENGE_SECONDS * 1000
    ):
        raise Invalid("keys.passkey_late")
    return bytes.fromhex(value[2]), value[3]


def creation_options(
    site: Site, person: Person, council: str, challenge: bytes, known: list[Authenticator],
    handle: bytes,
) -> str:
    """What the browser needs to make a passkey, as JSON."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return webauthn.options_to_json(webauthn.generate_registration_options(
        rp_id=site.host, rp_name=council, user_name=person.email or person.name,
        user_display_name=person.name, user_id=handle, challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential))
            for one in known if one.credential
        ],
    ))


def request_options(site: Site, challenge: bytes, known: list[Authenticator]) -> str:
    """What the browser needs to use a passkey, as JSON."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

    return webauthn.options_to_json(webauthn.generate_authentication_options(
        rp_id=site.host, challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential))
            for one in known if one.credential
        ],
    ))


@command()
def add_passkey(work: Work, answer: str, signed: str, name: str, session: str) -> int:
    """Keep a passkey that the browser has just made. Errors: Invalid, Conflict."""
    require(work, Permission.MANAGE_KEYS)
    person_id = _may_add(work)
    import webauthn
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    site, keys = site_of(work.site.settings), work.site.secrets
    challenge, at = read_challenge(keys, "make", session, signed, work.now.timestamp())
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin, require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Invalid("keys.passkey_wrong") from None
    credential = bytes_to_base64url(made.credential_id)
    if work.session.query(Authenticator.id).filter_by(credential=credential).first():
        raise Conflict("keys.passkey_known")
    return _added(work, Authenticator(
        person_id=person_id, kind="passkey", name=name, credential=credential,
        public_key=made.credential_public_key, sign_count=made.sign_count, last_step=at,
        made_at=work.now,
    ), session)


# -- giving the second proof -----------------------------------------------------------------


def person_of(work: Work, session: str) -> int:
    """The person of a session, whether their second proof is still to come or not."""
    found = security.find_session(work.connection, session, work.now)
    if found is None or found.person_id is None:
        raise NotAllowed("access.sign_in")
    return found.person_id


@command()
def prove_by_code(work: Work, typed: str, session: str) -> str:
    """Take an app's code or a recovery code as the second proof; which of the two it was. Each is
    taken once. Errors: Invalid("keys.code_wrong")."""
    require(work, Permission.SIGN_IN)
    person_id = person_of(work, session)
    for row in queries.keys_of(work.session, person_id):
        if row.kind != "app":
            continue
        secret = work.site.secrets.reveal("totp", row.secret.encode()).decode()
        step = step_of(secret, typed, work.now.timestamp())
        if step is not None and _take(work, row.id, step):
            return _proved(work, person_id, session, "app")
    mark = recovery_mark(work.site.secrets, person_id, typed)
    used = work.connection.execute(
        update(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.mark == mark,
               RecoveryCode.used_at.is_(None))
        .values(used_at=work.now)
    )
    if used.rowcount and queries.keys_of(work.session, person_id):
        return _proved(work, person_id, session, "recovery")
    raise Invalid("keys.code_wrong", field="second_code")


@command()
def prove_by_passkey(work: Work, answer: str, signed: str, session: str) -> str:
    """Take a passkey's answer as the second proof. Errors: Invalid."""
    require(work, Permission.SIGN_IN)
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    person_id = person_of(work, session)
    site = site_of(work.site.settings)
    challenge, at = read_challenge(
        work.site.secrets, "use", session, signed, work.now.timestamp())
    try:
        id = str(json.loads(answer)["id"])
        row = next(one for one in queries.keys_of(work.session, person_id)
                   if one.credential == id and one.public_key is not None)
        done = webauthn.verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin, credential_public_key=row.public_key or b"",
            credential_current_sign_count=row.sign_count, require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, StopIteration):
        raise Invalid("keys.passkey_wrong", field="second_code") from None
    if not _take(work, row.id, at, done.new_sign_count):
        raise Invalid("keys.passkey_late", field="second_code")
    return _proved(work, person_id, session, "passkey")


def _take(work: Work, key_id: int, step: int, sign_count: int = 0) -> bool:
    """Accept this step if nothing as new was accepted before; by one conditional update."""
    taken = work.connection.execute(
        update(Authenticator)
        .where(Authenticator.id == key_id, Authenticator.last_step < step)
        .values(last_step=step, sign_count=sign_count, used_on=work.now.date())
    )
    return bool(taken.rowcount)


def _proved(work: Work, person_id: int, session: str, how: str) -> str:
    security.note_second(work, session)
    work.about("person", person_id, by=how)
    return how


# -- recovery --------------------------------------------------------------------------------


def recovery_mark(keys: Secrets, person_id: int, typed: str) -> str:
    return keys.tag("recovery-code", person_id, security.read_code(typed))


@command()
def new_recovery_codes(work: Work) -> list[str]:
    """Ten new codes to print; the old ones end. Only here are they in the clear."""
    require(work, Permission.MANAGE_KEYS)
    require_fresh(work)
    person_id = work.actor.person_id
    assert person_id is not None
    if not work.actor.keyed:
        raise Conflict("keys.none")
    work.connection.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    made = [security.random_code(CODE_LENGTH) for _ in range(CODES)]
    work.connection.execute(insert(RecoveryCode), [
        {"person_id": person_id, "mark": recovery_mark(work.site.secrets, person_id, one)}
        for one in made
    ])
    work.about("person", person_id)
    return made


@command()
def remove_key(work: Work, key_id: int) -> None:
    """Take one of one's own keys away. With the last one the recovery codes go too."""
    require(work, Permission.MANAGE_KEYS)
    require_fresh(work)
    row = work.session.get(Authenticator, key_id)
    if row is None or row.person_id != work.actor.person_id or row.removed_at is not None:
        raise NotFound("keys.unknown")
    remove(work, row)
    if not queries.keys_of(work.session, row.person_id):
        work.connection.execute(
            delete(RecoveryCode).where(RecoveryCode.person_id == row.person_id))
    work.about("authenticator", key_id)


def remove(work: Work, row: Authenticator) -> None:
    """Take a key away, inside another command; what it was made of goes at once."""
    row.removed_at, row.credential, row.public_key, row.secret = work.now, None, None, ""
    work.session.flush()


def user_handle(keys: Secrets, person_id: int) -> bytes:
    """What a passkey calls its person: nothing that says who it is."""
    return bytes.fromhex(keys.tag("passkey-user", person_id))

