"""Finding proposals by words, and those that are like what somebody types.

What is indexed is folded here (lower case, no accents), with a sign for each thing that has a name
in both languages, so that both databases index the same words: FTS5 on SQLite, a tsvector on
PostgreSQL. A searched word also finds its mutated forms (parc, barc, pharc, mharc).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection, TextClause, text

from pb.projects.queries import folded
from pb.proposals.concepts import LITTLE, PAIRS

SIGN = "qz"
"""Begins the sign of a thing; no word of either language does."""
MOST_WORDS = 12
"""Of a search, and of a text for which similar ones are sought: the rarest are not known, so the
longest are taken."""

SOFT = {"p": "b", "t": "d", "c": "g", "b": "f", "d": "dd", "g": "", "m": "f", "ll": "l", "rh": "r"}
NASAL = {"p": "mh", "t": "nh", "c": "ngh", "b": "m", "d": "n", "g": "ng"}
ASPIRATE = {"p": "ph", "t": "th", "c": "ch"}

STOP_WORDS = frozenset(LITTLE.split())


def words_in(value: str) -> list[str]:
    """The folded words of a text, in order, each once, without the little ones."""
    found = re.findall(r"[\w]+(?:'[\w]+)?", folded(value).replace("_", " "))
    return list(dict.fromkeys(
        one.replace("'", "") for one in found if len(one) > 1 and one not in STOP_WORDS
    ))


def mutations(word: str) -> set[str]:
    """A Welsh word with its first letter as it stands and as it can change."""
    found = {word}
    for table in (SOFT, NASAL, ASPIRATE):
        for first in sorted(table, key=len, reverse=True):
            if word.startswith(first):
                if first in ("c", "p", "t") and word[1:2] == "h":
                    break  # ch, ph and th are letters of their own
                found.add(table[first] + word[len(first):])
                break
    return found


def radicals(word: str) -> set[str]:
    """The words of which this one can be a mutated form."""
    found = {word}
    for table in (SOFT, NASAL, ASPIRATE):
        for first, changed in table.items():
            if changed and word.startswith(changed):
                found.add(first + word[len(changed):])
    return found


def variants(word: str) -> list[str]:
    """A searched word with all that it can look like at the head of a Welsh word."""
    found: set[str] = set()
    for radical in radicals(word):
        found |= mutations(radical)
    return sorted(one for one in found if len(one) > 1)


@cache
def signs() -> dict[str, str]:
    """Every form of every word of the list to the sign of its thing."""
    found: dict[str, str] = {}
    for number, line in enumerate(PAIRS.strip().splitlines()):
        english, _, welsh = line.partition("|")
        sign = f"{SIGN}{number}"
        for word in english.split():
            for one in {word, word + "s", word + "es"}:
                found.setdefault(one, sign)
        for word in welsh.split():
            for one in mutations(folded(word).replace("-", "")):
                if len(one) > 1:
                    found.setdefault(one, sign)
    return found


def indexed(texts: Iterable[str]) -> str:
    """What the index keeps of a proposal: its words and the signs of the things it names."""
    words = words_in(" ".join(texts))
    known = signs()
    return " ".join([*words, *dict.fromkeys(known[one] for one in words if one in known)])


def put(connection: Connection, proposal_id: int, process_id: int, texts: Iterable[str]) -> None:
    """Index a proposal afresh, inside a command."""
    drop(connection, proposal_id)
    sqlite = connection.dialect.name == "sqlite"
    connection.execute(
        text(
            "INSERT INTO proposal_search (rowid, words, process_id) VALUES (:id, :words, :process)"
            if sqlite else
            "INSERT INTO proposal_search (proposal_id, process_id, words) "
            "VALUES (:id, :process, to_tsvector('simple', :words))"
        ),
        {"id": proposal_id, "process": process_id, "words": indexed(texts)},
    )


def drop(connection: Connection, proposal_id: int) -> None:
    """Take a proposal out of the index, inside a command."""
    column = "rowid" if connection.dialect.name == "sqlite" else "proposal_id"
    connection.execute(
        text(f"DELETE FROM proposal_search WHERE {column} = :id"), {"id": proposal_id}
    )


def _match(connection: Connection, groups: Iterable[Iterable[str]], joint: str) -> str:
    """Groups of alternatives in the words of each database; every word may go on."""
    if connection.dialect.name == "sqlite":
        alternatives = [" OR ".join(f'"{one}"*' for one in group) for group in groups]
        return f" {joint} ".join(f"({one})" for one in alternatives)
    alternatives = [" | ".join(f"{one}:*" for one in group) for group in groups]
    return (" & " if joint == "AND" else " | ").join(f"({one})" for one in alternatives)


def having(connection: Connection, words: str) -> TextClause | None:
    """The condition that a proposal holds every searched word; None where there is none."""
    groups = [variants(one) for one in words_in(words)[:MOST_WORDS]]
    if not groups:
        return None
    if connection.dialect.name == "sqlite":
        clause = "SELECT rowid FROM proposal_search WHERE proposal_search MATCH :match"
    else:
        clause = (
            "SELECT proposal_id FROM proposal_search WHERE words @@ to_tsquery('simple', :match)"
        )
    return text(f"proposals.id IN ({clause})").bindparams(
        match=_match(connection, groups, "AND")
    )


def alike(connection: Connection, process_id: int, value: str, most: int = 30) -> list[int]:
    """The ids of proposals that share words or things with a text, the likeliest first.

    Two must be shared, or the only one that the text has: one common word is no likeness.
    """
    words = words_in(value)
    known = signs()
    things = list(dict.fromkeys(known[one] for one in words if one in known))
    # A word with a sign is asked for by its sign alone: it would count twice.
    plain = sorted((one for one in words if one not in known), key=len, reverse=True)
    asked = [*things[:MOST_WORDS], *plain[: MOST_WORDS - len(things[:MOST_WORDS])]]
    if not asked:
        return []
    needed = min(2, len(asked))
    shared: dict[int, float] = {}
    count: dict[int, int] = {}
    for one in asked:
        rows = connection.execute(
            _holding(connection), {"match": _exact(connection, one), "process": process_id}
        ).scalars().all()
        weight = 1.0 / (3 + len(rows))  # a rare word says more than a common one
        for found in rows:
            shared[found] = shared.get(found, 0.0) + weight
            count[found] = count.get(found, 0) + 1
    ranked = sorted(
        (one for one in shared if count[one] >= needed), key=lambda one: (-shared[one], one)
    )
    return ranked[:most]


def _holding(connection: Connection) -> TextClause:
    if connection.dialect.name == "sqlite":
        return text(
            "SELECT rowid FROM proposal_search "
            "WHERE proposal_search MATCH :match AND process_id = :process"
        )
    return text(
        "SELECT proposal_id FROM proposal_search "
        "WHERE words @@ to_tsquery('simple', :match) AND process_id = :process"
    )


def _exact(connection: Connection, word: str) -> str:
    """One word with its mutated forms, whole; a sign stands for itself."""
    forms = [word] if word.startswith(SIGN) else variants(word)
    if connection.dialect.name == "sqlite":
        return " OR ".join(f'"{one}"' for one in forms)
    return " | ".join(forms)
