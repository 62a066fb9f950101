#!/usr/bin/env python3
"""Check a vote from its bundle, without trusting whoever ran it.

    python3 -I verify.py BUNDLE [--key HEX] [--head FILE] [--receipt TEXT] [--auditor FOLDER]

One file, nothing but Python's standard library (3.9 or newer), and no line shared with the program
that ran the vote. It reads the bundle, checks every byte of every member, counts the ballots again
by the published rule, and says of each check what it means. Exit 0: everything that was looked at
holds. Exit 1: something does not, and the last lines name what.

--key      the log's public key, from a letter or a notice; without it a forger's own would do
--head     a signed head from the minutes or a witness: the log still contains what it covers
--receipt  the text of a voter's receipt: this ballot is in the log
--auditor  a folder with the box's private key: every envelope is opened again

From top to bottom: the file, the log, the ballots, the rules, the arithmetic, the checks in order.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import heapq
import hmac
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from collections import Counter
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

NAMES = ["README.txt", "ballots.jsonl", "heads.txt", "index.json", "log.jsonl", "manifest.json",
         "result.json", "verify.py"]


class Wrong(Exception):
    """Something does not hold: in which member, on which line, and what."""


def need(holds: Any, where: str, what: str) -> None:
    if not holds:
        raise Wrong(f"{where}: {what}")


class Report:
    def __init__(self) -> None:
        self.unproved: list[str] = []

    def ok(self, title: str, meaning: str) -> None:
        print(f"OK   {title}\n     {meaning}")

    def open(self, word: str, meaning: str) -> None:
        print(f"{word}\n     {meaning}")
        self.unproved.append(word)


# -- The file: one plain zip, every byte of it accounted for ---------------------------------------

def unzip(data: bytes) -> dict[str, bytes]:
    """The members by name. Whatever two programs could read differently is refused; packing,
    order and dates are free."""
    where, end, at = "the bundle", len(data) - 22, 0
    need(end >= 0 and data[end:end + 4] == b"PK\5\6" and data[-2:] == b"\0\0", where,
         "it is no zip file, or a comment or other bytes stand behind its end")
    number, size, start = struct.unpack("<H2L", data[end + 10:end + 20])
    need(start + size == end, where, "bytes stand before it, or its table of members is damaged")
    members: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            found = sorted(file.infolist(), key=lambda one: one.header_offset)
            need(number == len(found) and file.start_dir == start, where, "its table is damaged")
            need(sum(one.file_size for one in found) <= min(2 << 30, 100 * len(data) + (10 << 20)),
                 where, "it would unpack to more than any vote's record: it may be a trap")
            for one in found:
                name = one.orig_filename
                need(name in NAMES, where, f"it has a member {name[:80]!r}, which no bundle has")
                need(name not in members, where, f"{name} is in it twice")
                need(one.compress_type in (0, 8) and not one.flag_bits & ~0x80E and not one.comment
                     and one.external_attr >> 28 in (0, 8), name, "it is encrypted, a link, packed "
                     "in an unusual way, or has a comment")
                need(one.header_offset == at, name, "before it are bytes that belong to no member")
                method, = struct.unpack("<H", data[at + 8:at + 10])
                lengths = struct.unpack("<2H", data[at + 26:at + 30])
                extra = data[at + 30 + lengths[0]:at + 30 + sum(lengths)]
                for fields in (one.extra, extra):  # times and owners, no second name or size
                    while fields:
                        kind, length = struct.unpack("<2H", fields[:4])
                        need(kind in (0xA, 0x5455, 0x5855, 0x7855, 0x7875), name,
                             "its entry has a field that this program does not know")
                        fields = fields[4 + length:]
                need(method == one.compress_type, name, "its two headers differ")
                members[name] = file.read(one)
                at += 30 + sum(lengths) + one.compress_size
                if one.flag_bits & 8:  # written as a stream: its sizes stand again behind it
                    at += 16 if data[at:at + 4] == b"PK\7\x08" else 12
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError,
            ValueError, EOFError, OSError) as error:
        raise Wrong(f"the bundle: it cannot be unpacked: {str(error)[:120]}") from error
    need(at == start, where, "behind its last member are bytes that belong to none")
    for name in NAMES:
        need(name in members, where, f"{name} is missing")
    return members

def whole_number(text: str) -> int:
    if len(text) > 18 or not text.lstrip("-").isdigit():
        raise ValueError(f"{text[:40]} is not a whole number of at most 18 digits")
    return int(text)

DECODER = json.JSONDecoder(parse_int=whole_number, parse_float=whole_number,
                           parse_constant=whole_number)
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

def canonical(raw: bytes, where: str) -> Any:
    """The JSON value of these bytes, which must be the only way in which to write it."""
    try:
        text = raw.decode("utf-8")
        value = DECODER.decode(text)
        same = ENCODER.encode(value) == text and "\\u0000" not in text.replace("\\\\", "")
    except (ValueError, RecursionError) as error:
        raise Wrong(f"{where}: it cannot be read: {str(error)[:120]}") from error
    need(same, where, "it is not written in the one canonical way (order of keys, spaces, escapes)")
    return value

def fits(value: Any, shape: Any) -> bool:
    """Whether a value has a shape: a type, (one of several), [list of], {mapping to}, or keys."""
    if isinstance(shape, type):
        return type(value) is shape
    if isinstance(shape, tuple):
        return any(fits(value, one) for one in shape)
    if isinstance(shape, list):
        return type(value) is list and all(fits(one, shape[0]) for one in value)
    if isinstance(shape, set):
        return type(value) is dict and all(fits(one, *shape) for one in value.values())
    if isinstance(shape, dict):
        return type(value) is dict and all(
            key in value and fits(value[key], inside) for key, inside in shape.items())
    return type(value) is type(shape) and bool(value == shape)

def lines_of(raw: bytes, name: str) -> list[tuple[str, bytes]]:
    need(raw == b"" or raw.endswith(b"\n"), name, "its last line is cut off")
    return [(f"{name} line {at}", line) for at, line in enumerate(raw.split(b"\n")[:-1], 1)]

def unbase64(text: str, length: int, where: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise Wrong(f"{where}: this is not base64") from error
    need(base64.b64encode(raw).decode() == text and len(raw) == length, where,
         f"here {length} bytes in canonical base64 should stand")
    return raw

def unhex(text: str, where: str) -> bytes:
    need(re.fullmatch("[0-9a-f]{64}", text), where, "here 64 hexadecimal digits should stand")
    return bytes.fromhex(text)


# -- The log: one leaf a line, and the heads that were signed over it ------------------------------

MANIFEST = {
    "kind": "rules", "version": 1, "process": str, "currency": str, "min_support": int,
    "ballot": {"kind": str, "max_choices": (type(None), int), "max_points": (type(None), int)},
    "method": {"name": str, "settings": dict, "seats": int}, "lot_order": [str], "lot_seed": str,
    "areas": [{"id": str, "budget": int}], "options": [{"id": str, "area": str, "cost": int}],
    "box": {"algorithm": "HPKE-X25519-HKDF-SHA256-AES-128-GCM", "public_key": str,
            "envelope_bytes": int},
    "publication": ("A", "B", "C"), "signing_key": str, "origin": str,
}
KINDS: dict[str, dict[str, Any]] = {
    "rules": MANIFEST, "change": {"what": str}, "roll": {"entitled": {int}, "commitment": str},
    "roll-change": {"added": {int}, "voided": {int}}, "seed": {"purpose": str, "value": str},
    "cast": {"envelope": str, "replaces": (type(None), int)},
    "close": {"casts": int, "replaced": int, "counted": int, "voted": int, "voided_ballots": int},
    "opened": {"number": int, "sha256": str, "level": ("A", "B", "C"), "published_sha256": str,
               "unopenable": int},
    "result": {"count": int, "state": ("provisional", "final", "withdrawn"), "sha256": str},
    "objection": {}, "answer": {}, "correction": {}, "void": {}, "audit": {},
    "destroyed": {"envelopes": int},
}

class Log:
    """``hashes`` of all leaves, ``casts`` (envelopes by number), ``acts``: the others by kind."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.hashes: list[bytes] = []
        self.casts: dict[int, bytes] = {}
        self.replaced: set[int] = set()
        self.erased = 0
        self.acts: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        for number, (where, line) in enumerate(lines_of(members["log.jsonl"], "log.jsonl")):
            leaf = canonical(line, where)
            if fits(leaf, {"erased": str}) and len(leaf) == 1:
                self.hashes.append(unhex(leaf["erased"], where))
                need(number and not self.acts["close"], where, "only casts can be erased")
                self.erased += 1
                continue
            self.hashes.append(hashlib.sha256(b"\0" + line).digest())
            kind = leaf.get("kind") if type(leaf) is dict else None
            need(type(kind) is str and kind in KINDS, where, "this is a leaf of an unknown kind")
            need(fits(leaf, KINDS[kind]), where, f"this leaf of kind {kind!r} has wrong keys")
            need((kind == "rules") == (number == 0), where, "the rules are not leaf 0 and only it")
            if number == 0:
                need(line == members["manifest.json"], "manifest.json", "it is not leaf 0")
                self.manifest, self.origin = leaf, leaf["origin"]
            if kind != "cast":
                self.acts[kind].append({**leaf, "where": where})
                continue
            need(len(leaf) == 3, where, "beside its envelope this cast tells more than it may")
            need(not self.acts["close"], where, "this ballot was cast after the close")
            before = leaf["replaces"]
            if before is not None:
                need(before in self.casts and before not in self.replaced, where,
                     f"it replaces leaf {before}, which is no earlier ballot that still counted")
                self.replaced.add(before)
            self.casts[number] = unbase64(
                leaf["envelope"], self.manifest["box"]["envelope_bytes"], where)
        need(self.hashes, "log.jsonl", "it is empty")

    def only(self, kind: str) -> dict[str, Any]:
        found = self.acts[kind]
        need(len(found) == 1, "log.jsonl", f"it should have one leaf {kind!r}, not {len(found)}")
        return found[0]

def roots_of(hashes: list[bytes]) -> list[bytes]:
    """The tree's root at every size from 1 (RFC 9162): complete subtrees, folded from the right."""
    roots, whole = [], []
    for number, leaf in enumerate(hashes, 1):
        whole.append(leaf)
        while number % 2 == 0:
            right, number = whole.pop(), number // 2
            whole[-1] = hashlib.sha256(b"\1" + whole[-1] + right).digest()
        root = whole[-1]
        for left in reversed(whole[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        roots.append(root)
    return roots

def note_of(text: str, name: str, key: bytes, where: str, alone: bool = True) -> list[str]:
    """The text of a signed note, by lines. ``alone``: no signature of others may stand under it."""
    body, middle, below = text.partition("\n\n")
    signatures = below.split("\n")
    ours = [line for line in signatures if line.startswith(f"\u2014 {name} ")]
    need(middle and signatures.pop() == "" and len(ours) == 1 and (ours == signatures or not alone),
         where, "it is not signed by the log just once, or there is a signature nobody knows")
    raw = unbase64(ours[0][len(name) + 3:], 68, where)
    key_id = hashlib.sha256(name.encode() + b"\n\1" + key).digest()[:4]
    need(raw[:4] == key_id and signed_by(key, raw[4:], body.encode() + b"\n"), where,
         "its signature is not by the log's key")
    return body.split("\n")

def head_of(text: str, log: Log, key: bytes, where: str, alone: bool = True) -> tuple[int, bytes]:
    lines = note_of(text, log.origin, key, where, alone)
    need(len(lines) == 3 and lines[0] == log.origin and re.fullmatch("[1-9][0-9]{0,17}", lines[1]),
         where, "it is not a head of this log")
    return int(lines[1]), unbase64(lines[2], 32, where)


# -- The ballots: valid under the rules ------------------------------------------------------------

class Contest:
    """What is voted on, as the manifest says. A ballot is a tuple of (option, points)."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        ballot, method, where = manifest["ballot"], manifest["method"], "manifest.json"
        self.kind, self.most, self.points = (
            ballot[name] for name in ("kind", "max_choices", "max_points"))
        self.method, self.seats, self.least = method["name"], method["seats"], manifest["min_support"]
        self.ids = [option["id"] for option in manifest["options"]]
        self.cost = {option["id"]: option["cost"] for option in manifest["options"]}
        self.area = {option["id"]: option["area"] for option in manifest["options"]}
        self.budgets = {area["id"]: area["budget"] for area in manifest["areas"]}
        need(len(self.budgets) == len(manifest["areas"]) and len(self.cost) == len(self.ids)
             and set(self.area.values()) <= set(self.budgets), where,
             "an area or option is named twice, or an option's area is not there")
        need(min(*self.cost.values(), *self.budgets.values(), self.seats, self.least, 0) == 0,
             where, "a cost, a budget or a number is below nothing")
        self.settings = dict(method["settings"])
        groups = self.settings.pop("groups", [])
        need(fits(groups, [{"options": [str]}]), where, "its groups cannot be read")
        self.groups = [set(group["options"]) for group in groups]
        self.apart = [set(one["options"]) for one in groups if one.get("exclusive_on_ballot")]
        lots = {one: hashlib.sha256(f"{manifest['lot_seed']}\n{one}".encode()).digest()
                for one in self.ids}
        need(manifest["lot_order"] == sorted(self.ids, key=lambda one: (lots[one], one)), where,
             "its order of lots is not the one that its seed gives")
        self.lot = {option: place for place, option in enumerate(manifest["lot_order"])}

    def setting(self, name: str, default: Any) -> Any:
        value = self.settings.get(name, default)
        need(type(value) is type(default), "manifest.json", f"the setting {name} cannot be read")
        return value

    def rivals(self, option: str) -> set[str]:
        return {one for group in self.groups if option in group for one in group} - {option}

    def ballot(self, content: Any, where: str) -> tuple[Any, ...]:
        key, points = self.kind.replace("ranked", "ranking"), self.kind == "points"
        need(fits(content, {key: {int} if points else [str]}) and len(content) == 1, where,
             "this ballot is not of the vote's kind")
        chosen = list(content[key])
        numbers = [content[key][one] for one in chosen] if points else [1] * len(chosen)
        need(set(chosen) <= set(self.ids), where, "it names an option that is not in the vote")
        need(len(set(chosen)) == len(chosen) and (key == "ranking" or chosen == sorted(chosen)),
             where, "it names an option twice, or not in the canonical order")
        need(self.most is None or len(chosen) <= self.most, where, "it names too many options")
        need(min(numbers, default=1) > 0 and (not points or sum(numbers) <= (self.points or 1e18)),
             where, "its points break the rule")
        spent = Counter[str]()
        for one in chosen if key == "knapsack" else ():
            spent[self.area[one]] += self.cost[one]
        need(all(spent[area] <= self.budgets[area] for area in spent), where,
             "it spends more than the budget")
        need(all(len(group.intersection(chosen)) < 2 for group in self.apart), where,
             "it names two options that exclude each other")
        return tuple(zip(chosen, numbers))  # noqa: B905 - strict= is newer than 3.9

def ballots_of(raw: bytes, contest: Contest) -> Counter[Any]:
    """The complete file: sorted by tracking code, each code once, each ballot a valid one."""
    groups, known, before = Counter[Any](), dict[str, Any](), ""
    for where, line in lines_of(raw, "ballots.jsonl"):
        entry = canonical(line, where)
        need(fits(entry, {"ballot": dict, "tracking": str, "word": str}) and len(entry) == 3
             and re.fullmatch("[0-9A-HJKMNP-TV-Z]{12}", entry["tracking"]), where,
             "here a ballot, a tracking code of 12 letters and digits, and a word should stand")
        need(before < entry["tracking"], where, "the codes are not sorted, or one stands twice")
        before, text = entry["tracking"], ENCODER.encode(entry["ballot"])
        if text not in known:
            known[text] = contest.ballot(entry["ballot"], where)
        groups[known[text]] += 1
    return groups

def patterns_of(raw: bytes, contest: Contest, number: int) -> int:
    """Level B: patterns that ten or more hold, and how many are withheld; gives those shown."""
    shown, seen, withheld = 0, set(), -1
    for where, line in lines_of(raw, "ballots.jsonl"):
        entry = canonical(line, where)
        need(withheld < 0, where, "something stands behind the last line")
        if fits(entry, {"withheld": int}) and len(entry) == 1:
            withheld = entry["withheld"]
            continue
        need(fits(entry, {"ballot": dict, "number": int}) and len(entry) == 2
             and entry["number"] >= 10, where, "here a pattern of ten or more should stand")
        ballot = contest.ballot(entry["ballot"], where)
        need(ballot not in seen, where, "this pattern stands twice")
        seen.add(ballot)
        shown += entry["number"]
    need(withheld >= 0 and shown + withheld == number, "ballots.jsonl",
         f"the ballots shown and those withheld are not the {number} that were opened")
    return shown


# -- The rules -------------------------------------------------------------------------------------

def recount(contest: Contest, groups: Counter[Any]) -> dict[str, Any]:
    """The outcome by the contest's rule, in the words of result.json."""
    votes = Counter({ballot: number for ballot, number in groups.items() if ballot})
    rules = {"greedy": (greedy, "threshold skip part_funding_percent"),
             "equal-shares": (equal_shares, SHARES), "equal-shares-ranked": (equal_shares, SHARES),
             "scottish-stv": (ranked_choice, ""), "irv": (ranked_choice, "")}
    rule, settings = rules.get(contest.method, (None, ""))
    need(rule and (contest.kind == "ranked") == (contest.method not in ("greedy", "equal-shares")),
         "manifest.json", f"this program cannot count {contest.kind} by {contest.method!r}")
    for name in contest.settings:
        need(name in settings.split(), "manifest.json", f"this program does not know the rule's "
             f"setting {name!r}, so it cannot count again")
    valid, blank = sum(votes.values()), groups[()]
    return {"method": f"{contest.method}/1", "ballots": valid + blank, "valid": valid,
            "blank": blank, "invalid": 0, **rule(contest, votes)}

def by_support(contest: Contest, votes: Counter[Any]) -> tuple[dict[str, int], list[str]]:
    """Votes or points by option; options with enough of them that their purse could pay: most
    votes first, then the lower cost, then the lot."""
    support = dict.fromkeys(contest.ids, 0)
    for ballot, number in votes.items():
        for option, points in ballot:
            support[option] += points * number
    needed = max(1, contest.least, contest.setting("threshold", 0))
    able = (one for one in contest.ids if support[one] >= needed
            and contest.cost[one] <= contest.budgets[contest.area[one]])
    return support, sorted(able, key=lambda o: (-support[o], contest.cost[o], contest.lot[o]))

def allocation(budgets: dict[str, int], support: dict[str, int], funded: list[list[Any]],
               left: dict[str, int]) -> dict[str, Any]:
    """``funded``: [option, money then left in its purse], in the rule's order."""
    return {"selected": [option for option, _ in funded], "left": left, "steps": funded,
            "cost": sum(budgets.values()) - sum(left.values()),
            "support": {option: str(number) for option, number in support.items()}}

def greedy(contest: Contest, votes: Counter[Any]) -> dict[str, Any]:
    """Most votes first, while the money of the option's area lasts."""
    skip, part = contest.setting("skip", True), contest.setting("part_funding_percent", 0)
    support, order = by_support(contest, votes)
    left, stopped, funded = dict(contest.budgets), set(), []
    for option in order:
        area, cost = contest.area[option], contest.cost[option]
        if area in stopped or contest.rivals(option).intersection(one for one, _ in funded):
            continue
        if cost <= left[area] or part and left[area] * 100 >= part * cost:
            funded.append([option, max(0, left[area] - cost)])
        if cost > left[area] and (part or not skip):
            stopped.add(area)
        if funded and funded[-1][0] == option:
            left[area] = funded[-1][1]
    return allocation(contest.budgets, support, funded, left)

SHARES = "threshold skip completion increment utility integral_start exhaustive_stop"

def equal_shares(contest: Contest, votes: Counter[Any]) -> dict[str, Any]:
    """Each purse is shared equally among its voters, who buy together what they support."""
    support, order = by_support(contest, votes)
    funded, left = [], dict(contest.budgets)
    for area in sorted(contest.budgets, key=lambda area: (area == "", area)):
        names = [option for option in order if contest.area[option] == area]
        for option in Purse(contest, area, votes, names).bought() if names else ():
            left[area] -= contest.cost[option]
            funded.append([option, left[area]])
    return allocation(contest.budgets, support, funded, left)

class Purse:
    """Equal shares in one purse. Options are numbers, in the order that settles ties."""

    def __init__(self, contest: Contest, area: str, votes: Counter[Any], names: list[str]) -> None:
        self.contest, self.names, self.budget = contest, names, contest.budgets[area]
        place, ranked, cut = {o: at for at, o in enumerate(names)}, contest.kind == "ranked", Counter[Any]()
        for ballot, number in votes.items():
            if any(contest.area[option] == area for option, _ in ballot):
                kept = [(place[option], points) for option, points in ballot if option in place]
                cut[tuple(kept if ranked else sorted(kept))] += number
        self.voters, self.groups = sum(cut.values()), len(cut)
        # By rank and option: (group, ballots, points) of those who rank it so high or higher.
        self.backers: list[list[list[tuple[int, int, int]]]] = [
            [[] for _ in names] for _ in range(max(map(len, cut)) if ranked else 1)]
        for group, (kept, number) in enumerate(cut.items()):
            for rank, (option, points) in enumerate(kept):
                for backers in self.backers[rank * ranked:]:
                    backers[option].append((group, number, points))
        self.costs = [contest.cost[option] for option in names]
        by_cost = contest.setting("utility", "cost") == "cost"
        self.worth = [cost or 1 if by_cost else 1 for cost in self.costs]
        self.rivals = [{place.get(one, -1) for one in contest.rivals(name)} for name in names]

    def open(self, done: list[int]) -> list[int]:
        return [one for one in range(len(self.names))
                if one not in done and self.rivals[one].isdisjoint(done)]

    def bought(self) -> list[str]:
        """A run with equal shares; the shares raised ("add1") as long as the outcome costs no more
        than there is; the rest given by votes ("utility")."""
        completion, step = self.contest.setting("completion", "add1"), self.contest.setting("increment", 100)
        need(completion in ("add1", "none", "utility", "add1-utility") and step > 0
             and self.contest.setting("utility", "cost") in ("cost", "cardinality"),
             "manifest.json", "its completion, increment or utility is unknown")
        share = Fraction(self.budget, self.voters)
        if self.contest.setting("integral_start", False):
            share = Fraction(share // step * step)
        best, jump = Run(self, share), 1
        while completion.startswith("add1") and (left_over := self.open(best.done)):
            if self.contest.setting("exhaustive_stop", False) and self.budget - best.cost() < min(
                    self.costs[one] for one in left_over):
                break
            # A far larger share first: if each choice is provably the same all the way, the runs
            # between need not be made. Else by single steps.
            trial = Run(self, best.share + jump * step, best, jump > 1)
            if trial.same:
                best, jump = trial, 2 * jump
            elif jump > 1:
                jump //= 2
            elif trial.cost() > self.budget:
                break
            else:
                best = trial
        for option in self.open(best.done) if completion.endswith("utility") else ():
            if best.cost() + self.costs[option] <= self.budget and option in self.open(best.done):
                best.done.append(option)
        return [self.names[option] for option in best.done]

class Run:
    """Buying with one share: always what has the lowest price for its worth.

    Voters who paid for the same things have the same money and are one class. All money is whole
    numbers of 1/``parts``, made finer whenever a price needs it, so every figure is exact.
    ``below``: a run with a smaller share. ``same``: every share between buys the same, since prices
    only fall as shares grow: what is cheapest at the price that it has with the smaller share,
    among all others at theirs with the larger one, is cheapest for all between.
    """

    def __init__(self, purse: Purse, share: Fraction, below: Run | None = None,
                 only_same: bool = False) -> None:
        self.purse, self.share, self.parts, self.same = purse, share, share.denominator, bool(below)
        self.money, self.classes = [share.numerator, 0], [0] * purse.groups  # class 1 has nothing
        self.done: list[int] = []
        self.bids: list[tuple[Fraction, int, int]] = []  # price for its worth, option, rank
        for rank, backers in enumerate(purse.backers):
            # What each costs for its worth if all its backers can pay: less it cannot be.
            waiting = [(Fraction(purse.costs[o], purse.worth[o] * sum(n * p for _, n, p in backers[o])), o)
                       for o in purse.open(self.done) if backers[o]]
            heapq.heapify(waiting)
            while self.same or not only_same:
                known = self.same and below and len(self.bids) < len(below.bids)
                limit = below.bids[len(self.bids)] if known and below else (Fraction(-1), -1, -1)
                looked: list[tuple[Fraction, int]] = []
                while waiting and (not looked or waiting[0][0] <= max(min(looked), limit[:2])[0]):
                    _, option = heapq.heappop(waiting)
                    price = self.price(option, rank)
                    if price and option in purse.open(self.done):
                        looked.append((Fraction(*price) / self.parts / purse.worth[option], option))
                if not looked:
                    break
                looked.sort()
                best = looked.pop(0)
                self.same = bool(known and limit[1:] == (best[1], rank) and min(looked, default=(limit[0] + 1, 0)) > limit[:2])
                for other in looked:
                    heapq.heappush(waiting, other)
                self.buy(best, rank)
        self.same = bool(self.same and below and len(self.bids) == len(below.bids))

    def cost(self) -> int:
        return sum(self.purse.costs[option] for option in self.done)

    def held(self, option: int, rank: int) -> Counter[tuple[int, int]]:
        """An option's backers: ballots by class and points."""
        found, classes = Counter[tuple[int, int]](), self.classes
        for group, number, points in self.purse.backers[rank][option]:
            found[classes[group], points] += number
        return found

    def price(self, option: int, rank: int) -> tuple[int, int] | None:
        """The price a point (in parts, as a fraction) at which the payments add up to the cost,
        if who has less gives all; None where all together have too little."""
        rest, held = self.purse.costs[option] * self.parts, self.held(option, rank)
        weight = sum(number * points for (_, points), number in held.items())
        for money, points, number in sorted(
                ((self.money[one], points, number) for (one, points), number in held.items()),
                key=lambda entry: Fraction(entry[0], entry[1]) if entry[1] > 1 else entry[0]):
            if money * weight >= rest * points:
                return rest, weight
            rest -= money * number
            weight -= points * number
        return None

    def buy(self, bid: tuple[Fraction, int], rank: int) -> None:
        option = bid[1]
        price = bid[0] * self.purse.worth[option] * self.parts
        finer, asked = price.denominator, price.numerator
        if finer > 1:
            self.parts *= finer
            self.money = [money * finer for money in self.money]
        after = {}
        for one, points in self.held(option, rank):
            after[one, points] = 1
            if self.money[one] > asked * points:
                after[one, points] = len(self.money)
                self.money.append(self.money[one] - asked * points)
        for group, _, points in self.purse.backers[rank][option]:
            self.classes[group] = after[self.classes[group], points]
        self.done.append(option)
        self.bids.append((bid[0], option, rank))

def ranked_choice(contest: Contest, votes: Counter[Any]) -> dict[str, Any]:
    """Scottish STV in hundred-thousandths of a vote, or instant runoff in whole votes."""
    return Ranked(contest, votes, contest.method == "scottish-stv").outcome()

class Ranked:
    """Papers in piles, one an option, each paper with the value at which it came there."""

    def __init__(self, contest: Contest, votes: Counter[Any], stv: bool) -> None:
        self.ids, self.lot, self.seats, self.stv = contest.ids, contest.lot, contest.seats, stv
        self.unit = 100_000 if stv else 1
        self.papers = [(iter([option for option, _ in ballot]), number)
                       for ballot, number in votes.items()]
        self.all = sum(votes.values()) * self.unit
        self.quota = (self.all // self.unit // (self.seats + 1) + 1) * self.unit
        self.piles: dict[str, dict[int, list[int]]] = {option: {} for option in self.ids}
        self.totals = dict.fromkeys(self.ids, 0)
        self.field = list(self.ids)
        self.ended = 0
        self.history: list[dict[str, int]] = []
        self.stages: list[dict[str, Any]] = []
        self.elected: list[str] = []
        self.waiting: list[str] = []  # elected, their surplus not moved yet

    def outcome(self) -> dict[str, Any]:
        need(self.stv or self.seats < 2, "manifest.json", "instant runoff has one seat")
        self.stage("first_preferences", [], self.deal(range(len(self.papers)), self.unit))
        while len(self.elected) < self.seats and self.field and self.all:
            if self.waiting:
                source = self.first(self.waiting, max)
                self.waiting.remove(source)
                total, surplus = self.totals[source], self.totals[source] - self.quota
                self.totals[source] = self.quota
                self.stage("surplus", [source], self.move(source, surplus, total))
            else:
                source = self.first(self.field, min)
                self.field.remove(source)
                self.totals[source] = 0
                self.stage("exclusion", [source], self.move(source, 1, 1))
        quota = self.quota if self.stv else sum(self.totals.values()) // 2 + 1
        return {"seats": self.seats, "quota": quota // self.unit, "elected": self.elected,
                "stages": self.stages}

    def move(self, source: str, surplus: int, total: int) -> Counter[str]:
        """A pile goes on to the next options, each paper at its part of its value."""
        received, pile = Counter[str](), self.piles[source]
        self.piles[source] = {}
        for value, papers in pile.items():
            received += self.deal(papers, value * surplus // total)
        return received

    def deal(self, papers: Any, value: int) -> Counter[str]:
        received, goes_on = Counter[str](), set(self.field)
        for at in papers:
            paper, number = self.papers[at]
            target = next((option for option in paper if option in goes_on), None)
            if target is not None:
                self.piles[target].setdefault(value, []).append(at)
            received["" if target is None else "=" + target] += value * number
        return received

    def first(self, options: list[str], best: Any) -> str:
        """Who has most (or fewest). Equal: who had at the latest stage at which they differed;
        then the lot, which prefers the earlier option."""
        for totals in (self.totals, *reversed(self.history)):
            wanted = best(totals[option] for option in options)
            options = [option for option in options if totals[option] == wanted]
            if len(options) == 1:
                break
        return str((min if best is max else max)(options, key=lambda option: self.lot[option]))

    def elect(self) -> list[str]:
        seats, alive = self.seats - len(self.elected), sum(self.totals.values())
        if not seats or not alive or not self.field:
            return []
        if not self.stv:
            leader = self.first(self.field, max)
            wins = self.totals[leader] > alive // 2 or len(self.field) == 2
            return [leader] if wins else []
        now = self.by_votes([o for o in self.field if self.totals[o] >= self.quota])[:seats]
        self.waiting += [option for option in now if self.totals[option] > self.quota]
        rest = [option for option in self.field if option not in now]
        return now + (self.by_votes(rest) if len(rest) <= seats - len(now) else [])

    def by_votes(self, options: list[str]) -> list[str]:
        ordered: list[str] = []
        while len(ordered) < len(options):
            ordered.append(self.first([o for o in options if o not in ordered], max))
        return ordered

    def stage(self, action: str, source: list[str], received: Counter[str]) -> None:
        for target, votes in received.items():
            if target:
                self.totals[target[1:]] += votes
            else:
                self.ended += votes
        now = self.elect()
        self.field = [option for option in self.field if option not in now]
        self.elected += now
        targets = ["", *("=" + option for option in self.ids)] if source else []
        self.stages.append({
            "number": len(self.stages) + 1, "action": action, "options": source,
            "totals": {option: self.text(votes) for option, votes in self.totals.items()},
            "nontransferable": self.text(self.ended),
            "lost_by_fraction": self.text(self.all - sum(self.totals.values()) - self.ended),
            "transfers": [{"source": source[0], "target": target[1:] or None,
                           "votes": self.text(received[target])}
                          for target in targets if received[target]],
            "elected": now, "excluded": source if action == "exclusion" else []})
        self.history.append(dict(self.totals))

    def text(self, votes: int) -> str:
        whole, part = divmod(votes, self.unit)
        return f"{whole}.{part:05d}".rstrip("0") if part else str(whole)

def compare(mine: dict[str, Any], theirs: dict[str, Any], where: str) -> None:
    """Everything that was counted must stand in the published result, and be the same."""
    for name, value in mine.items():
        other = theirs.get(name)
        if name == "stages" and fits(other, [dict]) and len(other) == len(value):
            for stage in value:
                compare(stage, other[stage["number"] - 1], f"{where} stage {stage['number']}")
        else:
            need(ENCODER.encode(value) == ENCODER.encode(other), f"{where} {name}", f"published is "
                 f"{ENCODER.encode(other)[:200]}, counted {ENCODER.encode(value)[:200]}")


# -- Arithmetic: Ed25519 (RFC 8032), HPKE (RFC 9180) with X25519, HKDF and AES-128-GCM -------------

P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple  # x, y, z, t with x/z, y/z on the curve and t = xy/z

def plus(one: Any, two: Any) -> Any:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def unpacked(raw: bytes) -> Any:
    """The point of 32 bytes; None where they are no canonical form of one."""
    y, odd = int.from_bytes(raw, "little") & (1 << 255) - 1, raw[31] >> 7
    u, v = y * y - 1, D * y * y + 1
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    x = x if (v * x * x - u) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (v * x * x - u) % P or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P

@lru_cache(4)
def multiples(point: Any) -> list[list[Any]]:
    """For each byte of a number, the point times each value of that byte."""
    rows = []
    for _ in range(32):
        rows.append([(0, 1, 1, 0)])
        for _ in range(255):
            rows[-1].append(plus(rows[-1][-1], point))
        point = plus(rows[-1][-1], point)
    return rows

BASE = unpacked((4 * pow(5, -1, P) % P).to_bytes(32, "little"))

def signed_by(key: bytes, signature: bytes, text: bytes) -> bool:
    """Whether this is the key's signature, strictly: canonical numbers and points, S < order."""
    public, s = unpacked(key), int.from_bytes(signature[32:], "little")
    if public is None or s >= ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + key + text).digest()
    k = int.from_bytes(hashed, "little") % ORDER
    x, y, _, t = public
    total = (0, 1, 1, 0)
    for number, point in ((s, BASE), (k, (P - x, y, 1, P - t))):
        for row, byte in zip(multiples(point), number.to_bytes(32, "little")):  # noqa: B905
            total = plus(total, row[byte])
    z = pow(total[2], -1, P)
    packed = total[1] * z % P | (total[0] * z % P & 1) << 255
    return packed.to_bytes(32, "little") == signature[:32]

def x25519(secret: bytes, public: bytes) -> bytes:
    k = int.from_bytes(secret, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    u = int.from_bytes(public, "little") & (1 << 255) - 1
    a, b, c, d = 1, 0, u, 1  # (a : b) and (c : d) differ by the point u
    for bit in range(254, -1, -1):
        if k >> bit & 1:
            a, b, c, d = c, d, a, b
        e, f, g, h = a + b, a - b, c + d, c - d
        m, n, s, t = e * e, f * f, f * g, e * h
        c, d = (s + t) ** 2 % P, u * (s - t) ** 2 % P
        a, b = m * n % P, (m - n) * (m + 121665 * (m - n)) % P
        if k >> bit & 1:
            a, b, c, d = c, d, a, b
    return (a * pow(b, P - 2, P) % P).to_bytes(32, "little")

def aes_tables() -> tuple[list[int], list[list[int]]]:
    """The S-box, and what each byte adds to a column in each of its four places."""
    box, p, q = [0x63] * 256, 1, 1
    for _ in range(255):
        p ^= p << 1 ^ (0x11B if p & 128 else 0)
        q ^= q << 1
        q = (q ^ q << 2) & 255
        q = (q ^ q << 4) & 255
        q ^= 9 if q & 128 else 0
        turned = q * 0x101
        box[p] = (q ^ turned >> 7 ^ turned >> 6 ^ turned >> 5 ^ turned >> 4) & 255 ^ 0x63
    first = [(s << 1 ^ (0x11B if s & 128 else 0)) * 0x1000001 ^ s * 0x10101 for s in box]
    first = [word & 0xFFFFFFFF for word in first]
    return box, [[(w >> 8 * n | w << 32 - 8 * n) & 0xFFFFFFFF for w in first] for n in range(4)]

BOX, COLUMNS = aes_tables()

def aes_key(key: bytes) -> list[int]:
    words, round_ = list(struct.unpack(">4L", key)), 1
    for at in range(4, 44):
        word = words[-1]
        if at % 4 == 0:
            word = (BOX[word >> 16 & 255] ^ round_) << 24 | BOX[word >> 8 & 255] << 16 | BOX[
                word & 255] << 8 | BOX[word >> 24]
            round_ = round_ << 1 ^ (0x11B if round_ & 128 else 0)
        words.append(words[-4] ^ word)
    return words

def aes(words: list[int], block: bytes) -> bytes:
    s = [one ^ key for one, key in zip(struct.unpack(">4L", block), words)]  # noqa: B905
    one, two, three, four = COLUMNS
    for at in range(4, 40, 4):
        s = [one[s[i] >> 24] ^ two[s[i - 3] >> 16 & 255] ^ three[s[i - 2] >> 8 & 255]
             ^ four[s[i - 1] & 255] ^ words[at + i] for i in range(4)]
    return struct.pack(">4L", *((BOX[s[i] >> 24] << 24 | BOX[s[i - 3] >> 16 & 255] << 16 | BOX[
        s[i - 2] >> 8 & 255] << 8 | BOX[s[i - 1] & 255]) ^ words[40 + i] for i in range(4)))

def gcm_open(key: bytes, nonce: bytes, sealed: bytes) -> bytes | None:
    """AES-128-GCM without further data; None where it was not sealed with this key."""
    words, cipher = aes_key(key), sealed[:-16]
    power, powers, hashed = int.from_bytes(aes(words, bytes(16)), "big"), [], 0
    for _ in range(128):
        powers.append(power)
        power = power >> 1 ^ (0xE1 << 120 if power & 1 else 0)
    length = struct.pack(">2Q", 0, 8 * len(cipher))
    for at in range(0, len(cipher) + 16, 16):
        block = cipher[at:at + 16].ljust(16, b"\0") if at < len(cipher) else length
        bits, hashed = hashed ^ int.from_bytes(block, "big"), 0
        for place, one in enumerate(powers):
            if bits >> 127 - place & 1:
                hashed ^= one
    stream = b"".join(aes(words, nonce + struct.pack(">L", at))
                      for at in range(1, 2 + -(-len(cipher) // 16)))
    tag = hashed ^ int.from_bytes(stream[:16], "big")
    if tag.to_bytes(16, "big") != sealed[-16:]:
        return None
    plain = int.from_bytes(cipher, "big") ^ int.from_bytes(stream[16:16 + len(cipher)], "big")
    return plain.to_bytes(len(cipher), "big")

def hpke_open(secret: bytes, public: bytes, info: bytes, envelope: bytes) -> bytes | None:
    """What was sealed to the key in base mode; None where it does not open."""
    def extract(suite: bytes, salt: bytes, label: bytes, value: bytes) -> bytes:
        return hmac.digest(salt, b"HPKE-v1" + suite + label + value, "sha256")

    def expand(suite: bytes, key: bytes, label: bytes, value: bytes, length: int) -> bytes:
        text = struct.pack(">H", length) + b"HPKE-v1" + suite + label + value
        return hmac.digest(key, text + b"\1", "sha256")[:length]

    kem, suite, enc = b"KEM\0\x20", b"HPKE\0\x20\0\1\0\1", envelope[:32]
    shared = extract(kem, b"", b"eae_prk", x25519(secret, enc))
    shared = expand(kem, shared, b"shared_secret", enc + public, 32)
    context = b"\0" + extract(suite, b"", b"psk_id_hash", b"") + extract(
        suite, b"", b"info_hash", info)
    key = extract(suite, shared, b"secret", b"")
    return gcm_open(expand(suite, key, b"key", context, 16),
                    expand(suite, key, b"base_nonce", context, 12), envelope[32:])


# -- The checks, in order --------------------------------------------------------------------------

def check_file(members: dict[str, bytes], report: Report, given: str | None) -> bytes:
    """The index names every other member with its hash and is signed; gives the log's key."""
    index = canonical(members["index.json"], "index.json")
    need(fits(index, {"version": 1, "origin": str, "members": {str}, "signature": str})
         and len(index) == 4 and sorted([*index["members"], "index.json"]) == NAMES, "index.json",
         "it does not name the members of a bundle of version 1")
    for name, digest in index["members"].items():
        need(hashlib.sha256(members[name]).hexdigest() == digest, name,
             "it was changed after the bundle was signed: its SHA-256 is not that in index.json")
    manifest = canonical(members["manifest.json"], "manifest.json")
    need(fits(manifest, MANIFEST), "manifest.json", "it has not the keys of version 1")
    need(index["origin"] == manifest["origin"] and index["origin"].endswith(
        f"/processes/{manifest['process']}"), "index.json", "its origin is not the manifest's")
    key = unhex(manifest["signing_key"], "manifest.json")
    signature = unbase64(index.pop("signature"), 64, "index.json")
    need(signed_by(key, signature, b"common-purse/bundle/1\n" + ENCODER.encode(index).encode()),
         "index.json", "its signature is not by the log's key")
    report.ok("The file is whole.", f"{len(NAMES)} members, each as it was signed; nothing is "
              "hidden between or behind them.")
    if given is None:
        report.open("UNKNOWN KEY", f"It is signed by the key {key.hex()}. Whose that is, is not "
                    "proved: compare it with the letter or notice, or give theirs by --key.")
    else:
        need(given.strip().lower() == key.hex(), "manifest.json",
             f"the bundle is signed by another key than the one you gave: {key.hex()}")
        report.ok("The key is the one you gave.", "Its holder signed this bundle and every head.")
    return key

def check_log(members: dict[str, bytes], key: bytes, report: Report, head: str | None) -> Log:
    log = Log(members)
    report.ok("The rules stand first.", "Options, costs, dates, rule and order of lots are leaf 0 "
              "of the log, fixed before the first ballot.")
    for leaf in log.acts["change"] + log.acts["correction"]:
        report.open("CHANGED LATER", f"{leaf['where']}: {str(leaf.get('what'))[:80]!r}, because: "
                    f"{str(leaf.get('reason'))[:300]!r}")
    roots, last = roots_of(log.hashes), 0
    try:
        notes = members["heads.txt"].decode("utf-8").split("-----\n")
    except ValueError as error:
        raise Wrong("heads.txt: it is not UTF-8 text") from error
    need(notes.pop() == "" and notes, "heads.txt", "it has no head, or its end is cut off")
    for number, note in enumerate(notes, 1):
        where = f"heads.txt note {number}"
        size, root = head_of(note, log, key, where)
        need(last < size <= len(roots), where, f"its size {size} is not above the one before, or "
             f"the log has only {len(roots)} leaves: some are missing")
        need(root == roots[size - 1], where,
             f"the first {size} leaves of log.jsonl are not those that were signed")
        last = size
    need(last == len(roots), "heads.txt", "no signed head covers the last leaves of the log")
    report.ok("The log only ever grew.", f"All {len(notes)} signed heads are of this one log of "
              f"{last} leaves: nothing was taken out, slipped in or rewritten.")
    if head is None:
        report.open("UNKNOWN HEAD", "That everybody is shown this same log is not proved: compare "
                    f"its last head (size {last}, root {base64.b64encode(roots[-1]).decode()}) "
                    "with the minutes or a witness, or give theirs by --head.")
    else:
        size, root = head_of(head, log, key, "--head", alone=False)
        need(size <= last, "--head", f"your head is of {size} leaves, this log has only {last}: it "
             "was cut, or the bundle is older than your head")
        need(root == roots[size - 1], "--head", "your head is of another log: two are shown")
        report.ok("Your head is in this log.", f"Its first {size} leaves are those you were shown.")
    return log

def check_receipt(log: Log, key: bytes, text: str | None, report: Report) -> None:
    if text is None:
        report.open("NO RECEIPT", "That a certain ballot is in can be seen with its receipt.")
        return
    slug = re.escape(log.manifest["process"])
    parts = re.fullmatch(rf"CP1\.{slug}\.(0|[1-9]\d{{0,17}})\.([0-9a-f]{{64}})\.([\w-]+)=*",
                         text.strip(), re.ASCII)
    if parts is None:
        raise Wrong(f"--receipt: this is no receipt of this vote; it would begin CP1.{slug}.")
    number, leaf = int(parts[1]), bytes.fromhex(parts[2])
    promise = parts[3].replace("-", "+").replace("_", "/") + "=" * (-len(parts[3]) % 4)
    note_of(f"{log.origin}/receipt\n{number}\n{base64.b64encode(leaf).decode()}\n\n"
            f"\u2014 {log.origin} {promise}\n", log.origin, key, "--receipt")
    need(log.hashes[number:number + 1] == [leaf], "--receipt", f"leaf {number} is not your ballot: "
         "it was taken out or changed. Your receipt is signed, so you can prove it")
    report.ok(f"Your ballot is in the log, as leaf {number}.", "A later one of yours replaced it; "
              "that one counts." if number in log.replaced else "No later ballot replaced it.")

def check_box(log: Log, report: Report) -> None:
    """How many ballots went in and how many came out."""
    close, opened, casts = log.only("close"), log.only("opened"), len(log.casts) + log.erased
    where, voted, rest = close["where"], close["voted"], casts - close["replaced"]
    need(log.erased == sum(leaf["envelopes"] for leaf in log.acts["destroyed"]), "log.jsonl",
         f"{log.erased} leaves are erased, but leaves 'destroyed' declare other numbers")
    need(close["casts"] == casts, where, f"it says {close['casts']} casts, the log holds {casts}")
    need(log.erased or close["replaced"] == len(log.replaced), where,
         f"it says {close['replaced']} were replaced, the log shows {len(log.replaced)}")
    need(close["counted"] == rest - close["voided_ballots"], where, "the ballots to be counted are "
         "not the casts less those replaced and voided")
    need(voted == close["counted"], where, f"{close['counted']} ballots, but {voted} marks on the "
         "roll: ballots were put in or taken out")
    entitled = sum(log.only("roll")["entitled"].values()) + sum(sum(leaf["added"].values()) - sum(
        leaf["voided"].values()) for leaf in log.acts["roll-change"])
    need(0 <= voted <= entitled, where, f"{voted} voted, but only {entitled} are on the roll")
    need(opened["number"] + opened["unopenable"] == voted, opened["where"], "the ballots opened "
         f"and those that could not be are not the {voted} that were to be counted")
    need(opened["level"] == log.manifest["publication"], opened["where"],
         "the level of publication is not the one fixed in the rules")
    report.ok("The numbers agree.", f"{casts} casts, {close['replaced']} replaced by a later one of "
              f"the same voter, {close['voided_ballots']} voided, {voted} to count: as many as the "
              f"marks on a roll of {entitled}. {opened['unopenable']} could not be opened.")
    if log.erased:
        report.open("ENVELOPES DESTROYED", "They were destroyed as announced. Which cast replaced "
                    "which, and what was in them, shows only in a bundle made before.")

def check_result(members: dict[str, bytes], log: Log, contest: Contest, groups: Any,
                 report: Report) -> None:
    result = canonical(members["result.json"], "result.json")
    need(fits(result, {"count": int, "tally": dict, "turnout": dict}), "result.json",
         "it has not the keys of a result")
    need(log.acts["result"], "log.jsonl", "no result stands in it")
    leaf = log.acts["result"][-1]
    need((leaf["count"], leaf["sha256"]) == (
        result["count"], hashlib.sha256(members["result.json"]).hexdigest()), "result.json",
        f"it is not the latest result that the log holds ({leaf['where']})")
    tally, areas = dict(result["tally"]), result["turnout"].get("areas")
    if fits(areas, [{"voted": int}]):
        need(sum(area["voted"] for area in areas) == log.only("close")["voted"], "result.json "
             "turnout", "it says another number of voters than the close")
    winners = tally.get("selected", tally.get("elected"))
    need(fits(winners, [str]) and fits(tally.get("why"), {dict}), "result.json tally", "it names "
         "no winners, or no reasons")
    for option, why in tally["why"].items():
        need((option in winners) == (why.get("code") in WON), "result.json tally why",
             f"the reason given for {option!r} does not fit its fate")
    if groups is None:
        report.open("NOT RECOUNTED", f"At level {log.manifest['publication']} not all ballots are "
                    "public. Auditors with the key can count them again (--auditor).")
    else:
        if fits(tally.get("steps"), [{"option": str, "funded": bool, "money_left": int}]):
            tally["steps"] = [[step["option"], step["money_left"]] for step in tally["steps"]
                              if step["funded"]]
        compare(recount(contest, groups), tally, "result.json tally")
        report.ok("The result is right.", f"{sum(groups.values())} ballots counted again by "
                  f"{contest.method}: the same winners and figures ({', '.join(winners)}).")
    need(leaf["state"] != "withdrawn", leaf["where"], "this result was withdrawn")
    print(f"     It is {leaf['state']}. The sentences that explain it are not checked.")

WON = ("funded", "funded_by_votes", "part_funded", "elected")

def open_all(log: Log, contest: Contest, folder: Path, report: Report) -> Counter[Any]:
    """The auditors' part: every envelope that counted, opened again; the same ballots must come
    out. Gives them for a recount, which works at every level of publication."""
    box, opened, close = log.manifest["box"], log.only("opened"), log.only("close")
    keys = [path for path in sorted(folder.iterdir()) if path.suffix in (".box", ".key", ".hex")]
    need(len(keys) == 1, "--auditor", "the folder should hold one file of a key (.box, .key, .hex)")
    raw = keys[0].read_bytes()
    secret = raw if len(raw) == 32 else unhex(raw.decode("ascii", "replace").strip(), "--auditor")
    public = unhex(box["public_key"], "manifest.json box")
    need(x25519(secret, (9).to_bytes(32, "little")) == public, "--auditor", "this is another key")
    need(not log.erased, "log.jsonl", "the envelopes were destroyed; a bundle of before is needed")
    info = b"common-purse/ballot/1\n" + log.origin.encode() + b"\n" + log.hashes[0]
    lines, failed = [], 0
    for number, envelope in log.casts.items():
        if number in log.replaced:
            continue
        plain = hpke_open(secret, public, info, envelope)
        try:
            entry = canonical((plain or b"").rstrip(b" "), f"leaf {number}")
            need(fits(entry, {"ballot": dict, "tracking": str, "word": str}), "", "")
            contest.ballot(entry["ballot"], "")
            lines.append((entry["tracking"], ENCODER.encode(entry).encode() + b"\n"))
        except Wrong:
            failed += 1
    raw = b"".join(line for _, line in sorted(lines))
    need(failed == opened["unopenable"] or close["voided_ballots"], "--auditor",
         f"{failed} envelopes do not open to a valid ballot, not {opened['unopenable']}")
    need(hashlib.sha256(raw).hexdigest() == opened["sha256"], "--auditor", "the envelopes do not "
         "hold the ballots that were published or counted: contents were altered at the opening")
    report.ok("The envelopes hold the ballots.", f"{len(lines)} envelopes opened again, {failed} "
              "cannot be: just the ballots that were counted came out.")
    print(f"\nStatement to sign:\n  We opened the {len(lines) + failed} envelopes of {log.origin} "
          f"(leaf 0: {log.hashes[0].hex()},\n  {len(log.hashes)} leaves) with the box's key, by "
          f"ourselves. They hold the ballots with the\n  SHA-256 {opened['sha256']}.\n")
    return ballots_of(raw, contest)

def verify(bundle: Path, key: str | None, head: str | None, receipt: str | None,
           folder: Path | None) -> list[str]:
    """Every check in order. Errors: Wrong at the first that fails. Gives what stays unproved."""
    report = Report()
    members = unzip(bundle.read_bytes())
    public = check_file(members, report, key)
    log = check_log(members, public, report, head)
    check_receipt(log, public, receipt, report)
    check_box(log, report)
    contest, opened, raw = Contest(log.manifest), log.only("opened"), members["ballots.jsonl"]
    need(hashlib.sha256(raw).hexdigest() == opened["published_sha256"], "ballots.jsonl",
         "it is not the file of which the log holds the hash: ballots were changed afterwards")
    groups = None
    if opened["level"] == "A":
        groups = ballots_of(raw, contest)
        need(opened["sha256"] == opened["published_sha256"] and sum(groups.values()) == opened[
            "number"], "ballots.jsonl", f"it has not the {opened['number']} ballots of the log")
        report.ok("The ballots are valid.", f"{opened['number']} ballots, each with its own code, "
                  "each allowed by the rules, in the order of their codes.")
    elif opened["level"] == "B":
        shown = patterns_of(raw, contest, opened["number"])
        report.open("PARTIAL", f"{shown} of {opened['number']} ballots are public: those that at "
                    "least ten voters cast alike.")
    else:
        need(fits(canonical(raw.rstrip(b"\n"), "ballots.jsonl"), {"totals": dict}),
             "ballots.jsonl", "at level C totals should stand here")
    if folder is not None:
        groups = open_all(log, contest, folder, report)
    else:
        report.open("NOT REOPENED", "That each envelope held the ballot that came out is seen by "
                    "voters with tracking codes, and by auditors (--auditor).")
    check_result(members, log, contest, groups, report)
    return report.unproved

def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Check a vote from its bundle.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", help="the log's public key, 64 hexadecimal digits")
    parser.add_argument("--head", type=Path, help="a file with a signed head")
    parser.add_argument("--receipt", help="the text of a receipt, CP1....")
    parser.add_argument("--auditor", type=Path, help="a folder with the box's private key")
    given = parser.parse_args(arguments)
    try:
        head = given.head.read_bytes().decode("utf-8", "replace") if given.head else None
        unproved = verify(given.bundle, given.key, head, given.receipt, given.auditor)
    except Wrong as error:
        print(f"\nWRONG {error}\nChecks after this one were not made.")
        return 1
    except Exception as error:  # noqa: BLE001 - a stranger reads a sentence, no traceback
        print(f"\nWRONG the bundle cannot be read: {type(error).__name__}: {str(error)[:200]}")
        return 1
    print(f"\nEverything that was checked holds. Not proved here: {', '.join(unproved) or 'nothing'}.")
    return 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
