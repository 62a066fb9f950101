"""What may be hidden, how often one may report, what is a near-copy, what is a contact. Pure.

Every limit against misuse stands here, so that an official can defend all of them at once.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# -- limits ----------------------------------------------------------------------------------

STRANGER_A_DAY = 5
"""Reports a day from one address of people who are not signed in. More asks for signing in."""
PERSON_A_DAY = 20
UNFOUNDED = 3
"""So many reports in a row that moderators found nothing in: the next one hides nothing."""
UNFOUNDED_DAYS = timedelta(days=30)
HIDDEN_AN_HOUR = 20
"""Posts of one process that strangers' reports may hide in an hour, from all addresses."""
REOPENED = 3
"""After so many times "stays" with the same words, reports are counted and open no case."""
APPEAL_DAYS = 14
COPIES = 5
"""Near-copies in an hour from one address that are held, with all before them."""
SHORT_COPIES = 12
SHORT = 8
"""Fewer words than this are a short post: "Great idea!" comes honestly more than once."""
WINDOW = timedelta(hours=1)
ALIKE = 0.5
"""Share of common pieces above which two posts are near-copies (``likeness``)."""
MARKS_KEPT = timedelta(days=1)
ADDRESSES_KEPT = timedelta(days=2)

# -- reports and decisions -------------------------------------------------------------------

CODES = ("personal", "insult", "unlawful", "advert", "misleading", "other")
"""Why somebody reports, and why a moderator hides."""
DECISIONS = ("stays", "hidden")
PROTECTED_DECISIONS = ("stays", "passed")


@dataclass(frozen=True)
class Standing:
    """What counts when a report comes in. ``stays`` is for the words as they are now."""

    protected: str
    """Why it is never hidden by a report: "ballot", "statement", "decision"; or nothing."""
    stays: int
    unfounded: int
    """The reporter's last reports in a row that moderators found nothing in."""
    hidden_by_strangers: int
    """In this process in the last hour."""
    stranger: bool


def held_back(standing: Standing) -> str:
    """Why a report does not hide its subject at once; nothing where it does."""
    if standing.protected:
        return standing.protected
    if standing.stays:
        return "stays"
    if standing.unfounded >= UNFOUNDED:
        return "unfounded"
    if standing.stranger and standing.hidden_by_strangers >= HIDDEN_AN_HOUR:
        return "many"
    return ""


def opens_case(standing: Standing) -> bool:
    """Whether a moderator looks again; what stayed so often with the same words is settled."""
    return standing.stays < REOPENED


def may_appeal(outcome: str, decided_at: datetime | None, appealed: bool, now: datetime) -> bool:
    return (
        outcome == "hidden" and not appealed and decided_at is not None
        and now < decided_at + timedelta(days=APPEAL_DAYS)
    )


def digest(words: Sequence[str], pictures: Sequence[str] = ()) -> str:
    """Of what a moderator looked at. Other words, and it has to be looked at again."""
    text = "\x1e".join([*words, "\x1d", *pictures])
    return hashlib.sha256(text.encode()).hexdigest()


# -- near-copies -----------------------------------------------------------------------------

PIECE = 4
SKETCH = 96


def folded(text: str) -> str:
    """Small letters without accents and signs, one space between words: copies are dressed up."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    kept = (one if one.isalnum() else " " for one in bare if not unicodedata.combining(one))
    return " ".join("".join(kept).split())


def words_in(text: str) -> int:
    return len(folded(text).split())


def sketch(text: str) -> list[int]:
    """A post's fingerprint: the smallest hashes of its pieces of four letters, in order.

    Two posts' sketches tell how alike they are; from one alone nobody reads the post.
    """
    bare = folded(text)
    pieces = {bare[start : start + PIECE] for start in range(max(1, len(bare) - PIECE + 1))}
    hashes = {
        int.from_bytes(hashlib.blake2b(piece.encode(), digest_size=5).digest(), "big")
        for piece in pieces
    }
    return sorted(hashes)[:SKETCH]


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of pieces that two posts have in common, from 0 to 1, estimated by sketches."""
    if not one or not other:
        return 0.0
    mine, theirs = set(one), set(other)
    smallest = sorted(mine | theirs)[:SKETCH]
    return sum(1 for piece in smallest if piece in mine and piece in theirs) / len(smallest)


def too_many(words: int, alike: int) -> bool:
    """Whether so many near-copies, this one counted, are held."""
    return alike >= (SHORT_COPIES if words < SHORT else COPIES)


def network(address: str) -> str:
    """The part of an address that one line has: all of it, or the first half of a long one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)


# -- contacts --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contact:
    """Something in a text by which a person can be reached or found."""

    kind: str
    """email, phone, address or link."""
    text: str


_POSTCODE = r"(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})"
_PATTERNS = (
    ("email", re.compile(
        r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@| ?[\[(](?:at|yn)[\])] ?)"
        r"[\w-]{1,63}(?:(?:\.| ?[\[(]dot[\])] ?)[\w-]{1,63}){1,8}",
        re.I)),
    ("link", re.compile(
        r"(?:https?://|www\.)[^\s<>()]+[^\s<>().,;:!?’'\"]"
        r"|(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|info|biz|online|shop|xyz|io|co|uk|wales|cymru|eu)\b"
        r"(?:/[^\s<>()]*)?", re.I)),
    ("phone", re.compile(
        r"(?<![\d£€$.,/-])(?:(?:\+|00) ?44 ?(?:\(0\) ?)?|\(?0)(?=[1-357-8])"
        r"(?:[\d](?:[ .()-]{0,2})){8,9}\d(?![\d])")),
    ("address", re.compile(
        r"\b\d{1,4}[a-z]?,? +(?=[^\n]{0,80}[a-z])[^\n]{2,70}?\b" + _POSTCODE + r"\b", re.I)),
)


def notice_contacts(text: str) -> list[Contact]:
    """Mail addresses, UK phone numbers, houses with their postcode, and links, in their order.

    An author sees them before posting and decides; nothing is taken out of a text.
    """
    found: list[tuple[int, int, Contact]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end, _ in found):
                continue
            found.append((start, end, Contact(kind, match[0].strip())))
    return [contact for _, _, contact in sorted(found, key=lambda one: one[0])]
