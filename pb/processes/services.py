"""Commands on the council and its processes."""

from __future__ import annotations

from sqlalchemy import select

from pb.access.permissions import Permission
from pb.access.policy import ADMINISTRATOR, require
from pb.accounts.services import give_role, link_token, new_link, new_person
from pb.core.errors import Conflict
from pb.core.work import Work, command
from pb.processes.models import Council


@command()
def install(
    work: Work, name: dict[str, str], languages: list[str], time_zone: str, official: str,
    email: str,
) -> str:
    """Set the council up with its first official; that person's sign-in token. Once only."""
    require(work, Permission.INSTALL)
    if work.session.scalar(select(Council.id).limit(1)) is not None:
        raise Conflict("council.exists")
    work.session.add(
        Council(
            name=name, claim={}, languages=languages, time_zone=time_zone, address={},
            made_at=work.now,
        )
    )
    person = new_person(work, official, email, languages[0])
    give_role(work, person.id, ADMINISTRATOR, None)
    link = new_link(work, person.id)
    work.about("council", None)
    return link_token(work.site.secrets, link)
