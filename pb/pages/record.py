"""The public record as people read it: its size and its seal, and each act in a sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pb.core.i18n import N_, NN_
from pb.core.web import Request
from pb.processes.models import Process
from pb.record import queries, services

ACTS_A_PAGE = 50

RESULTS = {
    "provisional": N_("Count %(count)s was published as the provisional result."),
    "final": N_("The result of count %(count)s was declared final."),
    "withdrawn": N_("The published result of count %(count)s was withdrawn."),
}
LEVELS = {
    "A": N_("All of them are published."),
    "B": N_("Choices that ten or more people share are published."),
    "C": N_("Only the totals are published."),
}


@dataclass(frozen=True)
class Act:
    """One entry that is no vote: its number, what happened in sentences, the reason if any."""

    number: int
    words: list[str]
    reason: str
    fingerprint: str


@dataclass(frozen=True)
class RecordView:
    """``signed``: how many entries the newest signature covers; 0 before the first one."""

    size: int
    votes: int
    signed: int
    root: str
    note: str
    key: str
    acts: list[Act]
    found: int
    page: int
    last: int


def record_view(request: Request, process: Process, page: int) -> RecordView | None:
    """What the page shows; None before the record has begun."""
    log = queries.log_of(request.connection, process.id)
    if log is None:
        return None
    head = queries.last_head(request.connection, process.id)
    found = queries.count_acts(request.connection, process.id)
    last = max(1, -(-found // ACTS_A_PAGE))
    page = min(last, max(1, page))
    leaves = queries.acts(
        request.connection, process.id, (page - 1) * ACTS_A_PAGE, ACTS_A_PAGE
    )
    return RecordView(
        size=log.size, votes=log.size - found, signed=head.size if head else 0,
        root=head.root.hex() if head else "", note=head.note if head else "",
        key=services.public_key(request.site).hex(),
        acts=[act(request, leaf) for leaf in leaves], found=found, page=page, last=last,
    )


def act(request: Request, leaf: queries.TheLeaf) -> Act:
    """An entry in the reader's words."""
    body = json.loads(leaf.payload) if leaf.payload is not None else {"kind": "erased"}
    say = Sentences(request)
    words = getattr(say, body["kind"].replace("-", "_"), say.erased)(body)
    return Act(leaf.number, words, str(body.get("reason", "")), leaf.hash.hex())


class Sentences:
    """What each kind of entry says; the methods are named by the kinds."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.reader = request.reader

    def say(self, words: N_, **parameters: object) -> str:
        return self.reader.say(words, **parameters)

    def counted(self, words: N_, number: int, **parameters: object) -> str:
        return self.say(words, num=number, shown=self.reader.number(number), **parameters)

    def rules(self, body: dict[str, Any]) -> list[str]:
        options = len(body.get("options", ()))
        found = [
            self.counted(
                NN_("The rules were fixed, with %(shown)s project on the ballot.",
                    "The rules were fixed, with %(shown)s projects on the ballot."), options,
            )
        ]
        voting = next(
            (one for one in body.get("phases", ()) if one.get("kind") == "voting"), None
        )
        if voting and voting.get("closes"):
            found.append(
                self.say(
                    N_("Voting: from %(opens)s to %(closes)s."),
                    opens=self._moment(voting["opens"]), closes=self._moment(voting["closes"]),
                )
            )
        return found

    def _moment(self, text: str) -> str:
        return self.reader.datetime(datetime.fromisoformat(text), "long")

    def change(self, body: dict[str, Any]) -> list[str]:
        return [
            self.reader.sentence(body["what"], **body.get("details", {}))
        ]

    def roll(self, body: dict[str, Any]) -> list[str]:
        return [
            self.counted(
                NN_("The list of voters was fixed. %(shown)s person may vote.",
                    "The list of voters was fixed. %(shown)s people may vote."),
                sum(body.get("entitled", {}).values()),
            )
        ]

    def roll_change(self, body: dict[str, Any]) -> list[str]:
        found = []
        added = sum(body.get("added", {}).values())
        voided = sum(body.get("voided", {}).values())
        if added:
            found.append(
                self.counted(
                    NN_("%(shown)s voter was added to the list.",
                        "%(shown)s voters were added to the list."), added,
                )
            )
        if voided or not added:
            found.append(
                self.counted(
                    NN_("%(shown)s place on the list was made void.",
                        "%(shown)s places on the list were made void."), voided,
                )
            )
        return found

    def close(self, body: dict[str, Any]) -> list[str]:
        found = [
            self.say(N_("Voting closed.")),
            self.counted(
                NN_("%(shown)s vote was cast.", "%(shown)s votes were cast."),
                body.get("casts", 0),
            ),
        ]
        if body.get("replaced"):
            found.append(
                self.counted(
                    NN_("%(shown)s of them was replaced by a later one of the same voter.",
                        "%(shown)s of them were replaced by a later one of the same voter."),
                    body["replaced"],
                )
            )
        found.append(
            self.counted(
                NN_("%(shown)s ballot counts.", "%(shown)s ballots count."),
                body.get("counted", 0),
            )
        )
        return found

    def opened(self, body: dict[str, Any]) -> list[str]:
        found = [
            self.counted(
                NN_("%(shown)s sealed ballot was opened.", "%(shown)s sealed ballots were opened."),
                body.get("number", 0),
            )
        ]
        if body.get("unopenable"):
            found.append(
                self.counted(
                    NN_("%(shown)s could not be opened.", "%(shown)s could not be opened."),
                    body["unopenable"],
                )
            )
        level = LEVELS.get(body.get("level", ""))
        return [*found, self.say(level)] if level else found

    def seed(self, body: dict[str, Any]) -> list[str]:
        return [self.say(N_("The number from which lots are drawn was recorded."))]

    def result(self, body: dict[str, Any]) -> list[str]:
        words = RESULTS.get(body.get("state", ""), RESULTS["provisional"])
        return [self.say(words, count=body.get("count", ""))]

    def objection(self, body: dict[str, Any]) -> list[str]:
        return [self.say(N_("Objection %(number)s was made."), number=body.get("number", ""))]

    def answer(self, body: dict[str, Any]) -> list[str]:
        words = (
            N_("Objection %(number)s was answered: it was right.") if body.get("upheld")
            else N_("Objection %(number)s was answered: it was not upheld.")
        )
        return [self.say(words, number=body.get("number", ""))]

    def correction(self, body: dict[str, Any]) -> list[str]:
        if body.get("what") == "rollback":
            size = body.get("lost", {}).get("size", 0)
            return [
                self.say(
                    N_("The database was put back to an earlier state. Entries that stood here "
                       "are lost; %(size)s had been signed."), size=self.reader.number(size),
                )
            ]
        if body.get("what") == "new-key":
            return [self.say(N_("The signing key was lost. A new one signs from here on."))]
        return [self.say(N_("Something in the record was corrected."))]

    def void(self, body: dict[str, Any]) -> list[str]:
        return [
            self.counted(
                NN_("%(shown)s vote was declared void by two officials.",
                    "%(shown)s votes were declared void by two officials."),
                len(body.get("leaves", ())),
            )
        ]

    def destroyed(self, body: dict[str, Any]) -> list[str]:
        return [
            self.counted(
                NN_("%(shown)s sealed envelope and the key that opens it were destroyed by two "
                    "officials.",
                    "%(shown)s sealed envelopes and the key that opens them were destroyed by two "
                    "officials."), body.get("envelopes", 0),
            )
        ]

    def audit(self, body: dict[str, Any]) -> list[str]:
        return [
            self.say(
                N_("Auditors signed a statement about the opened ballots: %(name)s."),
                name=body.get("name", body.get("organisation", "")),
            )
        ]

    def erased(self, body: dict[str, Any]) -> list[str]:
        return [self.say(N_("The content of this entry was erased. Its fingerprint stays."))]
