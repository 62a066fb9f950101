"""The pages of a person's own keys, and the second step of signing in."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import Response

from pb.access.permissions import Permission
from pb.accounts import keys, queries, second_proof
from pb.accounts.forms import AppForm, PasskeyForm
from pb.accounts.models import Person
from pb.accounts.paths import routes
from pb.core.errors import AppError, Invalid, NotFound, SignInNeeded
from pb.core.web import Request


def own_person(request: Request) -> Person:
    """Whoever may have keys. Errors: SignInNeeded, NotFound for people without a task."""
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    if not request.can(Permission.MANAGE_KEYS):
        raise NotFound("page.not_found")
    return request.session.get_one(Person, request.actor.person_id)


@routes("/account/keys", "keys")
def own_keys(request: Request) -> Response:
    """One's passkeys and code apps, recovery codes, and what they are for."""
    person = own_person(request)
    began = queries.first_key_at(request.session)
    return request.page(
        "accounts/keys.html", person=person,
        keys=queries.keys_of(request.session, person.id),
        codes_left=queries.recovery_codes_left(request.session, person.id),
        needed_from=began + keys.GRACE if began else None,
        possible=keys.site_of(request.site.settings).possible,
    )


@routes("/account/keys/app", "key_app", methods=("GET", "POST"))
def key_app(request: Request) -> Response:
    """Set up an app that makes one-time codes: a square to scan, then a first code."""
    person = own_person(request)
    form = request.form(AppForm)
    hidden = request.site.secrets
    kept = hidden.unsign("app-setup", request.value("setup"), keys.SETUP_SECONDS)
    secret = ""
    if kept and kept[0] == person.id:
        secret = hidden.reveal("app-setup", kept[1].encode()).decode()
    if request.posted and form.validate():
        request.limit("second", "10/10minutes", who=str(person.id))
        if not secret:
            form.refuse("code", "keys.setup_old")
        else:
            try:
                request.run(keys.add_app, secret, form.code.data, form.name.data, request.token)
            except Invalid as error:
                form.refuse("code", error.code)
            else:
                request.notify("keys.added")
                return request.redirect("keys")
    secret = secret or keys.new_secret()
    setup = hidden.sign(
        "app-setup", [person.id, hidden.hide("app-setup", secret.encode()).decode()])
    address = keys.app_address(secret, person.email or person.name,
                               request.reader.plain(request.council.name))
    return request.page(
        "accounts/key_app.html", form=form, setup=setup, secret=secret, square=square(address),
        address=address, keeps_form=True,
    )


def square(text: str) -> Markup:
    """A text as a QR code, drawn in SVG without any style of its own."""
    import segno  # only here: starting must be quick

    return Markup(segno.make(text, error="m", micro=False).svg_inline(
        border=0, unit=None, omitsize=True, svgclass="qr", lineclass=None))


@routes("/account/keys/passkey", "key_passkey", methods=("GET", "POST"))
def key_passkey(request: Request) -> Response:
    """Set up a passkey: the browser makes it, by its own window."""
    person = own_person(request)
    form = request.form(PasskeyForm)
    site = keys.site_of(request.site.settings)
    token = request.token or ""
    if request.posted and form.validate():
        request.limit("second", "10/10minutes", who=str(person.id))
        try:
            request.run(keys.add_passkey, request.value("answer"), request.value("challenge"),
                        form.name.data, token)
        except AppError as error:
            if error.status == 403:
                raise
            form.form_errors.append(request.reader.sentence(error.code))
        else:
            request.notify("keys.added")
            return request.redirect("keys")
    signed, challenge = keys.new_challenge(
        request.site.secrets, "make", token, request.now.timestamp())
    options = keys.creation_options(
        site, person, request.reader.plain(request.council.name), challenge,
        queries.keys_of(request.session, person.id),
        keys.user_handle(request.site.secrets, person.id),
    ) if site.possible else ""
    return request.page("accounts/key_passkey.html", form=form, challenge=signed,
                        options=options, keeps_form=True)


@routes("/account/keys/recovery", "key_recovery", methods=("GET", "POST"))
def key_recovery(request: Request) -> Response:
    """New recovery codes, shown once."""
    own_person(request)
    codes = request.run(keys.new_recovery_codes, keep=False) if request.posted else []
    return request.page("accounts/recovery.html", codes=codes, keeps_form=False)


@routes("/account/keys/remove", "key_remove", methods=("POST",))
def key_remove(request: Request) -> Response:
    """Take one of one's keys away."""
    own_person(request)
    number = request.value("key")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise NotFound("keys.unknown")
    request.run(keys.remove_key, int(number))
    request.notify("keys.removed")
    return request.redirect("keys")


@routes("/sign-in/second", "second", methods=("GET", "POST"))
def second(request: Request) -> Response:
    """The second step of signing in, for people who have a key."""
    person_id = queries.half_signed_in(request)
    if person_id is None:
        return request.redirect("welcome" if request.actor.person_id else "sign_in")
    wrong = ""
    if request.posted:
        wrong = request.reader.sentence("keys.code_missing")
        if second_proof.given(request):
            wrong = second_proof.prove(request, person_id)
        if not wrong:
            return request.redirect("welcome")
    return request.page(
        "accounts/second.html", status=422 if wrong else None, wrong=wrong, keeps_form=True,
        **second_proof.context(request, person_id),
    )
