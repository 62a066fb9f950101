"""Asking drand's public servers for a round of the beacon, where this server has a network.

What they answer is believed for its signature alone, so a server that lies is passed over like
one that does not answer. Without a network somebody pastes the answer (``beacon.parse``).
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException

from deliberation.sortition.beacon import CHAIN, Beacon, BeaconError, check, parse, time_of

RELAYS = (
    "https://api.drand.sh",
    "https://api2.drand.sh",
    "https://api3.drand.sh",
    "https://drand.cloudflare.com",
)
LONGEST_ANSWER = 10_000


class BeaconSilent(Exception):
    """No server gave a genuine beacon: ``reasons`` by server. Ask again, or paste the answer."""

    def __init__(self, number: int, reasons: dict[str, str]) -> None:
        self.number = number
        self.reasons = reasons
        tried = "; ".join(f"{relay}: {reason}" for relay, reason in reasons.items())
        super().__init__(f"round {number}, due {time_of(number):%Y-%m-%d %H:%M:%S} UTC: {tried}")


def fetch(number: int, relays: Sequence[str] = RELAYS, seconds: float = 5.0) -> Beacon:
    """A genuine beacon of the round, from the first server that has it.

    ``seconds`` is how long each server may be silent. Errors: BeaconSilent; BeaconError for a
    round that cannot be.
    """
    time_of(number)
    reasons = {}
    for relay in relays:
        try:
            with urllib.request.urlopen(
                f"{relay}/{CHAIN}/public/{number}", timeout=seconds
            ) as answer:
                found = parse(answer.read(LONGEST_ANSWER).decode("utf-8", "replace"))
            check(found, number)
        except urllib.error.HTTPError as error:
            reasons[relay] = f"answers {error.code}"
            error.close()
        except (OSError, HTTPException, BeaconError) as error:
            reasons[relay] = str(error) or type(error).__name__
        else:
            return found
    raise BeaconSilent(number, reasons)
