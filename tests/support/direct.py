"""A browser for tests that ask for thousands of pages: it calls the app itself, on one loop.

Starlette's ``TestClient`` starts a loop in a thread of its own for each request, and packs and
unpacks each page: of 30 milliseconds a request, 20 were that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from anyio.from_thread import BlockingPortal, start_blocking_portal


@dataclass
class Answer:
    """What the app answered."""

    status_code: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    """The last of each name; cookies have gone into the browser."""
    body: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        return self.body.decode()


class Cookies(dict[str, str]):
    """The cookies of a browser that knows one site."""

    def set(self, name: str, value: str, domain: str = "") -> None:
        self[name] = value


class Browser:
    """Somebody's browser; it follows no redirects. ``loop``: shared by all of one test."""

    def __init__(self, app: Any, loop: BlockingPortal, base_url: str, language: str = "en") -> None:
        self.app, self.loop = app, loop
        self.host = urlsplit(base_url).netloc
        self.language = language
        self.cookies = Cookies()

    def request(
        self, method: str, path: str, data: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for a page, or send a form."""
        answer = Answer()
        self.loop.call(self._ask, method, path, data, answer)
        return answer

    async def _ask(
        self, method: str, path: str, data: Mapping[str, str] | None, answer: Answer
    ) -> None:
        where, _, query = path.partition("?")
        body = urlencode(data or {}).encode() if method == "POST" else b""
        headers = [(b"host", self.host.encode()), (b"accept-language", self.language.encode())]
        if method == "POST":
            headers += [(b"content-type", b"application/x-www-form-urlencoded"),
                        (b"content-length", str(len(body)).encode())]
        if self.cookies:
            worn = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers.append((b"cookie", worn.encode()))
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
            "method": method, "path": where, "raw_path": where.encode(),
            "query_string": query.encode(), "root_path": "", "headers": headers,
            "client": ("testclient", 50000), "server": (self.host, 80),
        }
        sent = False

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status_code = message["status"]
                for name, value in message.get("headers", ()):
                    if name == b"set-cookie":
                        self._keep(value.decode())
                    else:
                        answer.headers[name.decode().lower()] = value.decode()
            elif message["type"] == "http.response.body":
                answer.body += message.get("body", b"")

        await self.app(scope, receive, send)

    def _keep(self, header: str) -> None:
        for name, morsel in SimpleCookie(header).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value


@contextmanager
def one_loop() -> Iterator[BlockingPortal]:
    """The loop on which a test's browsers ask, in a thread of its own: in this one a real browser's
    driver may keep another one running."""
    with start_blocking_portal() as portal:
        yield portal
