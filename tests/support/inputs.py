"""Bad input for every address: a description of all of them, and a way to ask for much, quickly.

``description(site, known)`` is an OpenAPI document, made from the routes and from what their pages
and code know as fields: the forms' own (WTForms), those that stand in the pages, those that code
asks a request for. Schemathesis reads it; ``a_request`` draws from the same for Hypothesis.

``Browserless`` asks the app itself, without a client library in between: of a million inputs each
millisecond is a quarter of an hour.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import random
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode

from anyio.from_thread import start_blocking_portal
from hypothesis import strategies as st
from starlette.types import Message
from wtforms.fields.core import UnboundField

from pb.app import create_app, load_features
from pb.core.forms import Form
from pb.core.site import Site

FORM = "application/x-www-form-urlencoded"
ASKED = re.compile(r"(?:request|self)\.value\(\s*\"([\w-]+)\"|form_data(?:\.get\(|\.getlist\(|\[)"
                   r"\s*\"([\w-]+)\"|pressed(?:\.get\(|\[)\s*\"([\w-]+)\"")
SEARCHED = re.compile(r"query(?:_params)?(?:\.get\(|\[)\s*\"([\w-]+)\"")
NAMED = re.compile(r"<(?:input|select|textarea|button)\b[^>]*?\bname=\"([^\"]+)\"[^>]*>")
VALUE = re.compile(r"\bvalue=\"([^\"]*)\"")
CHOICE = re.compile(r"<option\b[^>]*?\bvalue=\"([^\"]*)\"")


@dataclass(frozen=True)
class Address:
    """One route and method, with what it may be given."""

    path: str
    method: str
    name: str
    parameters: tuple[str, ...]
    queries: tuple[str, ...]
    fields: tuple[str, ...]
    own: tuple[str, ...] = ()
    """Those fields that stand in the page at this address."""


@dataclass(frozen=True)
class Asked:
    """One request: what to send where, as whom."""

    address: Address
    target: bytes
    body: bytes
    who: str
    cookies: tuple[tuple[str, str], ...] = ()
    content_type: str = FORM


@dataclass
class Known:
    """Values that mean something: what stands in pages, by the name of the field."""

    values: dict[str, list[str]] = field(default_factory=dict)
    fields_of: dict[str, set[str]] = field(default_factory=dict)
    """Names of fields by the path of the page in which they stand."""
    drawn: dict[object, st.SearchStrategy[Any]] = field(default_factory=dict)
    """Strategies that were made: making one takes longer than drawing from it."""

    def learn(self, path: str, html: str) -> None:
        self.drawn.clear()
        names = self.fields_of.setdefault(path, set())
        for match in NAMED.finditer(html):
            name = unescape(match[1])
            names.add(name)
            value = VALUE.search(match[0])
            kept = self.values.setdefault(name, [])
            if value is not None and len(kept) < 8 and unescape(value[1]) not in kept:
                kept.append(unescape(value[1]))
        for value in CHOICE.finditer(html):
            self.values.setdefault("", []).append(unescape(value[1]))


@cache
def _of_feature(feature: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of fields and of what stands after the question mark, that a feature's code knows."""
    package = importlib.import_module(feature)
    fields: set[str] = set()
    queries: set[str] = set()
    for found in pkgutil.iter_modules(package.__path__, f"{feature}."):
        module = importlib.import_module(found.name)
        source = inspect.getsource(module)
        fields.update(one for match in ASKED.finditer(source) for one in match.groups() if one)
        queries.update(SEARCHED.findall(source))
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, Form):
                fields.update(name for name, one in inspect.getmembers(kind)
                              if isinstance(one, UnboundField))
    return tuple(sorted(fields)), tuple(sorted(queries))


def addresses(known: Known) -> list[Address]:
    """Every route and method, in their order."""
    found = []
    for routes in load_features():
        for page in routes.pages:
            feature = page.handler.__module__.rpartition(".")[0]
            fields, queries = _of_feature(feature)
            of_page = known.fields_of.get(page.path, set())
            for method in page.methods:
                found.append(Address(
                    page.path, method, page.name, tuple(re.findall(r"{(\w+)", page.path)), queries,
                    tuple(sorted(of_page | set(fields) | {"once", "language"}))
                    if method == "POST" else (),
                    tuple(sorted(of_page)) if method == "POST" else (),
                ))
    return found


def description(site: Site, known: Known) -> dict[str, Any]:
    """The OpenAPI document of all addresses."""
    paths: dict[str, Any] = {}
    for one in addresses(known):
        path = re.sub(r"{(\w+):\w+}", r"{\1}", one.path)
        operation: dict[str, Any] = {
            "operationId": f"{one.name}-{one.method}",
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": _schema(known, name)}
                for name in one.parameters
            ] + [{"name": name, "in": "query", "schema": _schema(known, name)}
                 for name in one.queries],
            "responses": {"default": {"description": "anything but an error of the server"}},
        }
        if one.method == "POST":
            operation["requestBody"] = {"content": {FORM: {"schema": {
                "type": "object",
                "properties": {name: _schema(known, name) for name in one.fields},
            }}}}
        paths.setdefault(path, {})[one.method.lower()] = operation
    return {"openapi": "3.1.0", "info": {"title": "The common purse", "version": "1"},
            "servers": [{"url": site.settings.base_url}], "paths": paths}


def _schema(known: Known, name: str) -> dict[str, Any]:
    values = values_of(known, name)
    text: dict[str, Any] = {"type": "string"}
    return {"anyOf": [{"enum": values}, text]} if values else text


IDS = ["1", "2", "0", "-1", "01", "99999999999999999999", "9223372036854775808", "2147483648", "²",
       "١", "1.0", "x", "new", "", "..", "\x00", "1;", "é" * 200, "%2e", "None"]
MEANT = {"slug": ["shared-budget", "elsewhere", "nothing", "\x00", "é", "a" * 300],
         "theme": ["dark", "light"], "language": ["cy", "en", "xx"]}
NASTY = [
    "", " ", "\x00", "a\x00b", "\ud7ff", "\ufeff", "\u202e", "é̂̂", "🗳️", "ŵŷ", "'", '"', "<script>",
    "{{ 7*7 }}", "%s%n", "../../etc/passwd", "=1+1", "@SUM(A1)", "-1", "0", "1", "²", "١٢", "1e999",
    "NaN", "inf", "-0", "0x10", "1_000", "1,000.00", "£5", "99999999999999999999999999",
    "9223372036854775808", "2147483648", "2027-02-30", "0000-00-00", "9999-12-31", "10000-01-01",
    "2027-05-17T25:61", "24:00", "[]", "{}", "null", "true", '{"approval": ["1"]}',
    '{"ranking": [1, [2]]}', "[" * 2000, "CP1.shared-budget.1." + "0" * 64 + "." + "A" * 91,
    "O0I1 L1U V", "0000-0000-0000-0000", "a@b", "a@b\r\nBcc: c@d", "Mair <m@example.com>",
    "x" * 5000, "x\n" * 500, "\r\n", "\t", "1\n2", "on", "off",
]


def values_of(known: Known, name: str) -> list[str]:
    """Values that mean something for a field or a part of an address."""
    if name in MEANT:
        return MEANT[name]
    if name in ("number", "id", "area", "phase", "draft", "merge", "comment"):
        return IDS
    return known.values.get(name, [])


ANYTHING = st.one_of(st.sampled_from(NASTY), st.text(max_size=30), st.integers().map(str))
CHANCES = {most: st.integers(0, most) for most in (1, 7, 9, 19, 39)}
SEEDS, BYTES = st.integers(0, 2**32), st.binary(max_size=12)


def value(known: Known, name: str) -> st.SearchStrategy[str]:
    if name not in known.drawn:
        meant = values_of(known, name)
        known.drawn[name] = st.one_of(
            st.sampled_from(meant), st.sampled_from(meant), ANYTHING) if meant else ANYTHING
    return known.drawn[name]


def some(known: Known, names: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    if (names, most) not in known.drawn:
        known.drawn[names, most] = st.lists(st.sampled_from(names), max_size=most)
    return known.drawn[names, most]


def _usual(usual: random.Random, known: Known, name: str) -> str:
    """What somebody would send who means no harm."""
    if name in ("slug", "number", "id", "area", "draft", "merge", "comment", "phase"):
        return "shared-budget" if name == "slug" else usual.choice("11123")
    values = values_of(known, name)
    return usual.choice(values) if values else usual.choice(("1", "3", "A few words.", "on"))


BROKEN = (b"%", b"%zz", b"%ff%fe", b"a=%C3", b"\xff\xfe", b"&&&==", b"a" * 9000, b"=" * 300,
          b"once=1&once=2&language=cy&language=xx")
KINDS = ("text/plain", "multipart/form-data; boundary=x", "multipart/form-data",
         "application/json", "")
COOKIES = ("draft-1", "receipt-1", "button-1", "notice", "theme", "language", "room", "session",
           "order", "declared")


@st.composite
def a_request(draw: st.DrawFn, known: Known, those: Sequence[Address], who: Sequence[str]) -> Asked:
    """One request: mostly understandable, with something in it that nobody meant."""

    def one_in(many: int) -> bool:
        return draw(CHANCES[many - 1]) == 0

    # Whatever carries no risk comes from one number: a draw for each would take longer than the
    # app takes to answer.
    usual = random.Random(draw(SEEDS))
    one = usual.choice(those)
    path = one.path
    for name in one.parameters:
        filled = draw(value(known, name)) if one_in(10) else _usual(usual, known, name)
        path = re.sub(rf"{{{name}(:\w+)?}}", lambda _, filled=filled: quote(
            filled.encode("utf-8", "surrogatepass"), safe=""), path)
    target = path.encode()
    if one.queries and one_in(2):
        asked = draw(some(known, one.queries, 3))
        target += b"?" + _encoded([(name, draw(value(known, name))) for name in asked])
    elif one_in(20):
        target += b"?" + quote_from_bytes(draw(BYTES)).encode()
    body = b""
    if one.method == "POST":
        # The page's own form, filled in with what has a meaning there; some of it spoiled.
        meant = [(name, _usual(usual, known, name)) for name in one.own
                 if name != "language" and usual.random() < 0.8]
        spoiled = draw(some(known, one.own or one.fields, 3))
        more = draw(some(known, one.fields, 2))
        spoilt = [(name, draw(value(known, name))) for name in (*spoiled, *more)]
        body = _encoded([pair for pair in meant if pair[0] not in spoiled] + spoilt)
        if one_in(20):
            body = usual.choice(BROKEN)
    cookies = ()
    if one_in(8):
        cookies = ((usual.choice(COOKIES),
                    quote(draw(ANYTHING).encode("utf-8", "surrogatepass"))),)
    kind = usual.choice(KINDS) if one_in(40) else FORM
    return Asked(one, target, body, usual.choice(who), cookies, kind)


def _encoded(pairs: Sequence[tuple[str, str]]) -> bytes:
    return urlencode([(name, one.encode("utf-8", "surrogatepass")) for name, one in pairs]).encode()


class Browserless:
    """Asks the app, and keeps what it raised."""

    def __init__(self, site: Site, people: Mapping[str, str]) -> None:
        self.app = create_app(site)
        self.host = site.settings.base_url.rpartition("/")[2].encode()
        self.people = people
        """Session cookies by who asks; "" for nobody."""
        # A thread of its own: a browser's driver may keep a loop running in this one.
        self._thread = start_blocking_portal()
        self._portal = self._thread.__enter__()

    def close(self) -> None:
        self._thread.__exit__(None, None, None)

    def ask(self, asked: Asked) -> tuple[int, str]:
        """The status and what was answered; 599 and the error where the app raised one."""
        return self._portal.call(self._ask, asked)

    async def _ask(self, asked: Asked) -> tuple[int, str]:
        path, _, query = asked.target.partition(b"?")
        cookies = [f"{name}={one}" for name, one in asked.cookies]
        if self.people.get(asked.who):
            cookies.append(f"session={self.people[asked.who]}")
        headers = [(b"host", self.host), (b"content-type", asked.content_type.encode()),
                   (b"content-length", str(len(asked.body)).encode()),
                   (b"cookie", "; ".join(cookies).encode())]
        from urllib.parse import unquote

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
            "method": asked.address.method, "path": unquote(path.decode()), "raw_path": path,
            "query_string": query, "root_path": "", "headers": headers,
            "client": ("127.0.0.1", 1), "server": ("testserver", 80), "state": {},
        }
        status, parts = 0, []
        sent, done = False, asyncio.Event()

        async def receive() -> Message:
            nonlocal sent
            if sent:
                await done.wait()  # nobody hangs up before they have their answer
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                done.set()

        try:
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            import traceback

            return 599, "".join(traceback.format_exception(error))
        text = ""
        with suppress(UnicodeDecodeError):
            text = b"".join(parts).decode()
        return status, text
