"""Servers of the beacon that lie, are silent or lack the round; nothing leaves this host."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deliberation.panels import relay
from deliberation.sortition.beacon import CHAIN, BeaconError

SIGNATURE = (
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
    "e342b73a8dd2bacbe47e4b6b63ed5e39"
)
ANSWERS = {
    "/honest": json.dumps({"round": 1000, "signature": SIGNATURE}).encode(),
    "/liar": json.dumps({"round": 1000, "signature": "c0" + "00" * 47}).encode(),
    "/other": json.dumps({"round": 999, "signature": SIGNATURE}).encode(),
    "/page": b"<html>",
    "/empty": b"",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name, _, asked = self.path[1:].partition("/")
        answer = ANSWERS.get(f"/{name}") if asked == f"{CHAIN}/public/1000" else None
        self.send_response(404 if answer is None else 200)
        self.end_headers()
        self.wfile.write(answer or b"")

    def log_message(self, *_: object) -> None:
        """Keeps the tests' output clean."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_the_first_genuine_answer_counts_and_lies_are_passed_over(server: str) -> None:
    relays = [f"{server}/{name}" for name in ("none", "liar", "other", "page", "empty", "honest")]
    found = relay.fetch(1000, relays)
    assert (found.round, found.signature.hex()) == (1000, SIGNATURE)


def test_why_nobody_answered_is_said_server_by_server(server: str) -> None:
    with socket.socket() as mute:  # accepts connections and never answers
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        silent = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(relay.BeaconSilent) as caught:
            relay.fetch(1000, [f"{server}/none", f"{server}/liar", silent], seconds=0.2)
    assert list(caught.value.reasons.values()) == [
        "answers 404",
        "beacon.signature (round=1000)",
        "timed out",
    ]
    assert "round 1000, due 2023-08-23 15:59:24 UTC" in str(caught.value)


def test_a_round_that_cannot_be_is_not_asked_for() -> None:
    with pytest.raises(BeaconError):
        relay.fetch(0, [])
