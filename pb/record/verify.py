#!/usr/bin/env python3
"""Check a vote from its bundle, without trusting whoever ran it.

    python3 -I verify.py BUNDLE [--key HEX] [--head FILE] [--receipt TEXT] [--auditor FOLDER]

One file, only Python's standard library (3.9 or newer), no line shared with the program that ran
the vote. It checks every byte of every member, counts the ballots again by the published rule, and
says what each check means. Exit 0: all that was looked at holds; 1: the last line names what not.
"""
# ruff: noqa: B905, E401, I001 - short, and for Python 3.9, whose zip() knows no strict=
from __future__ import annotations
import argparse, base64, hashlib, heapq, hmac, io, json, re, struct, sys, zipfile
from collections import Counter
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

NAMES = ["README.txt", "ballots.jsonl", "heads.txt", "index.json", "log.jsonl", "manifest.json",
         "result.json", "verify.py"]
UNPROVED, HERE = list[str](), ["the bundle"]
class Wrong(Exception):
    """Something does not hold: in which member, on which line, and what."""
def need(holds: Any, what: str, where: str = "") -> None:
    if not holds:
        raise Wrong(f"{where or HERE[0]}: {what}")
def say(word: str, meaning: str) -> None:
    print(f"{word}\n    {meaning}")
    UNPROVED.extend([] if word.startswith("OK") else [word])

# -- The file: one plain zip, every byte of it accounted for ---------------------------------------
def unzip(data: bytes) -> dict[str, bytes]:
    """The members by name. Packing, order, dates are free; what can be read in two ways is not."""
    end, at, members = len(data) - 22, 0, dict[str, bytes]()
    need(data[max(0, end):end + 4] == b"PK\5\6" and data[-2:] == b"\0\0",
         "it is no zip file, or a comment or other bytes stand behind its end")
    number, size, start = struct.unpack("<H2L", data[end + 10:end + 20])
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        found = sorted(file.infolist(), key=lambda one: one.header_offset)
        need(number == len(found) and file.start_dir == start == end - size,
             "its table of members is damaged, or bytes stand before it")
        need(sum(one.file_size for one in found) <= min(2 << 30, 100 * len(data) + (10 << 20)),
             "it would unpack to more than any vote's record: it may be a trap")
        for one in found:
            name, lengths = one.orig_filename, struct.unpack("<2H", data[at + 26:at + 30])
            need(name in NAMES and name not in members, f"{name[:80]!r} is unknown or there twice")
            extra = one.extra + data[at + 30 + lengths[0]:at + 30 + sum(lengths)]
            need(one.compress_type in (0, 8) and not one.flag_bits & ~0x80E and not one.comment
                 and one.external_attr >> 28 in (0, 8) and data[at + 8] == one.compress_type
                 and one.header_offset == at and not re.search(b"(?s)up..\1", extra), "it is "
                 "encrypted, a link, packed in an unusual way, has a comment, a second name, or "
                 "bytes before it that belong to no member", name)
            members[name] = file.read(one)
            at += 30 + sum(lengths) + one.compress_size
            if one.flag_bits & 8:  # written as a stream: its sizes stand again behind it
                at += 16 if data[at:at + 4] == b"PK\7\x08" else 12
    need(at == start and sorted(members) == NAMES, "bytes of no member stand behind the last, or "
         f"members are missing: {sorted({*NAMES} - {*members})}")
    return members
def whole_number(text: str) -> int:
    if len(text) > 18 or not text.lstrip("-").isdigit():
        raise ValueError(f"{text[:40]} is not a whole number of at most 18 digits")
    return int(text)
decode = json.JSONDecoder(parse_int=whole_number, parse_float=whole_number,
                          parse_constant=whole_number).decode
encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
def canonical(raw: bytes, where: str) -> Any:
    """The JSON value of these bytes, which must be the only way in which to write it."""
    HERE[0] = where
    value = decode(text := raw.decode("utf-8"))
    need(encode(value) == text and "\\u0000" not in text.replace("\\\\", ""),
         "it is not written in the one canonical way (order of keys, spaces, escapes)")
    return value
def lines_of(raw: bytes, name: str) -> list[Any]:
    need(raw == b"" or raw.endswith(b"\n"), "its last line is cut off", name)
    return [(line, f"{name} line {at}") for at, line in enumerate(raw.split(b"\n")[:-1], 1)]
def unbase64(text: str, length: int) -> bytes:
    raw = base64.b64decode(text.encode("ascii", "replace") + b"==")
    need(base64.b64encode(raw).decode() == text and len(raw) == length,
         f"here {length} bytes in canonical base64 should stand")
    return raw
def unhex(text: str) -> bytes:
    need(re.fullmatch("[0-9a-f]{64}", text), "here 64 hexadecimal digits should stand")
    return bytes.fromhex(text)
def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

# -- The log: one leaf a line, and the heads that were signed over it ------------------------------
KINDS = ["rules", "change", "roll", "roll-change", "seed", "cast", "void", "close", "opened",
         "audit", "result", "objection", "answer", "correction", "destroyed"]
class Log:
    """``hashes`` of all leaves; ``casts``: envelopes by number, ``gone`` those that count no more
    (replaced or voided); ``acts``: the other leaves by kind; ``keys``: who signs, the last now."""
    def __init__(self, members: dict[str, bytes]) -> None:
        self.hashes, self.casts, self.gone = list[bytes](), dict[int, bytes](), dict[int, str]()
        self.erased, self.acts = 0, {kind: list[dict[str, Any]]() for kind in KINDS}
        for number, (line, where) in enumerate(lines_of(members["log.jsonl"], "log.jsonl")):
            leaf = canonical(line, where)
            if list(leaf) == ["erased"]:
                need(number and not self.acts["close"], "only casts can be erased")
                self.hashes.append(unhex(leaf["erased"]))
                self.erased, self.casts[number] = self.erased + 1, b""
                continue
            kind = leaf["kind"]
            need(kind in KINDS, f"a leaf of the unknown kind {str(kind)[:40]!r}")
            need((kind == "rules") == (number == 0), "the rules are not leaf 0 and only it")
            need(not self.acts["close"] or kind not in ("cast", "void", "roll-change"),
                 f"this leaf of kind {kind!r} came after the close")
            self.hashes.append(sha256(b"\0" + line))
            if number == 0:
                need(line == members["manifest.json"], "it is not leaf 0", "manifest.json")
                need(leaf["version"] == 1, "this program does not know its version")
                self.manifest, self.origin, self.keys = leaf, leaf["origin"], list[bytes]()
                size = leaf["box"]["envelope_bytes"]
            if number == 0 or (kind == "correction" and leaf["what"] == "new-key"):
                self.keys.append(unhex(leaf["signing_key"]))
            taken = leaf["leaves"] if kind == "void" else [leaf.get("replaces")]
            for before in [one for one in taken if one is not None]:
                need(before in self.casts and before not in self.gone,
                     f"it takes out leaf {before}, which is no ballot that still counted")
                self.gone[before] = kind
            if kind == "cast":
                need({*leaf} == {"kind", "envelope", "replaces"}, "a cast with wrong keys")
                self.casts[number] = unbase64(leaf["envelope"], size)
            else:
                self.acts[kind].append({**leaf, "where": where})
    def only(self, kind: str) -> dict[str, Any]:
        found = self.acts[kind]
        need(len(found) == 1, f"it should have one leaf {kind!r}, not {len(found)}", "log.jsonl")
        return found[0]
    def note(self, text: str, where: str, alone: bool = True) -> list[str]:
        """A signed note's text by lines. ``alone``: nobody else's signature may stand under it."""
        body, _, below = text.partition("\n\n")
        signatures, start, HERE[0] = below.split("\n"), f"\u2014 {self.origin} ", where
        ours = [line for line in signatures if line.startswith(start)]
        need(signatures.pop() == "" and len(ours) == 1 and (ours == signatures or not alone),
             "it is not signed by the log just once, or by somebody unknown")
        raw, signed = unbase64(ours[0][len(start):], 68), body.encode() + b"\n"
        need(any(raw[:4] == sha256(self.origin.encode() + b"\n\1" + key)[:4] and signed_by(
            key, raw[4:], signed) for key in self.keys), "it is not signed by the log's key")
        return body.split("\n")
    def head(self, text: str, where: str, alone: bool = True) -> tuple[int, bytes]:
        origin, size, root = self.note(text, where, alone)
        need(origin == self.origin and str(int(size)) == size, "it is no head of this log")
        return int(size), unbase64(root, 32)
def roots_of(hashes: list[bytes]) -> list[bytes]:
    """The tree's root at every size from 1 (RFC 9162): complete subtrees, folded from the right."""
    roots, whole = [], list[bytes]()
    for number, leaf in enumerate(hashes, 1):
        whole.append(leaf)
        while number % 2 == 0:
            right, number = whole.pop(), number // 2
            whole[-1] = sha256(b"\1" + whole[-1] + right)
        roots.append(whole[-1])
        for left in reversed(whole[:-1]):
            roots[-1] = sha256(b"\1" + left + roots[-1])
    return roots

# -- The ballots: valid under the rules ------------------------------------------------------------
class Contest:
    """What is voted on, as the manifest says. A ballot is a tuple of (option, points)."""
    def __init__(self, manifest: dict[str, Any]) -> None:
        HERE[0], options, areas = "manifest.json", manifest["options"], manifest["areas"]
        self.kind, self.most = manifest["ballot"]["kind"], manifest["ballot"]["max_choices"]
        self.points = manifest["ballot"]["max_points"] if self.kind == "points" else None
        self.method, self.seats = manifest["method"]["name"], manifest["method"]["seats"]
        self.ids, self.least = [option["id"] for option in options], manifest["min_support"]
        self.cost = {option["id"]: option["cost"] for option in options}
        self.area = {option["id"]: option["area"] for option in options}
        self.budgets = {area["id"]: area["budget"] for area in areas}
        need((len(self.budgets), len(self.cost)) == (len(areas), len(options)) and min(
            *self.cost.values(), *self.budgets.values(), self.seats, self.least, 0) == 0 and set(
            self.area.values()) <= set(self.budgets), "its areas or options cannot be")
        self.settings = dict(manifest["method"]["settings"])
        groups = self.settings.pop("groups", [])
        self.rivals = {one: {rival for group in groups if one in group["options"]
                             for rival in group["options"]} - {one} for one in self.ids}
        self.apart = [{*one["options"]} for one in groups if one.get("exclusive_on_ballot")]
        order = sorted(self.ids, key=lambda o: (sha256(f"{manifest['lot_seed']}\n{o}".encode()), o))
        need(order == manifest["lot_order"], "its order of lots is not what its seed gives")
        self.lot = {option: place for place, option in enumerate(order)}
    def ballot(self, content: Any) -> tuple[Any, ...]:
        """Errors: Wrong, where it may not be cast."""
        key, points = self.kind.replace("ranked", "ranking"), self.kind == "points"
        need(list(content) == [key] and type(content[key]) is (dict if points else list),
             "this ballot is not of the vote's kind")
        ballot = tuple((one, content[key][one] if points else 1) for one in content[key])
        chosen, given = [one for one, _ in ballot], [number for _, number in ballot]
        need({*chosen} <= {*self.ids}, "it names an option that is not in the vote")
        need(len({*chosen}) == len(chosen) and (key == "ranking" or chosen == sorted(chosen)),
             "it names an option twice, or not in the canonical order")
        need(all(type(number) is int and number > 0 for number in given), "it gives no points")
        need(len(chosen) <= (self.most or 1e9) and sum(given) <= (self.points or 1e18),
             "it names too many options or gives too many points")
        need(key != "knapsack" or all(budget >= sum(self.cost[one] for one in chosen if self.area[
            one] == area) for area, budget in self.budgets.items()), "it spends too much")
        need(all(len(group.intersection(chosen)) < 2 for group in self.apart),
             "it names two options that exclude each other")
        return ballot
def ballots_of(raw: bytes, contest: Contest) -> Counter[Any]:
    """The complete file: sorted by tracking code, each code once, each ballot a valid one."""
    groups, known, before = Counter[Any](), dict[str, Any](), ""
    for line in lines_of(raw, "ballots.jsonl"):
        entry = canonical(*line)
        need({*entry} == {"ballot", "tracking", "word"} and type(entry["word"]) is str and
             re.fullmatch("[0-9A-Z]{12}", entry["tracking"]), "this is no ballot with its code")
        need(before < entry["tracking"], "the codes are not sorted, or one stands twice")
        before, text = entry["tracking"], encode(entry["ballot"])
        if text not in known:
            known[text] = contest.ballot(entry["ballot"])
        groups[known[text]] += 1
    return groups

# -- The rules -------------------------------------------------------------------------------------
def recount(contest: Contest, groups: Counter[Any]) -> dict[str, Any]:
    """The outcome by the contest's rule, in the words of result.json."""
    votes = Counter({ballot: number for ballot, number in groups.items() if ballot})
    rule, known = {
        "greedy": (greedy, "skip part_funding_percent threshold"), "irv": (None, ""),
        "equal-shares": (equal_shares, SHARES), "equal-shares-ranked": (equal_shares, SHARES),
        "scottish-stv": (None, "")}.get(contest.method, (None, "?"))
    need(known != "?" and {*contest.settings} <= {*known.split()} and (contest.kind == "ranked")
         == (contest.method not in ("greedy", "equal-shares")), "this program does not know "
         f"{contest.method!r} for {contest.kind!r} with its settings: no recount", "manifest.json")
    outcome = budget(contest, votes, rule) if rule else ranked_choice(contest, votes)
    valid, blank = sum(votes.values()), groups[()]
    return {"method": f"{contest.method}/1", "ballots": valid + blank, "valid": valid,
            "blank": blank, "invalid": 0, **outcome}
SHARES = "threshold skip completion increment utility integral_start exhaustive_stop"
def budget(contest: Contest, votes: Counter[Any], rule: Any) -> dict[str, Any]:
    """Votes or points by option; the rule says what is funded, in order, of the options that have
    enough and that their purse could pay: most votes first, then the lower cost, then the lot."""
    support, left, steps = dict.fromkeys(contest.ids, 0), dict(contest.budgets), list[Any]()
    for ballot, number in votes.items():
        for option, points in ballot:
            support[option] += points * number
    needed = max(1, contest.least, contest.settings.get("threshold", 0))
    able = [one for one in contest.ids if support[one] >= needed
            and contest.cost[one] <= left[contest.area[one]]]
    order = sorted(able, key=lambda one: (-support[one], contest.cost[one], contest.lot[one]))
    for option in rule(contest, votes, order, left):
        left[contest.area[option]] = max(0, left[contest.area[option]] - contest.cost[option])
        steps.append([option, left[contest.area[option]]])
    return {"selected": [option for option, _ in steps], "left": left, "steps": steps,
            "cost": sum(contest.budgets.values()) - sum(left.values()),
            "support": {option: str(number) for option, number in support.items()}}
def greedy(contest: Contest, _: Any, order: list[str], left: dict[str, int]) -> Any:
    """Most votes first, while the money left for the option's area lasts."""
    stopped, out, part = set[str](), set[str](), contest.settings.get("part_funding_percent", 0)
    for option in order:
        area, cost = contest.area[option], contest.cost[option]
        if area in stopped or option in out:
            continue
        if cost > left[area] and (part or not contest.settings.get("skip", True)):
            stopped.add(area)
        if cost <= left[area] or (part and left[area] * 100 >= part * cost):
            out |= contest.rivals[option]
            yield option
def equal_shares(contest: Contest, votes: Counter[Any], order: list[str], _: Any) -> Any:
    """Each purse is shared equally among its voters, who buy together what they support."""
    for area in sorted(contest.budgets, key=lambda area: (area == "", area)):
        names = [option for option in order if contest.area[option] == area]
        yield from Purse(contest, area, votes, names).bought() if names else ()
def level(cost: int, payers: list[tuple[int, int, int]]) -> Fraction | None:
    """The price a point at which all payments add up to the cost, if who has less gives all."""
    weight = sum(points * number for _, points, number in payers)
    for money, points, number in sorted(payers, key=lambda one: Fraction(*one[:2])
                                        if one[1] > 1 else one[0]):
        if money * weight >= cost * points:
            return Fraction(cost, weight)
        cost, weight = cost - money * number, weight - points * number
    return None

class Purse:
    """Equal shares in one purse. Options are numbers, in the order that settles ties."""
    def __init__(self, contest: Contest, area: str, votes: Counter[Any], names: list[str]) -> None:
        self.names, ranked = names, contest.kind == "ranked"
        place, cut = {option: at for at, option in enumerate(names)}, Counter[Any]()
        for ballot, number in votes.items():
            if any(contest.area[option] == area for option, _ in ballot):
                kept = [(place[option], points) for option, points in ballot if option in place]
                cut[tuple(kept if ranked else sorted(kept))] += number
        self.groups, self.money, voters = len(cut), contest.budgets[area], sum(cut.values())
        # By rank and option: (group, ballots, points) of those who rank it so high or higher.
        self.backers: list[list[list[tuple[int, int, int]]]] = [
            [[] for _ in names] for _ in range(max(map(len, cut)) if ranked else 1)]
        for group, (kept, number) in enumerate(cut.items()):
            for rank, (option, points) in enumerate(kept):
                for backers in self.backers[rank * ranked:]:
                    backers[option].append((group, number, points))
        self.costs, settings = [contest.cost[name] for name in names], contest.settings
        self.way, by = settings.get("completion", "add1"), settings.get("utility", "cost")
        self.step, even = settings.get("increment", 100), settings.get("integral_start", False)
        need(self.way in ("add1", "none", "utility", "add1-utility") and by in (
            "cost", "cardinality"), "its completion or utility is unknown", "manifest.json")
        self.worth = [cost or 1 if by == "cost" else 1 for cost in self.costs]
        self.rivals = [{place.get(one, -1) for one in contest.rivals[name]} for name in names]
        self.share, self.full = Fraction(self.money, voters), settings.get("exhaustive_stop", False)
        self.share = Fraction(self.share // self.step * self.step) if even else self.share
    def open(self, bids: list[Any]) -> list[int]:
        out = {rival for _, option, _ in bids for rival in (option, *self.rivals[option])}
        return [option for option in range(len(self.names)) if option not in out]
    def spent(self, bids: list[Any]) -> int:
        return sum(self.costs[option] for _, option, _ in bids)
    def bought(self) -> list[str]:
        """A run with equal shares; the shares raised ("add1") as long as the outcome costs no more
        than there is; the rest given by votes ("utility")."""
        share, best, jump = self.share, self.run(self.share)[0], 1
        while self.way.startswith("add1") and (rest := self.open(best)) and not (self.full and min(
                self.costs[one] for one in rest) > self.money - self.spent(best)):
            # A far larger share first: where all between provably buys the same, none is run.
            trial, same = self.run(share + jump * self.step, best, jump > 1)
            if jump == 1 and self.spent(trial) > self.money:
                break
            if same or jump == 1:
                best, share = trial, share + jump * self.step
            jump = 2 * jump if same else max(1, jump // 2)
        for option in self.open(best) if self.way.endswith("utility") else ():
            if self.spent(best) + self.costs[option] <= self.money and option in self.open(best):
                best.append((0, option, 0))
        return [self.names[option] for _, option, _ in best]
    def run(self, share: Fraction, below: Any = None, hurry: bool = False) -> tuple[Any, bool]:
        """Buying with one share: always what has the lowest price for its worth. Who paid for the
        same things has the same money: a class. Money is in whole 1/``parts``, made finer when a
        price needs it: all is exact. Gives each purchase (price for its worth, option, rank), and
        whether every share from that of the run ``below`` buys the same: prices only fall as shares
        grow, so what is cheapest at its price there, against all others' here, is so between."""
        parts, money, classes = share.denominator, [share.numerator, 0], [0] * self.groups
        bids, same = list[Any](), below is not None
        for rank, backers in enumerate(self.backers):
            # Prices if all backers could pay: less they cannot be, and in a rank they only rise.
            weight = [sum(number * points for _, number, points in one) for one in backers]
            waiting: list[Any] = [(Fraction(self.costs[one], self.worth[one] * weight[one]), one)
                                  for one in self.open(bids) if weight[one]]
            heapq.heapify(waiting)
            while same or not hurry:
                limit = below[len(bids)] if same and len(bids) < len(below) else (-1, -1, -1)
                found: list[Any] = []
                while waiting and (not found or waiting[0][0] <= max(min(found)[0], limit[0])):
                    option, held = heapq.heappop(waiting)[1], Counter[tuple[int, int]]()
                    for group, number, points in backers[option]:
                        held[classes[group], points] += number
                    price = level(self.costs[option] * parts, [
                        (money[one], points, number) for (one, points), number in held.items()])
                    if price is not None and option in self.open(bids):
                        found.append((price / parts / self.worth[option], option, held))
                if not found:
                    break
                (ratio, option, held), *others = sorted(found)
                same = limit[1:] == (option, rank) and all(one[:2] > limit[:2] for one in others)
                for one in others:
                    heapq.heappush(waiting, one[:2])
                price, after = ratio * self.worth[option] * parts, {}
                parts, money = parts * price.denominator, [one * price.denominator for one in money]
                for one, points in held:
                    rest, after[one, points] = money[one] - price.numerator * points, 1
                    if rest > 0:  # class 1 has nothing
                        after[one, points] = len(money)
                        money.append(rest)
                for group, _, points in backers[option]:
                    classes[group] = after[classes[group], points]
                bids.append((ratio, option, rank))
        return bids, same and len(bids) == len(below)

def ranked_choice(contest: Contest, votes: Counter[Any]) -> dict[str, Any]:
    """Scottish STV in hundred-thousandths of a vote, or instant runoff in whole votes: papers in
    piles, one an option, each with the value at which it came there."""
    stv, ids, seats = contest.method == "scottish-stv", contest.ids, contest.seats
    need(stv or seats < 2, "instant runoff has one seat", "manifest.json")
    unit, papers = 100_000 if stv else 1, [iter([one for one, _ in ballot]) for ballot in votes]
    numbers, everything, totals = [*votes.values()], sum(votes.values()), dict.fromkeys(ids, 0)
    quota, elected, waiting = (everything // (seats + 1) + 1) * unit, list[str](), list[str]()
    history, stages, ended, field = list[Any](), list[Any](), 0, [*ids]
    piles: dict[Any, dict[int, list[int]]] = {option: {} for option in ids}
    action, source, total, moves = "first_preferences", "", 1, 1
    pile = {unit: [*range(len(papers))]}
    def standing(option: str) -> Any:
        """Most votes first; equal: more at the latest stage at which they differed; then by lot."""
        return [-past[option] for past in (totals, *reversed(history))], contest.lot[option]
    def text(votes: int) -> str:
        whole, part = divmod(votes, unit)
        return f"{whole}.{part:05d}".rstrip("0") if part else str(whole)
    while True:
        received = Counter[Any]()
        for value, moved in pile.items():  # each paper goes on at its part of its value
            for at in moved:
                target = next((option for option in papers[at] if option in field), None)
                received[target] += value * moves // total * numbers[at]
                if target is not None:
                    piles[target].setdefault(value * moves // total, []).append(at)
        totals = {option: votes + received[option] for option, votes in totals.items()}
        ended, vacant, alive = ended + received[None], seats - len(elected), sum(totals.values())
        order = sorted(field, key=standing) if alive else []
        won = sum(totals[one] >= quota for one in order) if stv else int(
            bool(order) and (totals[order[0]] > alive // 2 or len(order) == 2))
        waiting += [one for one in order[:min(won, vacant)] if stv and totals[one] > quota]
        now = order[:vacant] if stv and len(order) <= vacant else order[:min(won, vacant)]
        elected, field = elected + now, [option for option in field if option not in now]
        history.append(totals)
        stages.append({
            "number": len(history), "action": action, "options": [source] * bool(source),
            "totals": {option: text(number) for option, number in totals.items()},
            "elected": now, "excluded": [source] if action == "exclusion" else [],
            "nontransferable": text(ended),
            "lost_by_fraction": text(everything * unit - alive - ended),
            "transfers": [{"source": source, "target": target, "votes": text(received[target])}
                          for target in (None, *ids) if source and received[target]]})
        if len(elected) >= seats or not field or not alive:
            quota = quota if stv else alive // 2 + 1
            return {"seats": seats, "quota": quota // unit, "elected": elected, "stages": stages}
        source = min(waiting, key=standing) if waiting else max(field, key=standing)
        action, total, moves, left = "exclusion", 1, 1, 0
        if waiting:
            action, total, moves, left = "surplus", totals[source], totals[source] - quota, quota
        (waiting or field).remove(source)
        totals, pile, piles[source] = {**totals, source: left}, piles[source], {}
def compare(mine: dict[str, Any], theirs: dict[str, Any], where: str) -> None:
    """Everything that was counted must stand in the published result, and be the same."""
    for name, value in mine.items():
        other: Any = theirs.get(name)
        for at, stage in enumerate(value if name == "stages" else ()):
            compare(stage, other[at] if len(other) == len(value) else {}, f"{where} stage {at + 1}")
        need(name == "stages" or encode(value) == encode(other), f"published is "
             f"{encode(other)[:200]}, counted {encode(value)[:200]}", f"{where} {name}")

# -- Arithmetic: Ed25519 (RFC 8032), HPKE (RFC 9180) with X25519, HKDF and AES-128-GCM -------------
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
def plus(one: Any, two: Any) -> Any:
    """Points are (x, y, z, t): x/z and y/z on the curve, t = xy/z."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]), (one[1] + one[0]) * (two[1] + two[0])
    c, d = 2 * one[3] * two[3] * D, 2 * one[2] * two[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P
def point(raw: bytes) -> Any:
    """The point of 32 bytes; None where they are no canonical form of one."""
    y, odd = int.from_bytes(raw, "little") & (1 << 255) - 1, raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    x = P - x if x & 1 != odd else x
    return (x, y, 1, x * y % P) if y < P and x < P and x * x % P == square else None
@lru_cache(4)
def multiples(one: Any) -> list[list[Any]]:
    """For each byte of a number, the point times each value of that byte."""
    rows: list[list[Any]] = []
    while len(rows) < 32:
        rows.append([*accumulate([one] * 255, plus, initial=(0, 1, 1, 0))])
        one = plus(rows[-1][-1], one)
    return rows
def signed_by(key: bytes, signature: bytes, text: bytes) -> bool:
    """Whether this is the key's signature, strictly: canonical numbers and points, S < order."""
    public, s, total = point(key), int.from_bytes(signature[32:], "little"), (0, 1, 1, 0)
    if public is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % ORDER
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    for number, one in ((s, base), (k, (P - public[0], public[1], 1, P - public[3]))):
        for row, byte in zip(multiples(one), number.to_bytes(32, "little")):
            total = plus(total, row[byte])
    x, y = (total[at] * pow(total[2], -1, P) % P for at in (0, 1))
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
def x25519(secret: bytes, public: bytes) -> bytes:
    k = int.from_bytes(secret, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    u = int.from_bytes(public, "little") & (1 << 255) - 1
    a, b, c, d = 1, 0, u, 1  # (a : b) and (c : d) differ by the point u
    for bit in [k >> at & 1 for at in range(254, -1, -1)]:
        a, b, c, d = (c, d, a, b) if bit else (a, b, c, d)
        m, n, s, t = (a + b)**2 % P, (a - b)**2 % P, (a - b) * (c + d) % P, (a + b) * (c - d) % P
        a, b = m * n % P, (m - n) * (m + 121665 * (m - n)) % P
        c, d = (s + t)**2 % P, u * (s - t)**2 % P
        a, b, c, d = (c, d, a, b) if bit else (a, b, c, d)
    return (a * pow(b, P - 2, P) % P).to_bytes(32, "little")
TWICE = [byte << 1 ^ (0x11B if byte & 128 else 0) for byte in range(256)]
POWERS, BOX = [1], [0x63] * 256  # of 3 in the field of AES; its S-box
for _ in range(254):
    POWERS.append(POWERS[-1] ^ TWICE[POWERS[-1]])
for _at, _byte in enumerate(POWERS):
    _one = POWERS[-_at % 255]
    _one ^= _one << 1 ^ _one << 2 ^ _one << 3 ^ _one << 4
    BOX[_byte] = (_one ^ _one >> 8) & 255 ^ 0x63
def round_keys(key: bytes) -> list[int]:
    words, power = list(key), 1
    for at in range(16, 176):
        last = words[at - 4] if at % 16 > 3 else BOX[words[at - 3 if at % 4 < 3 else at - 7]]
        words.append(words[at - 16] ^ last ^ (power if at % 16 == 0 else 0))
        power = TWICE[power] if at % 16 == 0 else power
    return words
def aes(words: list[int], block: bytes) -> bytes:
    state = [one ^ key for one, key in zip(block, words)]
    for at in range(16, 176, 16):
        s = [BOX[state[place * 5 % 16]] for place in range(16)]
        if at < 160:
            s = [s[i] ^ TWICE[s[i] ^ s[i & 12 | i + 1 & 3]] ^ s[i & 12] ^ s[i & 12 | 1]
                 ^ s[i & 12 | 2] ^ s[i & 12 | 3] for i in range(16)]
        state = [one ^ key for one, key in zip(s, words[at:at + 16])]
    return bytes(state)
def gcm_open(key: bytes, nonce: bytes, sealed: bytes) -> bytes:
    """AES-128-GCM without further data; empty where it was not sealed with this key."""
    words, cipher, hashed = round_keys(key), sealed[:-16], 0
    powers = [int.from_bytes(aes(words, bytes(16)), "big")]
    for _ in range(127):
        powers.append(powers[-1] >> 1 ^ (0xE1 << 120 if powers[-1] & 1 else 0))
    padded = cipher + bytes(-len(cipher) % 16) + struct.pack(">2Q", 0, 8 * len(cipher))
    for at in range(0, len(padded), 16):
        bits, hashed = f"{hashed ^ int.from_bytes(padded[at:at + 16], 'big'):0128b}", 0
        for bit, one in zip(bits, powers):
            hashed ^= one if bit == "1" else 0
    stream = b"".join(aes(words, nonce + struct.pack(">L", at + 1))
                      for at in range(len(padded) // 16))
    tag = (hashed ^ int.from_bytes(stream[:16], "big")).to_bytes(16, "big")
    return bytes(one ^ two for one, two in zip(cipher, stream[16:])) if tag == sealed[-16:] else b""
def hpke_open(secret: bytes, public: bytes, info: bytes, envelope: bytes) -> bytes:
    """What was sealed to the key in base mode; empty where it does not open."""
    def extract(salt: bytes, label: bytes, value: bytes, suite: bytes) -> bytes:
        return hmac.digest(salt, b"HPKE-v1" + suite + label + value, "sha256")
    def expand(key: bytes, label: bytes, value: bytes, length: int, suite: bytes) -> bytes:
        text = struct.pack(">H", length) + b"HPKE-v1" + suite + label + value
        return hmac.digest(key, text + b"\1", "sha256")[:length]
    kem, suite, enc = b"KEM\0\x20", b"HPKE\0\x20\0\1\0\1", envelope[:32]
    shared = extract(b"", b"eae_prk", x25519(secret, enc), kem)
    key = extract(expand(shared, b"shared_secret", enc + public, 32, kem), b"secret", b"", suite)
    context = b"\0" + b"".join(extract(b"", label, value, suite) for label, value in (
        (b"psk_id_hash", b""), (b"info_hash", info)))
    return gcm_open(expand(key, b"key", context, 16, suite),
                    expand(key, b"base_nonce", context, 12, suite), envelope[32:])

# -- The checks, in order --------------------------------------------------------------------------
def check_file(members: dict[str, bytes], given: str | None) -> Log:
    """The index names every other member with its hash, and is signed by the log's key."""
    index = canonical(members["index.json"], "index.json")
    need(sorted(index) == ["members", "origin", "signature", "version"] and index["version"] == 1
         and sorted([*index["members"], "index.json"]) == NAMES, "it is no index of version 1")
    for name, digest in index["members"].items():
        need(sha256(members[name]).hex() == digest, "it was changed after it was signed", name)
    signature, log = unbase64(index.pop("signature"), 64), Log(members)
    key, text = log.keys[-1], b"common-purse/bundle/1\n" + encode(index).encode()
    need(signed_by(key, signature, text) and index["origin"] == log.origin and log.origin.endswith(
        "/processes/" + log.manifest["process"]), "it is not signed by the log's key", "index.json")
    say("OK the file is whole", f"{len(NAMES)} members as they were signed; nothing hidden beside.")
    if given is None:
        say("UNKNOWN KEY", f"Signed by the key {key.hex()}. Whose that is, is not proved: compare "
            "it with the letter or notice, or give theirs by --key.")
        return log
    need(given.strip().lower() == key.hex(), f"it is signed by another: {key.hex()}", "--key")
    say("OK the key is the one you gave", "Its holder signed this bundle and its log.")
    return log
def check_log(log: Log, heads: bytes, head: str | None) -> None:
    """Each head that was ever signed is one of this log, as it grew."""
    for leaf in log.acts["change"] + log.acts["correction"]:
        say("CHANGED LATER", f"{leaf['where']}: {leaf['what']}: {str(leaf.get('reason'))[:300]!r}")
    roots, last, notes = roots_of(log.hashes), 0, heads.decode("utf-8").split("-----\n")
    need(notes.pop() == "" and notes, "it has no head, or its end is cut off", "heads.txt")
    for number, note in enumerate(notes, 1):
        size, root = log.head(note, f"heads.txt note {number}")
        need(last < size <= len(roots), f"it is of {size} leaves, that before of {last}, the log "
             f"has {len(roots)}: leaves were taken out, or heads put in")
        need(root == roots[size - 1], f"other leaves than these first {size} were signed")
        last = size
    need(last == len(roots), "no signed head covers the last leaves of the log")
    say("OK the log only grew", f"All {len(notes)} signed heads are of this one log of {last} "
        "leaves, the rules first: nothing was taken out, slipped in or rewritten.")
    if head is None:
        root64 = base64.b64encode(roots[-1]).decode()
        return say("UNKNOWN HEAD", "That all are shown this log is not proved: compare its last "
                   f"(size {last}, root {root64}) with the minutes or a witness (--head).")
    size, root = log.head(head, "--head", alone=False)
    need(size <= last, f"it is of {size} leaves, this log has only {last}: it was cut")
    need(root == roots[size - 1], "it is of another log: two are shown")
    say("OK your head is in this log", f"Its first {size} leaves are those you were shown.")
def check_receipt(log: Log, receipt: str | None) -> None:
    if receipt is None:
        return say("NO RECEIPT", "That a certain ballot is in, its receipt shows (--receipt).")
    start, HERE[0] = f"CP1.{log.manifest['process']}.", "--receipt"
    need(receipt.strip().startswith(start), f"a receipt of this vote begins with {start}")
    number, leaf, promise = receipt.strip()[len(start):].split(".")
    found, promise = unhex(leaf), promise.rstrip("=").replace("-", "+").replace("_", "/") + "="
    log.note(f"{log.origin}/receipt\n{number}\n{base64.b64encode(found).decode()}\n\n"
             f"\u2014 {log.origin} {promise}\n", "--receipt")
    need(log.hashes[int(number):int(number) + 1] == [found], f"leaf {number} is not your ballot: "
         "it was taken out or changed. Your receipt is signed, so you can prove it")
    say(f"OK your ballot is in the log, as leaf {number}", {
        "cast": "A later one of yours replaced it; that one counts.",
        "void": "It was voided; a leaf says why."}.get(log.gone.get(int(number), ""), "It stands."))
def check_box(log: Log) -> dict[str, Any]:
    """How many ballots went in and how many came out; gives the leaf of the opening."""
    close, opened, casts = log.only("close"), log.only("opened"), len(log.casts)
    voted, gone, quorum = close["voted"], Counter(log.gone.values()), log.manifest.get("quorum", 0)
    entitled = sum(log.only("roll")["entitled"].values()) + sum(
        sum(one["added"].values()) - sum(one["voided"].values()) for one in log.acts["roll-change"])
    for holds, what in (
            (log.erased == sum(leaf["envelopes"] for leaf in log.acts["destroyed"]),
             f"{log.erased} leaves are erased, not as many as were declared destroyed"),
            (close["casts"] == casts, f"it says {close['casts']} casts, the log holds {casts}"),
            (log.erased or close["replaced"] == gone["cast"], f"{gone['cast']} were replaced"),
            (log.erased or close["voided_ballots"] == gone["void"], f"{gone['void']} were voided"),
            (close["counted"] == casts - close["replaced"] - close["voided_ballots"],
             "those to be counted are not the casts less those replaced and voided"),
            (voted == close["counted"], f"{close['counted']} ballots, {voted} marks on the roll"),
            (0 <= voted <= entitled, f"{voted} voted, but only {entitled} are on the roll"),
            (opened["number"] + opened["unopenable"] == voted, "not as many ballots were opened"),
            (opened["level"] == log.manifest["publication"], "the level of publication changed")):
        need(holds, what, close["where"])
    say("OK the numbers agree", f"{casts} casts, {close['replaced']} replaced by later ones, "
        f"{close['voided_ballots']} voided, {voted} to count (quorum {quorum}): as many "
        f"as marks on a roll of {entitled}. {opened['unopenable']} could not be opened.")
    return opened
def check_ballots(raw: bytes, contest: Contest, opened: dict[str, Any]) -> Counter[Any] | None:
    """The ballots as they were published; None where not all are."""
    number, level = opened["number"], opened["level"]
    need(sha256(raw).hex() == opened["published_sha256"], "the log holds the hash of another file: "
         "ballots were changed after they were opened", "ballots.jsonl")
    if level == "A":
        groups = ballots_of(raw, contest)
        need(opened["sha256"] == opened["published_sha256"] and sum(groups.values()) == number,
             f"it has not the {number} ballots of the log", "ballots.jsonl")
        say("OK the ballots are valid", f"{number}, each with its own code, allowed by the rules.")
        return groups
    entries = [canonical(*line) for line in lines_of(raw, "ballots.jsonl")]
    shown, last = [entry["number"] for entry in entries[:-1]], entries[-1]
    need(min(shown, default=10) > 9 and number - sum(shown) == (
         last["withheld"] if level == "B" else last["totals"]["ballots"]), "these are not all")
    say("NOT RECOUNTED", f"{sum(shown)} of {number} ballots are public at level {level} (B: what "
        "ten or more cast alike; C: none). Auditors can count them all again (--auditor).")
    return None
def check_result(raw: bytes, log: Log, contest: Contest, groups: Counter[Any] | None) -> None:
    result, leaf = canonical(raw, "result.json"), (log.acts["result"] or [{"count": 0}])[-1]
    need(result["count"] == leaf["count"] and sha256(raw).hex() == leaf["sha256"],
         "it is not the latest result that the log holds")
    need(leaf["state"] in ("provisional", "final"), f"this result is {leaf['state']}")
    tally, areas = dict(result["tally"]), result["turnout"].get("areas")
    winners = tally["selected" if "selected" in tally else "elected"]
    for option, why in tally["why"].items():
        won = why["code"] in ("funded", "funded_by_votes", "part_funded", "elected")
        need(won == (option in winners), f"the reason given for {option!r} does not fit its fate")
    need(not areas or sum(area["voted"] for area in areas) == log.only("close")["voted"],
         "its turnout is not the number of voters at the close")
    if groups is not None:
        tally["steps"] = [[one["option"], one["money_left"]]
                          for one in tally.get("steps", []) if one["funded"]]
        compare(recount(contest, groups), tally, "result.json tally")
        say("OK the result is right", f"{sum(groups.values())} ballots counted again by "
            f"{contest.method}: the same winners and figures ({', '.join(winners)}). The sentences "
            f"that explain it are not checked. It is {leaf['state']}.")
def reopen(log: Log, contest: Contest, folder: Path, opened: dict[str, Any]) -> Counter[Any]:
    """For auditors: every envelope that counts is opened; just the ballots of the log come out."""
    files, lines, HERE[0] = sorted(folder.glob("*.box")), list[Any](), "--auditor"
    need(len(files) == 1, "the folder should hold one file with the box's key, *.box")
    secret = unhex(files[0].read_text("ascii").strip())
    public = x25519(secret, (9).to_bytes(32, "little"))
    need(public.hex() == log.manifest["box"]["public_key"], "this is the key of another box")
    need(not log.erased, "the envelopes are destroyed: a bundle of before is needed")
    info = b"common-purse/ballot/1\n" + log.origin.encode() + b"\n" + log.hashes[0]
    counted = [number for number in log.casts if number not in log.gone]
    for number in counted:
        text = hpke_open(secret, public, info, log.casts[number]).rstrip(b" ")
        try:
            entry = canonical(text, f"leaf {number}")
            contest.ballot(entry["ballot"])
            lines.append((entry["tracking"], text + b"\n"))
        except (Wrong, ValueError, LookupError, TypeError):
            say("UNOPENABLE", f"The envelope of leaf {number} does not open to a valid ballot.")
    raw = b"".join(line for _, line in sorted(lines))
    need(len(lines) == opened["number"] and sha256(raw).hex() == opened["sha256"], "the envelopes "
         "hold other ballots than were counted: contents were altered at the opening", "--auditor")
    say("OK the envelopes hold the ballots", f"""All were opened again. A statement to sign:
    "We opened the {len(counted)} envelopes of {log.origin} (leaf 0 {log.hashes[0].hex()})
    ourselves. They hold {len(lines)} ballots, in a file of SHA-256 {opened['sha256']}." """)
    return ballots_of(raw, contest)
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Check a vote from its bundle.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", help="the log's key from a letter or notice")
    parser.add_argument("--head", type=Path, help="a file: a signed head, of minutes or a witness")
    parser.add_argument("--receipt", help="the text of a voter's receipt, CP1....")
    parser.add_argument("--auditor", type=Path, help="a folder with the box's private key")
    given = parser.parse_args(arguments)
    UNPROVED[:], HERE[:] = [], ["the bundle"]
    try:
        members = unzip(given.bundle.read_bytes())
        log = check_file(members, given.key)
        check_log(log, members["heads.txt"], given.head and given.head.read_text("utf-8"))
        check_receipt(log, given.receipt)
        opened, contest = check_box(log), Contest(log.manifest)
        groups = check_ballots(members["ballots.jsonl"], contest, opened)
        if given.auditor:
            groups = reopen(log, contest, given.auditor, opened)
        else:
            say("NOT REOPENED", "That each envelope held the ballot that came out of it is seen by "
                "voters' tracking codes, and by auditors who open them again (--auditor).")
        check_result(members["result.json"], log, contest, groups)
    except Exception as error:  # noqa: BLE001 - a stranger reads a sentence, no traceback
        unread = f"{HERE[0]}: it cannot be read: {type(error).__name__}: {str(error)[:200]}"
        print("WRONG", error if isinstance(error, Wrong) else unread)
        return 1
    print(f"\nAll that was checked holds. Not proved here: {', '.join(UNPROVED) or 'nothing'}.")
    return 0
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
