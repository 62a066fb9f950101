"""Check the record of a draw: ``python3 -I verify.py FOLDER``. Standard library only.

    --fingerprint HEX   compare with the fingerprint that was published or read out
    --previous FOLDER   the record that this one continues (a draw of replacements)
    --receipt FILE      a volunteer's receipt: shows ticket and panels

Exit 0: nothing is wrong. 1: something is, and each finding names its file. 2: nothing to check.
Lines that begin with NOT CHECKED say what this check could not see, and why.

This file shares no code with the program that wrote the record; both follow its README.txt and
the rules written here. Every byte of every file counts: JSON has one form only (keys sorted, no
spaces, UTF-8, one line), the manifest holds the SHA-256 of each other public file, the leaves
cover the sealed ones, and everything that can be computed again is. The one thing that needs
more than the standard library is the public beacon's signature; with py_ecc it is checked too.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib
import io
import json
import re
import sys
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "draw-record/1"
PUBLIC = ("commitment.json", "leaves.json", "targets.json", "README.txt", "verify.py")
PUBLISHED = ("seed.json", "tickets.json", "portfolio.json", "counts.json", "certificate.json")
DRAWN = ("draw.json",)
SEALED = ("sealed/people.json", "sealed/drawn.csv", "sealed/exclusion.json")
DAY_IN_ROUNDS = 24 * 60 * 60 // 3
GENESIS, PERIOD = 1_692_803_367, 3
QUICKNET_KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)


class Finding(NamedTuple):
    """Something that is wrong, and the file it was seen in."""

    where: str
    words: str

    def __str__(self) -> str:
        return f"{self.where}: {self.words}"


class Wrong(Exception):
    """Ends the check of one file; its words become a finding."""


class Report:
    """What was found. ``facts`` are true as far as ``findings`` is empty."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.unchecked: list[str] = []
        self.facts: list[str] = []
        self.fingerprint = ""

    def wrong(self, where: str, words: str) -> None:
        self.findings.append(Finding(where, words))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def one_form(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


# --- shapes: a dict has exactly these keys (str: any), a list any number of the one pattern -----


def hexadecimal(digits: int) -> re.Pattern[str]:
    return re.compile("[0-9a-f]{" + str(digits) + "}")


WORDS = re.compile(r"(?s).*")
FRACTION = re.compile(r"(0|[1-9][0-9]*)/[1-9][0-9]*")
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]{1,3})?")
SIGNED = object()  # a whole number, perhaps below zero; int alone means from zero


def fits(value: Any, pattern: Any) -> bool:
    if isinstance(pattern, tuple):
        return any(fits(value, one) for one in pattern)
    if isinstance(pattern, dict):
        if str in pattern and isinstance(value, dict):
            return all(fits(one, pattern[str]) for one in value.values())
        return (
            isinstance(value, dict)
            and set(value) == set(pattern)
            and all(fits(value[key], pattern[key]) for key in pattern)
        )
    if isinstance(pattern, list):
        return isinstance(value, list) and all(fits(one, pattern[0]) for one in value)
    if isinstance(pattern, re.Pattern):
        return isinstance(value, str) and pattern.fullmatch(value) is not None
    if pattern is SIGNED:
        return type(value) is int
    if pattern is int:
        return type(value) is int and value >= 0
    if pattern is None or isinstance(pattern, str):
        return bool(value == pattern)
    return isinstance(value, pattern)


# fmt: off
HASH = hexadecimal(64)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SEED, BEACON, NUMBERS = {"kind": "seed"}, {"kind": "beacon", "round": int}, {"kind": "numbers"}
DICE = {"kind": "dice", "name": WORDS, "faces": [[int]]}
SEEN = {"name": WORDS, "witnesses": [WORDS]}
PROMISE = (SEED, BEACON, DICE, {**NUMBERS, "name": WORDS})
OUTCOME = (
    {**SEED, "seed": WORDS},
    {**BEACON, "signature": hexadecimal(96)},
    {**DICE, **SEEN, "throws": [[int]]},
    {**NUMBERS, **SEEN, "numbers": [int]},
)
PRICES = {"denominator": int, "seat": SIGNED, "at_most": [int], "at_least": [int]}
SHAPES = {
    "manifest.json": {"format": FORMAT, "files": {str: HASH}},
    "commitment.json": {
        "format": FORMAT, "method": WORDS, "previous": (None, HASH), "closed": (None, MOMENT),
        "people": int, "root": HASH, "seats": int, "panels": int, "targets": HASH,
        "ceiling": (None, FRACTION), "first": PROMISE, "second": [PROMISE],
    },
    "leaves.json": [HASH],
    "targets.json": [{"category": WORDS, "value": WORDS, "minimum": int, "maximum": int}],
    "seed.json": {"first": OUTCOME, "seed": WORDS},
    "tickets.json": [int],
    "portfolio.json": {"panels": [[int]]},
    "counts.json": {"counts": [int], "no_chance": [int], "target": [DECIMAL]},
    "certificate.json": {
        "bound": FRACTION, "lowest": FRACTION, "gap": DECIMAL, "exact": bool, "notes": [WORDS],
        "exclusion": (None, HASH), "certificate": (None, {
            **PRICES, "weights": [int], "ceiling": [int], "household": [[int]], "excluded": [int],
        }),
    },
    "draw.json": {
        "commitment": HASH, "portfolio": HASH, "second": [OUTCOME],
        "index": int, "panel": int, "tickets": [int],
    },
    "sealed/people.json": [{
        "entry": int, "id": WORDS, "salt": hexadecimal(32), "traits": {str: WORDS},
        "household": (None, WORDS),
    }],
    "sealed/exclusion.json": [(
        {"people": [int], "at_most": int, "low": int, "high": int},
        {**PRICES, "household": [[(WORDS, int)]], "splits": [int]},
    )],
}
# fmt: on


# --- reading the folder -----------------------------------------------------------------------


class Record:
    """The files of a folder: bytes by name, and the JSON of those that have their shape."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.content: dict[str, bytes] = {}
        self.json: dict[str, Any] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                report.wrong(name, "this is neither a plain file nor a folder")
            elif path.is_file():
                self.content[name] = path.read_bytes()
        self._manifest(report)
        for name in SHAPES:
            if name in self.content and name != "manifest.json":
                self._parse(name, report)

    def _parse(self, name: str, report: Report) -> None:
        try:
            found = json.loads(self.content[name].decode("utf-8"))
            same = one_form(found) + b"\n" == self.content[name]
        except (ValueError, RecursionError) as error:
            report.wrong(name, f"cannot be read as JSON ({error})")
            return
        if not same:
            report.wrong(name, "is not in the one form that JSON may have here")
        elif not fits(found, SHAPES[name]):
            report.wrong(name, "does not hold what this file must hold")
        else:
            self.json[name] = found

    def _manifest(self, report: Report) -> None:
        name = "manifest.json"
        if name not in self.content:
            report.wrong(name, "is missing; this is no record of a draw")
            return
        report.fingerprint = sha256(self.content[name])
        self._parse(name, report)
        manifest = self.json.get(name)
        if manifest is None:
            return
        files = manifest["files"]
        for file, digest in sorted(files.items()):
            if file not in self.content:
                report.wrong(file, "is missing")
            elif sha256(self.content[file]) != digest:
                report.wrong(file, "has not the SHA-256 in manifest.json: one has been altered")
        for file in self.content:
            if file not in files and file not in SEALED and file != name:
                report.wrong(file, "is not in the manifest")
        stages = [set(PUBLIC), {*PUBLIC, *PUBLISHED}, {*PUBLIC, *PUBLISHED, *DRAWN}]
        if set(files) not in stages:
            report.wrong(name, "does not list the files of a record")

    def get(self, name: str) -> Any:
        """The JSON of a file; ends the check that needs it if it is missing or was refused."""
        if name not in self.json:
            raise Wrong("")
        return self.json[name]


def need(condition: bool, words: str) -> None:
    if not condition:
        raise Wrong(words)


# --- chance -------------------------------------------------------------------------------------


def stream(purpose: bytes, seed: bytes) -> Any:
    """Bytes of chance: SHA-256("sortition-v1" purpose 0 seed 0 block), blocks numbered from 0."""
    block = 0
    while True:
        start = b"sortition-v1" + purpose + b"\0" + seed + b"\0"
        yield from hashlib.sha256(start + block.to_bytes(8, "big")).digest()
        block += 1


def ticket_numbers(people: int, seed: str) -> list[int]:
    source = stream(b"tickets", seed.encode("utf-8"))

    def below(limit: int) -> int:
        length = (limit.bit_length() + 7) // 8
        while True:
            number = 0
            for _ in range(length):
                number = number * 256 + next(source)
            if number < 256**length - 256**length % limit:
                return number % limit

    numbers = list(range(1, people + 1))
    for last in range(people - 1, 0, -1):
        other = below(last + 1)
        numbers[last], numbers[other] = numbers[other], numbers[last]
    return numbers


def hashed(content: bytes, count: int) -> int:
    """SHA-256 as a number, taken modulo count; again with a counter if that would not be fair."""
    counter = 0
    while True:
        suffix = counter.to_bytes(4, "big") if counter else b""
        number = int(sha256(content + suffix), 16)
        if number < 2**256 - 2**256 % count:
            return number % count
        counter += 1


def randomness(outcome: dict[str, Any]) -> bytes:
    return hashlib.sha256(bytes.fromhex(outcome["signature"])).digest()


def dice_value(outcome: dict[str, Any], throw: list[int]) -> tuple[int, int]:
    """The throw as a number, and how many there are."""
    value, outcomes = 0, 1
    need(len(throw) == len(outcome["faces"]), "a throw has not as many numbers as dice")
    for number, face in zip(throw, outcome["faces"], strict=True):
        need(len(face) == 2 and face[0] < face[1], "a die has no two faces")
        need(face[0] <= number <= face[1], "a throw shows what the dice do not have")
        faces = face[1] - face[0] + 1
        value, outcomes = value * faces + number - face[0], outcomes * faces
    return value, outcomes


def hall(outcome: dict[str, Any], panels: int) -> int:
    """The number D of dice or of numbers drawn elsewhere."""
    if outcome["kind"] == "numbers":
        content = one_form([outcome["name"], outcome["numbers"]])
        return hashed(b"numbers-v1" + content, panels)
    values = [dice_value(outcome, throw) for throw in outcome["throws"]]
    need(bool(values), "no throw is written down")
    need(values[0][1] >= panels, "there are too few dice for so many panels")
    fair = [value < outcomes - outcomes % panels for value, outcomes in values]
    need(fair[-1] and not any(fair[:-1]), "not the first fair throw counts")
    return values[-1][0] % panels


def check_promise(promise: dict[str, Any], outcome: dict[str, Any]) -> None:
    need(
        all(outcome.get(key) == promise[key] for key in promise),
        "the source of chance is not the one that was promised",
    )
    for throw in outcome.get("throws", []):
        dice_value(outcome, throw)
    if "witnesses" in outcome:
        witnesses = {name.strip() for name in outcome["witnesses"]} - {""}
        need(len(witnesses) >= 2, "there are not two witnesses")


def check_signature(outcome: dict[str, Any], report: Report) -> None:
    """The beacon's signature, if py_ecc is there: e(signature, G2) = e(hash, key)."""
    number, signature = outcome["round"], outcome["signature"]
    need(1 <= number < 2**63, f"the beacon has no round {number}")
    try:
        curve = importlib.import_module("py_ecc.optimized_bls12_381")
        points = importlib.import_module("py_ecc.bls.point_compression")
        hashing = importlib.import_module("py_ecc.bls.hash_to_curve")
        groups = importlib.import_module("py_ecc.bls.g2_primitives")
    except ImportError:
        report.unchecked.append(
            f"the signature of the beacon's round {number}, since py_ecc is not installed here; "
            f"compare it with what any drand server answers for quicknet: {signature}"
        )
        return
    words = f"the signature is not the beacon's of round {number}"
    try:
        point = points.decompress_G1(int(signature, 16))
    except ValueError:
        raise Wrong(words) from None
    need(not curve.is_inf(point) and groups.subgroup_check(point), words)
    key = points.decompress_G2((int(QUICKNET_KEY[:96], 16), int(QUICKNET_KEY[96:], 16)))
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    domain = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
    on_curve = hashing.hash_to_G1(message, domain, hashlib.sha256)
    need(bool(curve.pairing(curve.G2, point) == curve.pairing(key, on_curve)), words)
    report.facts.append(f"the beacon's round {number} is genuine")


# --- the checks, one a file ---------------------------------------------------------------------


def merkle_root(leaves: list[str]) -> str:
    """RFC 9162: SHA-256(1, left, right), the left part the largest power of two that fits."""

    def node(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        half = 1 << ((len(part) - 1).bit_length() - 1)
        return hashlib.sha256(b"\x01" + node(part[:half]) + node(part[half:])).digest()

    return node([bytes.fromhex(leaf) for leaf in leaves]).hex()


def check_commitment(record: Record, report: Report) -> None:
    commitment = record.get("commitment.json")
    targets = sha256(record.content.get("targets.json", b""))
    need(commitment["targets"] == targets, "names other targets than targets.json")
    leaves = record.get("leaves.json")
    need(commitment["people"] == len(leaves) > 0, "has another number of people than leaves.json")
    need(commitment["root"] == merkle_root(leaves), "the root is not that of leaves.json")
    need(0 < commitment["seats"] <= commitment["people"], "has more seats than people, or none")
    need(commitment["panels"] > 0, "promises no panel")
    kinds = [promise["kind"] in ("dice", "numbers") for promise in commitment["second"]]
    need(kinds in ([True], [False], [True, False], [False, True]), "the sources cannot be combined")
    first = commitment["first"]
    for promise in commitment["second"]:
        if promise["kind"] == first["kind"] == "beacon":
            need(first["round"] < promise["round"], "the second round does not follow the first")
            if promise["round"] - first["round"] < DAY_IN_ROUNDS:
                report.unchecked.append(
                    "whether there was time to look at the portfolio: the beacon's second round "
                    "comes less than 24 hours after its first"
                )
    if first["kind"] == "beacon" and commitment["closed"]:
        due = GENESIS + PERIOD * (first["round"] - 1)
        need(commitment["closed"] < utc(due), "the first round came before the pool was closed")
    if any(one["kind"] == "seed" for one in [first, *commitment["second"]]):
        report.unchecked.append(
            "that chance decided: a bare seed was used, and whoever chose it could try others"
        )
    report.facts.append(f"{len(leaves)} volunteers, {commitment['seats']} seats: the root holds")


def utc(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def check_targets(record: Record, report: Report) -> None:
    targets = record.get("targets.json")
    names = {(target["category"], target["value"]) for target in targets}
    need(len(names) == len(targets), "names a value twice")
    for target in targets:
        need(target["minimum"] <= target["maximum"], "has a minimum above its maximum")


def check_seed(record: Record, report: Report) -> None:
    commitment, seed = record.get("commitment.json"), record.get("seed.json")
    outcome = seed["first"]
    check_promise(commitment["first"], outcome)
    if outcome["kind"] == "seed":
        need(seed["seed"] == outcome["seed"], "the seed is not the one of its source")
        return
    if outcome["kind"] == "beacon":
        check_signature(outcome, report)
        material = randomness(outcome)
    else:
        drawn = outcome["throws"] if outcome["kind"] == "dice" else outcome["numbers"]
        need(bool(drawn), "no number is written down")
        material = one_form([outcome["name"], drawn])
    root = bytes.fromhex(commitment["root"])
    need(seed["seed"] == sha256(b"seed-v1" + root + material), "the seed is not its source's")


def check_tickets(record: Record, report: Report) -> None:
    people, seed = len(record.get("leaves.json")), record.get("seed.json")["seed"]
    dealt = ticket_numbers(people, seed)
    need(record.get("tickets.json") == dealt, "is not in the order that the seed gives")


def check_portfolio(record: Record, report: Report) -> None:
    commitment, panels = record.get("commitment.json"), record.get("portfolio.json")["panels"]
    people, seats = len(record.get("leaves.json")), commitment["seats"]
    need(len(panels) == commitment["panels"], "has another number of panels than promised")
    for number, panel in enumerate(panels, start=1):
        need(len(panel) == seats, f"panel {number} has not {seats} members")
        ordered = all(a < b for a, b in zip([0, *panel], [*panel, people + 1], strict=True))
        need(ordered, f"panel {number} does not name different tickets in order")
    report.facts.append(f"{len(panels)} panels, each as likely as the next")


def check_counts(record: Record, report: Report) -> None:
    people, counts = len(record.get("leaves.json")), record.get("counts.json")
    found = [0] * people
    for panel in record.get("portfolio.json")["panels"]:
        for ticket in panel:
            need(1 <= ticket <= people, "the portfolio names a ticket that nobody has")
            found[ticket - 1] += 1
    need(counts["counts"] == found, "are not the counts of the portfolio")
    aims = [Fraction(aim) for aim in counts["target"]]
    need(len(aims) == people, "has not a target for each ticket")
    need(all(0 <= aim <= 1 + Fraction(1, 10**6) for aim in aims), "aims at what is no chance")
    seats = record.get("commitment.json")["seats"]
    need(abs(sum(aims) - seats) < Fraction(1, 1000), "aims at more seats than there are, or fewer")
    without = counts["no_chance"]
    need(without == sorted(set(without)), "names a ticket without a chance twice, or out of order")
    empty = all(1 <= ticket <= people and found[ticket - 1] == 0 for ticket in without)
    need(empty, "says that a ticket has no chance, which a panel holds")


def check_certificate(record: Record, report: Report) -> None:
    commitment, file = record.get("commitment.json"), record.get("certificate.json")
    counts, targets = record.get("counts.json"), record.get("targets.json")
    panels, people = commitment["panels"], len(record.get("leaves.json"))
    without = set(counts["no_chance"])
    chances = [n for ticket, n in enumerate(counts["counts"], start=1) if ticket not in without]
    lowest = Fraction(min(chances), panels) if chances else Fraction(0)
    bound = Fraction(file["bound"])
    need(Fraction(file["lowest"]) == lowest, "the lowest chance is not the portfolio's")
    need(lowest <= bound, "the portfolio does better than the bound allows")
    gap = abs(Fraction(file["gap"]) - (bound - lowest))
    need(gap < Fraction(1, 10**9), "the gap is not that between the bound and the lowest chance")
    report.facts.append(f"the lowest chance of those who have one is {float(lowest):.4f}")
    ceiling = commitment["ceiling"]
    if ceiling is not None and "ceiling.passed" not in file["notes"]:
        highest = Fraction(max(counts["counts"]), panels)
        need(highest <= Fraction(ceiling), "does not say that the ceiling is passed")
    proof = file["certificate"]
    if proof is None:
        report.unchecked.append(f"that no lottery does better than {bound}: there is no proof")
        return
    of_people = len(proof["weights"]) == len(proof["ceiling"]) == people
    need(of_people, "has not a weight and a price for each ticket")
    need(sum(proof["weights"]) == proof["denominator"] > 0, "the weights do not sum to one")
    of_targets = len(proof["at_most"]) == len(proof["at_least"]) == len(targets)
    need(of_targets, "has not two prices for each target")
    need(all(len(pair) == 2 for pair in proof["household"]), "a household has not one price")
    need(proof["excluded"] == counts["no_chance"], "excludes others than those without a chance")
    weight = sum(proof["weights"][ticket - 1] for ticket in without)
    need(weight == 0, "gives weight to a ticket without a chance")
    price = base_price(record, proof) / proof["denominator"]
    need(price <= bound, "the prices prove no such bound")
    need((file["exclusion"] is None) or bool(proof["excluded"]), "proves that nobody has no chance")
    if proof["excluded"] and file["exclusion"] is None:
        report.unchecked.append(
            f"that the {len(without)} tickets without a chance have none: there is no proof, and "
            "the bound rests on it"
        )


def base_price(record: Record, proof: dict[str, Any]) -> Fraction:
    """What a panel costs at these prices, over their denominator, if nobody weighs too much."""
    commitment, targets = record.get("commitment.json"), record.get("targets.json")
    total = Fraction(commitment["seats"] * proof["seat"])
    for target, most, least in zip(targets, proof["at_most"], proof["at_least"], strict=True):
        total += most * target["maximum"] - least * target["minimum"]
    total += sum(price for _, price in proof["household"])
    if any(proof.get("ceiling", [])):
        need(commitment["ceiling"] is not None, "prices a ceiling that there is not")
        total += Fraction(commitment["ceiling"]) * sum(proof["ceiling"])
    return Fraction(total)


def check_draw(record: Record, report: Report) -> None:
    commitment, drawn = record.get("commitment.json"), record.get("draw.json")
    panels = record.get("portfolio.json")["panels"]
    digest = sha256(record.content["commitment.json"])
    need(drawn["commitment"] == digest, "was made for another commitment")
    portfolio = sha256(record.content["portfolio.json"])
    need(drawn["portfolio"] == portfolio, "was made for another portfolio")
    need(len(drawn["second"]) == len(commitment["second"]), "has not the sources promised")
    mixed, added = b"", 0
    for promise, outcome in zip(commitment["second"], drawn["second"], strict=True):
        check_promise(promise, outcome)
        if outcome["kind"] == "beacon":
            check_signature(outcome, report)
            mixed = randomness(outcome)
        elif outcome["kind"] == "seed":
            mixed = hashlib.sha256(b"seed-v1" + outcome["seed"].encode("utf-8")).digest()
        else:
            added = hall(outcome, len(panels))
    index = hashed(b"draw-v1" + bytes.fromhex(portfolio) + mixed, len(panels))
    index = (index + added) % len(panels)
    need(drawn["index"] == index, f"the index is not {index}, which the sources give")
    need(drawn["panel"] == index + 1, f"the panel's number is not {index + 1}")
    need(drawn["tickets"] == panels[index], f"the tickets are not those of panel {index + 1}")
    report.facts.append(f"panel {index + 1} was drawn: tickets {drawn['tickets']}")


def check_people(record: Record, report: Report) -> None:
    """What only the organiser holds: who the leaves are; and with it targets and certificate."""
    people, leaves = record.get("sealed/people.json"), record.get("leaves.json")
    targets = record.get("targets.json")
    need(len(people) == len(leaves), "has not a person for each leaf")
    place = {(one["category"], one["value"]): at for at, one in enumerate(targets)}
    categories = {target["category"] for target in targets}
    traits = []
    for number, person in enumerate(people, start=1):
        need(person["entry"] == number, f"entry {number} is not in its place")
        leaf = leaf_of(person)
        need(leaf == leaves[number - 1], f"entry {number} is not what was committed to")
        need(set(person["traits"]) == categories, f"entry {number} has not each category once")
        named = list(person["traits"].items())
        need(all(one in place for one in named), f"entry {number} has a value without a target")
        traits.append([place[one] for one in named])
    need(len({person["id"] for person in people}) == len(people), "names somebody twice")
    report.facts.append("the sealed file of people is what was committed to")
    if "tickets.json" in record.json and "portfolio.json" in record.json:
        check_panels(record, traits, [person["household"] for person in people])
        report.facts.append("each panel meets the targets, and no household has two seats")
        check_prices(record, report, traits, [person["household"] for person in people])


def leaf_of(person: dict[str, Any]) -> str:
    told = {key: value for key, value in person.items() if key != "salt"}
    return sha256(b"\x00" + bytes.fromhex(person["salt"]) + one_form(told))


def check_panels(record: Record, traits: list[list[int]], households: list[str | None]) -> None:
    tickets, targets = record.get("tickets.json"), record.get("targets.json")
    entry = {ticket: at for at, ticket in enumerate(tickets)}
    for number, panel in enumerate(record.get("portfolio.json")["panels"], start=1):
        tally = [0] * len(targets)
        seen = []
        for ticket in panel:
            need(ticket in entry, f"panel {number} names a ticket that nobody has")
            for at in traits[entry[ticket]]:
                tally[at] += 1
            if households[entry[ticket]] is not None:
                seen.append(households[entry[ticket]])
        need(len(seen) == len(set(seen)), f"panel {number} holds two of one household")
        for target, seated in zip(targets, tally, strict=True):
            words = f"panel {number} misses the target {target['category']} {target['value']}"
            need(target["minimum"] <= seated <= target["maximum"], words)


def price_by_household(proof: dict[str, Any]) -> dict[Any, int]:
    prices = dict(proof["household"])
    need(len(prices) == len(proof["household"]), "the certificate prices a household twice")
    return prices


def check_prices(
    record: Record, report: Report, traits: list[list[int]], households: list[str | None]
) -> None:
    """Who weighs more than seat, traits, household and ceiling cost adds the difference."""
    file = record.get("certificate.json")
    proof = file["certificate"]
    if proof is None:
        return
    tickets, out = record.get("tickets.json"), set(proof["excluded"])
    first: dict[str, int] = {}
    for ticket, household in zip(tickets, households, strict=True):
        if household is not None:
            first[household] = min(ticket, first.get(household, ticket))
    prices = price_by_household(proof)
    need(set(prices) <= set(first.values()), "the certificate prices a household nobody is of")
    total = base_price(record, proof)
    for ticket, mine, household in zip(tickets, traits, households, strict=True):
        cost = proof["seat"] + proof["ceiling"][ticket - 1]
        cost += sum(proof["at_most"][at] - proof["at_least"][at] for at in mine)
        cost += prices.get(first[household], 0) if household is not None else 0
        if ticket not in out:
            total += max(0, proof["weights"][ticket - 1] - cost)
    proved = total / proof["denominator"]
    need(proved == Fraction(file["bound"]), f"the certificate proves {proved}, not {file['bound']}")
    if out and file["exclusion"] is None:
        return
    report.facts.append(
        f"no lottery gives the worst off more than {file['bound']}: the certificate holds"
    )


def check_exclusion(record: Record, report: Report) -> None:
    """That no panel holds any of the excluded, case by case: each holds less than one of them."""
    nodes, file = record.get("sealed/exclusion.json"), record.get("certificate.json")
    people, tickets = record.get("sealed/people.json"), record.get("tickets.json")
    digest = sha256(record.content["sealed/exclusion.json"])
    need(file["exclusion"] == digest, "is not the proof that certificate.json names")
    targets, out = record.get("targets.json"), set(file["certificate"]["excluded"])
    place = {(one["category"], one["value"]): at for at, one in enumerate(targets)}
    splits_of: list[list[int]] = [[] for _ in people]
    for number, node in enumerate(nodes):
        for entry in set(node.get("people", [])):
            need(1 <= entry <= len(people), "names nobody")
            splits_of[entry - 1].append(number)
    priced = {name for node in nodes for name, _ in node.get("household", [])}
    alike = Counter(  # people whom no case tells apart are summed up together
        (
            tuple(place[one] for one in person["traits"].items()),
            person["household"] if person["household"] in priced else None,
            ticket in out,
            tuple(splits),
        )
        for person, ticket, splits in zip(people, tickets, splits_of, strict=True)
    )
    stack: list[tuple[int, list[tuple[int, bool]]]] = [(0, [])]
    seen: set[int] = set()
    while stack:
        number, path = stack.pop()
        need(number < len(nodes) and number not in seen, "is not a tree")
        seen.add(number)
        node = nodes[number]
        if "low" in node:
            sides = ((node["low"], False), (node["high"], True))
            stack += [(side, [*path, (number, high)]) for side, high in sides]
            continue
        prices = price_by_household(node)
        need(len(node["splits"]) == len(path) and node["denominator"] > 0, "lacks a price")
        total = base_price(record, node)
        extra = {}
        for (split, high), price in zip(path, node["splits"], strict=True):
            least = nodes[split]["at_most"]
            total += -price * (least + 1) if high else price * least
            extra[split] = -price if high else price
        for (mine, household, excluded, splits), many in alike.items():
            cost = node["seat"] + prices.get(household, 0)
            cost += sum(node["at_most"][at] - node["at_least"][at] for at in mine)
            cost += sum(extra.get(split, 0) for split in splits)
            total += many * max(0, (node["denominator"] if excluded else 0) - cost)
        need(total < node["denominator"], f"case {number} does not prove that nobody has a chance")
    need(len(seen) == len(nodes), "is not a tree")
    report.facts.append(f"the {len(out)} tickets without a chance have none: {len(nodes)} steps")


def check_drawn(record: Record, report: Report) -> None:
    people, tickets = record.get("sealed/people.json"), record.get("tickets.json")
    entry = {ticket: at for at, ticket in enumerate(tickets)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("ticket", "entry", "id"))
    for ticket in record.get("draw.json")["tickets"]:
        need(ticket in entry and entry[ticket] < len(people), "a ticket is nobody's")
        writer.writerow((ticket, entry[ticket] + 1, people[entry[ticket]]["id"]))
    listed = record.content["sealed/drawn.csv"] == text.getvalue().encode("utf-8")
    need(listed, "does not list the people of the drawn panel")


CHECKS = {
    "commitment.json": check_commitment,
    "targets.json": check_targets,
    "seed.json": check_seed,
    "tickets.json": check_tickets,
    "portfolio.json": check_portfolio,
    "counts.json": check_counts,
    "certificate.json": check_certificate,
    "draw.json": check_draw,
    "sealed/people.json": check_people,
    "sealed/exclusion.json": check_exclusion,
    "sealed/drawn.csv": check_drawn,
}


def examine(folder: Path, fingerprint: str | None = None, previous: Path | None = None) -> Report:
    """Check a record, as far as it has come."""
    report = Report()
    record = Record(folder, report)
    for name, check in CHECKS.items():
        if name in record.content:
            try:
                check(record, report)
            except Wrong as wrong:
                if str(wrong):
                    report.wrong(name, str(wrong))
            except (LookupError, ValueError, ArithmeticError) as error:
                report.wrong(name, f"does not go together with the other files ({error})")
    for name, words in (
        ("portfolio.json", "the portfolio: it is not published yet"),
        ("draw.json", "the draw: it has not been made yet"),
        (
            "sealed/people.json",
            "targets of each panel and prices of each person: the people's "
            "traits are not published, and the sealed file is not here",
        ),
    ):
        if name not in record.content:
            report.unchecked.append(words)
    due = {"sealed/people.json"}
    if "draw.json" in record.content:
        due.add("sealed/drawn.csv")
    if (record.json.get("certificate.json") or {}).get("exclusion"):
        due.add("sealed/exclusion.json")
    there = set(SEALED) & set(record.content)
    for name in sorted(due - there if there else ()):
        report.wrong(name, "is missing")
    for name in sorted(there - due):
        report.wrong(name, "does not belong to a record that has come so far")
    if fingerprint is not None and fingerprint.strip().lower() != report.fingerprint:
        report.wrong("manifest.json", "has not the fingerprint that was given")
    named = record.json.get("commitment.json", {}).get("previous")
    if previous is not None:
        before = examine(previous)
        for finding in before.findings:
            report.wrong(f"{previous}/{finding.where}", finding.words)
        if named != before.fingerprint:
            report.wrong("commitment.json", "does not continue the record that was given")
    elif named is not None:
        report.unchecked.append(f"the record that this one continues: {named}")
    return report


def show_receipt(folder: Path, path: Path) -> list[str]:
    """What a receipt says: that it is in, its ticket and its panels."""
    receipt = json.loads(path.read_text(encoding="utf-8"))
    need(fits([receipt], SHAPES["sealed/people.json"]), "the receipt has not a receipt's form")
    record = Record(folder, Report())
    leaves = record.get("leaves.json")
    at = receipt["entry"] - 1
    need(0 <= at < len(leaves), "there is no such entry")
    need(leaf_of(receipt) == leaves[at], "the receipt is not what was committed to")
    lines = [f"entry {at + 1} is in the commitment"]
    if "tickets.json" in record.json and "portfolio.json" in record.json:
        ticket = record.json["tickets.json"][at]
        panels = record.json["portfolio.json"]["panels"]
        inside = [str(number) for number, panel in enumerate(panels, 1) if ticket in panel]
        numbers = f", numbers {', '.join(inside)}" if inside else ""
        lines.append(f"ticket {ticket} is in {len(inside)} of {len(panels)} panels{numbers}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the record of a draw.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fingerprint")
    parser.add_argument("--previous", type=Path)
    parser.add_argument("--receipt", type=Path)
    given = parser.parse_args()
    for folder in (given.folder, given.previous):
        if folder is not None and not folder.is_dir():
            print(f"There is no folder {folder}.", file=sys.stderr)
            return 2
    report = examine(given.folder, given.fingerprint, given.previous)
    if given.receipt is not None:
        try:
            report.facts += show_receipt(given.folder, given.receipt)
        except (OSError, ValueError, Wrong) as error:
            report.wrong(str(given.receipt), str(error) or "cannot be compared")
    for words in report.facts if not report.findings else []:
        print(f"ok: {words}")
    for words in report.unchecked:
        print(f"NOT CHECKED: {words}")
    for finding in report.findings:
        print(f"WRONG: {finding}")
    print(f"fingerprint: {report.fingerprint or 'none'}")
    print("Something is wrong with this record." if report.findings else "Nothing is wrong.")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
