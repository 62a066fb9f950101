"""Which pictures are served: a file follows what refers to it, once that is saved.

A feature that keeps keys of pictures says where (``users_of_pictures``). Whatever hides, shows or
erases one leaves the job below: a picture that something shows is served, one that is only hidden
is put aside, and one that nothing refers to any more is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from pb.core.jobs import job
from pb.core.site import Site

Users = Callable[[Session, str], Iterable[bool]]
"""For each place in which a key is kept: whether people see it there."""
_USERS: list[Users] = []


def users_of_pictures(function: Users) -> Users:
    """Register a feature's places."""
    _USERS.append(function)
    return function


@job
def settle_picture(site: Site, key: str) -> None:
    """Put a picture's file where it belongs now. The same file may be kept in several places."""
    with site.database.reading() as session:
        seen = [one for users in _USERS for one in users(session, key)]
    if any(seen):
        site.storage.show(key)
    elif seen:
        site.storage.withhold(key)
    else:
        site.storage.drop(key)
