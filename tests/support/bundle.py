"""Bundles made by hand from the published format, without a line of what makes the real ones."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from voting import Contest, count
from voting.ballots import Approval, Content, Knapsack, Points, Ranking

ROOT = Path(__file__).parent.parent.parent
HOST = "purse.test"
CODES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PLAIN = 400
"""Bytes of a padded ballot; an envelope has 48 more."""
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
LOG_KEY = Ed25519PrivateKey.from_private_bytes(b"L" * 32)
BOX_KEY = X25519PrivateKey.from_private_bytes(b"B" * 32)


def canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_hash(payload: bytes) -> bytes:
    return sha256(b"\0" + payload)


def root_of(hashes: list[bytes]) -> bytes:
    """RFC 9162, as its text says it: the largest power of two on the left."""
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(hashes[:left]) + root_of(hashes[left:]))


def sign_note(key: Ed25519PrivateKey, name: str, text: str) -> str:
    public = key.public_key().public_bytes_raw()
    raw = sha256(name.encode() + b"\n\x01" + public)[:4] + key.sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(raw).decode()}\n"


def content_json(content: Content) -> dict[str, Any]:
    match content:
        case Ranking(options):
            return {"ranking": list(options)}
        case Approval(options):
            return {"approval": list(options)}
        case Knapsack(options):
            return {"knapsack": list(options)}
        case Points(points):
            return {"points": dict(points)}
    raise ValueError(content)


def manifest_of(contest: Contest, *, seed: str = "seed", level: str = "A",
                slug: str = "town") -> dict[str, Any]:
    """Leaf 0 of a contest of the counting library."""
    settings = dict(contest.settings)
    if contest.groups:
        settings["groups"] = [
            {"id": group.id, "options": sorted(group.options),
             "exclusive_on_ballot": group.exclusive_on_ballot}
            for group in contest.groups
        ]
    areas = sorted({*contest.budgets, *(option.area for option in contest.options)})
    ids = [option.id for option in contest.options]
    lot = {one: hashlib.sha256(f"{seed}\n{one}".encode()).hexdigest() for one in ids}
    return {
        "kind": "rules", "version": 1, "process": slug, "name": {"en": "Town money"},
        "currency": "GBP", "time_zone": "Europe/London",
        "ballot": {"kind": contest.kind, "max_choices": contest.max_choices,
                   "max_points": contest.max_points},
        "method": {"name": contest.method, "settings": settings, "seats": contest.seats},
        "min_support": contest.min_support, "quorum": 0,
        "areas": [{"id": one, "name": {"en": one or "All"}, "budget": contest.purse(one),
                   "whole": one == ""} for one in areas],
        "options": [{"id": one.id, "number": at, "title": {"en": f"Prosiect ŵ {one.id}"},
                     "area": one.area, "cost": one.cost}
                    for at, one in enumerate(contest.options, 1)],
        "lot_order": sorted(ids, key=lambda one: (lot[one], one)), "lot_seed": seed,
        "phases": [{"kind": "voting", "opens": "2026-03-01T08:00:00Z",
                    "closes": "2026-03-15T20:00:00Z"}],
        "eligibility": {"check": "list", "text": {"en": "Whoever lives here"}},
        "publication": level,
        "box": {"algorithm": "HPKE-X25519-HKDF-SHA256-AES-128-GCM", "key_holder": "server",
                "public_key": BOX_KEY.public_key().public_bytes_raw().hex(),
                "envelope_bytes": PLAIN + 48},
        "signing_key": LOG_KEY.public_key().public_bytes_raw().hex(),
        "origin": f"{HOST}/processes/{slug}",
    }


@dataclass
class Vote:
    """A whole vote in memory: open it, cast, close, publish, write. Parts may be tampered with
    between the steps, as an insider would."""

    contest: Contest
    level: str = "A"
    slug: str = "town"
    entitled: int = 1000
    seed: int = 1
    log_key: Ed25519PrivateKey = LOG_KEY
    leaves: list[bytes] = field(default_factory=list)
    erased: set[int] = field(default_factory=set)
    heads: list[str] = field(default_factory=list)
    opened: list[dict[str, Any]] = field(default_factory=list)
    sealed: dict[int, dict[str, Any]] = field(default_factory=dict)
    complete: bytes = b""
    published: bytes = b""
    result: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.manifest = manifest_of(self.contest, level=self.level, slug=self.slug)
        self.origin = str(self.manifest["origin"])
        self.append(self.manifest)
        self.append({"kind": "roll", "entitled": {"": self.entitled}, "commitment": "0" * 64})
        self.sign()

    def append(self, body: Mapping[str, Any]) -> int:
        self.leaves.append(canonical(body))
        return len(self.leaves) - 1

    def sign(self) -> None:
        root = base64.b64encode(root_of([leaf_hash(one) for one in self.leaves])).decode()
        text = f"{self.origin}\n{len(self.leaves)}\n{root}\n"
        self.heads.append(sign_note(self.log_key, self.origin, text))

    @property
    def info(self) -> bytes:
        manifest = leaf_hash(self.leaves[0])
        return b"common-purse/ballot/1\n" + self.origin.encode() + b"\n" + manifest

    def cast(self, content: Content, replaces: int | None = None, word: str = "") -> int:
        tracking = "".join(self.random.choices(CODES, k=12))
        entry = {"ballot": content_json(content), "tracking": tracking, "word": word}
        plain = canonical(entry).ljust(PLAIN)
        envelope = SUITE.encrypt(plain, BOX_KEY.public_key(), info=self.info)
        if replaces is not None:
            del self.sealed[replaces]
        number = self.append({"kind": "cast", "replaces": replaces,
                              "envelope": base64.b64encode(envelope).decode()})
        self.sealed[number] = entry
        return number

    def receipt(self, number: int) -> str:
        leaf = leaf_hash(self.leaves[number])
        text = f"{self.origin}/receipt\n{number}\n{base64.b64encode(leaf).decode()}\n"
        raw = base64.b64decode(sign_note(self.log_key, self.origin, text).split(" ")[-1])
        promise = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        return f"CP1.{self.slug}.{number}.{leaf.hex()}.{promise}"

    def close(self, **changed: int) -> None:
        casts = sum(1 for one in self.leaves if b'"kind":"cast"' in one)
        numbers = {"casts": casts, "replaced": casts - len(self.sealed),
                   "counted": len(self.sealed), "voted": len(self.sealed), "voided_ballots": 0}
        self.append({"kind": "close", **numbers, **changed})
        self.sign()
        self.opened = sorted(self.sealed.values(), key=lambda one: str(one["tracking"]))

    def write_opened(self, unopenable: int = 0) -> None:
        self.complete = b"".join(canonical(one) + b"\n" for one in self.opened)
        self.published = self.complete
        groups = Counter(canonical(one["ballot"]) for one in self.opened)
        if self.level == "B":
            shown = {text: number for text, number in groups.items() if number >= 10}
            lines = [b'{"ballot":%b,"number":%d}\n' % one for one in sorted(shown.items())]
            withheld = len(self.opened) - sum(shown.values())
            self.published = b"".join(lines) + b'{"withheld":%d}\n' % withheld
        if self.level == "C":
            self.published = canonical({"totals": {"ballots": len(self.opened)}}) + b"\n"
        self.append({"kind": "opened", "number": len(self.opened), "level": self.level,
                     "sha256": sha256(self.complete).hex(), "unopenable": unopenable,
                     "published_sha256": sha256(self.published).hex()})

    def publish(self, groups: Mapping[Content, int], state: str = "provisional") -> None:
        tally = count(self.contest, groups, self.manifest["lot_order"]).to_dict()
        self.result = {"count": 1, "tally": tally,
                       "turnout": {"areas": [{"area": "", "entitled": self.entitled,
                                              "voted": len(self.sealed)}], "days": []}}
        self.append({"kind": "result", "count": 1, "state": state, "reason": "",
                     "sha256": sha256(canonical(self.result)).hex()})
        self.sign()

    def members(self) -> dict[str, bytes]:
        log = b"".join(
            (canonical({"erased": leaf_hash(one).hex()}) if at in self.erased else one) + b"\n"
            for at, one in enumerate(self.leaves)
        )
        return {
            "manifest.json": self.leaves[0], "log.jsonl": log,
            "heads.txt": "".join(f"{note}-----\n" for note in self.heads).encode(),
            "ballots.jsonl": self.published, "result.json": canonical(self.result),
            "verify.py": (ROOT / "pb/record/verify.py").read_bytes(),
            "README.txt": b"Gwiriwch: python3 verify.py\n",
        }

    def bundle(self) -> bytes:
        return zipped(indexed(self.members(), self.origin, self.log_key))


def indexed(members: Mapping[str, bytes], origin: str,
            key: Ed25519PrivateKey = LOG_KEY) -> dict[str, bytes]:
    """With the signed index over the members."""
    body = {"version": 1, "origin": origin,
            "members": {name: sha256(data).hex() for name, data in members.items()}}
    signature = key.sign(b"common-purse/bundle/1\n" + canonical(body))
    signed = {**body, "signature": base64.b64encode(signature).decode()}
    return {"index.json": canonical(signed), **members}


def zipped(members: Mapping[str, bytes] | Iterable[tuple[str, bytes]],
           method: int = zipfile.ZIP_DEFLATED,
           change: Callable[[zipfile.ZipFile], None] = lambda file: None) -> bytes:
    pairs = members.items() if isinstance(members, Mapping) else members
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as file:
        for name, data in pairs:
            file.writestr(name, data)
        change(file)
    return target.getvalue()


def whole_vote(contest: Contest, ballots: Iterable[Content], **given: Any) -> Vote:
    """Cast, replace one, close, open and publish."""
    vote = Vote(contest, **given)
    contents = list(ballots)
    for at, content in enumerate(contents):
        vote.cast(content, word="ŵy" if at == 1 else "")
        if at % 3 == 0:
            vote.sign()
    if contents:
        first = min(vote.sealed)
        vote.cast(contents[0], replaces=first)
    vote.close()
    vote.write_opened()
    vote.publish(Counter(contents))
    return vote
