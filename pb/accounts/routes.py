"""Signing in and out, and accepting an invitation. Links are used up by a button, never by GET."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response

from pb.access.permissions import Permission
from pb.accounts import key_pages, services
from pb.accounts.forms import CodeForm, EraseForm, JoinForm, SignInForm
from pb.accounts.models import Invitation, Person, SignInLink
from pb.accounts.paths import routes
from pb.accounts.queries import half_signed_in
from pb.core import security
from pb.core.errors import Gone, Invalid, SignInNeeded
from pb.core.web import Request

__all__ = ["key_pages", "routes"]

PENDING = "pending_link"
PENDING_SECONDS = 3600
NEXT = "next"


def safe_target(target: str) -> str:
    """An address of this site, or nothing."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else ""


def signed_in(request: Request, token: str) -> Response:
    """Keep the session, and go on."""
    request.sign_in(token)
    request.set_cookie(PENDING, None, None)
    return request.redirect("welcome")


@routes("/welcome", "welcome")
def welcome(request: Request) -> Response:
    """Whoever has just signed in: to the second step, if they have one."""
    if half_signed_in(request) is not None:
        return request.redirect("second")
    return go_on(request)


def go_on(request: Request) -> Response:
    """Where the person wanted to go; else staff to the office, everybody else home."""
    if request.actor.person_id is not None:
        request.notify("accounts.signed_in")
    target = safe_target(request.inner.cookies.get(NEXT, ""))
    request.set_cookie(NEXT, None, None)
    name = "office" if request.can(Permission.SEE_OFFICE) else "home"
    return RedirectResponse(target or request.link(name), status_code=303)


@routes("/sign-in", "sign_in", methods=("GET", "POST"))
def sign_in(request: Request) -> Response:
    """Ask for a link by mail. Strangers get the same answer."""
    if not request.posted and half_signed_in(request) is not None:
        return request.redirect("second")
    target = safe_target(request.query.get(NEXT, ""))
    if target:
        request.set_cookie(NEXT, target, PENDING_SECONDS)
    form = request.form(SignInForm)
    if request.posted and form.validate():
        request.limit("sign-in", "10/10minutes")
        request.limit("sign-in", "5/10minutes", who=form.email.data.lower())
        link_id = request.run(services.ask_for_link, form.email.data)
        pending = request.site.secrets.sign("pending-link", link_id or 0)
        request.set_cookie(PENDING, pending, PENDING_SECONDS)
        return request.redirect("sign_in_sent")
    return request.page("accounts/sign_in.html", form=form, keeps_form=True)


@routes("/sign-in/join", "join", methods=("GET", "POST"))
def join(request: Request) -> Response:
    """A resident's way in: with a name and an address, whether or not they were here before."""
    target = safe_target(request.query.get(NEXT, ""))
    if target:
        request.set_cookie(NEXT, target, PENDING_SECONDS)
    form = request.form(JoinForm)
    if request.posted and form.validate():
        request.limit("sign-in", "10/10minutes")
        request.limit("sign-in", "5/10minutes", who=form.email.data.lower())
        link_id = request.run(
            services.join, form.name.data, form.email.data, request.reader.language
        )
        pending = request.site.secrets.sign("pending-link", link_id)
        request.set_cookie(PENDING, pending, PENDING_SECONDS)
        return request.redirect("sign_in_sent")
    return request.page("accounts/join.html", form=form, keeps_form=True)


@routes("/account", "account", methods=("GET", "POST"))
def account(request: Request) -> Response:
    """What we know of a person, and the way out."""
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    form = request.form(EraseForm)
    if request.posted and form.validate():
        request.run(services.erase_account, form.posts.data == "keep")
        for name in request.inner.cookies:
            if name not in ("language", "theme"):
                request.set_cookie(name, None, None)
        request.notify("account.erased")
        return request.redirect("home")
    return request.page(
        "accounts/account.html", form=form, keeps_form=True,
        person=request.session.get_one(Person, request.actor.person_id),
        staff=bool(request.actor.grants),
    )


@routes("/sign-in/sent", "sign_in_sent", methods=("GET", "POST"))
def sign_in_sent(request: Request) -> Response:
    """The mail is on its way; its code can be typed here."""
    form = request.form(CodeForm)
    if request.posted and form.validate():
        request.limit("sign-in-code", "20/10minutes")
        kept = request.inner.cookies.get(PENDING, "")
        link_id = request.site.secrets.unsign("pending-link", kept, PENDING_SECONDS)
        if not link_id:
            form.refuse("code", "code.wrong")
        else:
            try:
                token = request.run(
                    services.sign_in_by_code, link_id, form.code.data, request.value("once"),
                    request.token, keep=False,
                )
                return signed_in(request, token)
            except Invalid as error:
                request.site.work.run(services.count_wrong_code, request.actor, link_id)
                form.refuse("code", error.code)
    return request.page("accounts/sent.html", form=form, keeps_form=True)


def link_of(request: Request, purpose: str, model: type[Any]) -> Any:
    """The row behind a link's token, for its landing page; nothing is used up. Errors: Gone."""
    value = request.site.secrets.unsign(purpose, request.params["token"])
    row = request.session.get(model, value[0]) if value else None
    if row is None or row.nonce != value[1]:
        raise Gone("link.unknown")
    return row


@routes("/sign-in/link/{token}", "sign_in_link", methods=("GET", "POST"))
def sign_in_link(request: Request) -> Response:
    """Where the mailed link leads: a button signs in. Opening the page uses nothing up."""
    if request.posted:
        token = request.run(
            services.sign_in_by_link, request.params["token"], request.value("once"),
            request.token, keep=False,
        )
        return signed_in(request, token)
    link = link_of(request, "sign-in", SignInLink)
    if link.used_at is not None:
        raise Gone("link.used", at=link.used_at)
    if link.ends_at <= request.now:
        raise Gone("link.expired")
    target = safe_target(request.query.get(NEXT, ""))
    if target:
        request.set_cookie(NEXT, target, PENDING_SECONDS)
    return request.page("accounts/link.html", keeps_form=True)


@routes("/sign-out", "sign_out", methods=("POST",))
def sign_out(request: Request) -> Response:
    if request.token:
        request.run(security.close_session, request.token)
    for name in request.inner.cookies:
        if name not in ("language", "theme"):
            request.set_cookie(name, None, None)  # also what was begun and is nobody else's
    request.notify("accounts.signed_out")
    return request.redirect("home")


@routes("/invitation/{token}", "invitation", methods=("GET", "POST"))
def invitation(request: Request) -> Response:
    """Where an invitation leads: what the role is, and a button to accept it."""
    if request.posted:
        token = request.run(
            services.accept_invitation, request.params["token"], request.value("once"),
            request.token, keep=False,
        )
        return signed_in(request, token)
    row = link_of(request, "invitation", Invitation)
    if row.accepted_at is not None:
        raise Gone("link.used", at=row.accepted_at)
    if row.withdrawn_at is not None:
        raise Gone("invitation.withdrawn")
    if row.ends_at <= request.now:
        raise Gone("link.expired")
    return request.page("accounts/invitation.html", invitation=row, keeps_form=True)
