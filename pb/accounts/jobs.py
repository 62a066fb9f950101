"""The mails about signing in and roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from pb.accounts.models import Invitation, Person, SignInLink
from pb.accounts.services import invitation_token, link_code, link_token
from pb.core.i18n import Reader
from pb.core.security import spaced
from pb.core.site import Site
from pb.notifications.jobs import mail_kind


@mail_kind("sign_in")
def sign_in_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    link = session.get_one(SignInLink, arguments["link_id"])
    person = session.get_one(Person, link.person_id)
    return {
        "name": person.name,
        "url": f"{site.settings.base_url}/sign-in/link/{link_token(site.secrets, link)}",
        "code": spaced(link_code(site.secrets, link)),
        "ends_at": link.ends_at,
        "invented": person.invented,
    }


@mail_kind("invitation")
def invitation_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    invitation = session.get_one(Invitation, arguments["invitation_id"])
    return {
        "name": invitation.name,
        "role": invitation.role,
        "url": f"{site.settings.base_url}/invitation/"
        f"{invitation_token(site.secrets, invitation)}",
        "ends_at": invitation.ends_at,
    }


def key_context(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """What the mails about a person's keys say."""
    return {"name": arguments["name"], "key": arguments.get("key", ""),
            "url": f"{site.settings.base_url}/account/keys"}


for _kind in ("key_added", "keys_reset"):
    mail_kind(_kind)(key_context)
