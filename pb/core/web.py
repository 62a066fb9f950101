"""One request: from Starlette's request to a page, in one place for all features.

A route is a plain function ``(request: Request) -> Response`` that runs in the threadpool
(``core/endpoints.py`` calls it). It reads with ``request.session``, writes with
``request.run(command, ...)``, and answers with ``request.page(...)`` or
``request.redirect(...)``. Refusals (``AppError``) become pages.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from markupsafe import Markup
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request as StarletteRequest
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pb.core import padding, security
from pb.core.errors import AppError, StepUpNeeded
from pb.core.forms import Form
from pb.core.i18n import LANGUAGES, Reader, negotiate
from pb.core.site import Site
from pb.core.templates import prose
from pb.core.work import NOBODY, Actor

R = TypeVar("R")
F = TypeVar("F", bound=Form)

THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600


class Request:
    """What a route sees of one request."""

    def __init__(
        self, site: Site, hooks: Hooks, inner: StarletteRequest, form: FormData | None
    ) -> None:
        self.site = site
        self.hooks = hooks
        self.inner = inner
        self.form_data = form
        self.now = site.clock()
        self._stack = ExitStack()
        self._cookies: list[tuple[str, str | None, int | None, bool]] = []
        self._path = inner.scope.get("route_path", "")
        self.status: int | None = None
        wanted = form.get("language") if form is not None else None
        self.switched_to = wanted if isinstance(wanted, str) and wanted in LANGUAGES else None
        """The other language, when the form's language button was pressed: nothing is submitted,
        the same form comes back with what was typed."""
        if self.switched_to:
            self.set_cookie("language", self.switched_to, YEAR)

    # -- reading ----------------------------------------------------------------------------

    @cached_property
    def connection(self) -> Connection:
        """One transaction that only reads; its end undoes it."""
        return self._stack.enter_context(self.site.database.engine.connect())

    @cached_property
    def session(self) -> Session:
        return self._stack.enter_context(Session(self.connection))

    @cached_property
    def council(self) -> Any:
        return self.hooks.council(self)

    @cached_property
    def reader(self) -> Reader:
        offered = tuple(self.council.languages)
        chosen = self.switched_to or self.inner.cookies.get("language", "")
        if chosen not in offered:
            chosen = negotiate(self.inner.headers.get("accept-language", ""), offered)
        theme = self.inner.cookies.get("theme", "auto")
        return self.site.reader(
            chosen,
            theme=theme if theme in THEMES else "auto",
            zone=self.council.time_zone,
            languages=offered,
        )

    @property
    def session_cookie(self) -> str:
        return "__Host-session" if self.site.settings.https else "session"

    @property
    def token(self) -> str | None:
        return self.inner.cookies.get(self.session_cookie)

    @cached_property
    def actor(self) -> Actor:
        """Who asks, looked up afresh at each request, so that a role taken is gone at once."""
        return self.hooks.actor(self) if self.token else NOBODY

    def forget_actor(self) -> None:
        """Look up afresh who asks, after something about them was changed in this request."""
        self.__dict__.pop("actor", None)
        self.__dict__.pop("session", None)
        self.__dict__.pop("connection", None)
        self._stack.close()

    @property
    def params(self) -> Mapping[str, str]:
        return self.inner.path_params

    @property
    def query(self) -> Mapping[str, str]:
        return self.inner.query_params

    @property
    def address(self) -> str:
        return self.inner.client.host if self.inner.client else "?"

    @property
    def posted(self) -> bool:
        """Whether a form was submitted (and not only shown again in the other language)."""
        return self.form_data is not None and self.switched_to is None

    def value(self, name: str) -> str:
        """A submitted field's text, or nothing."""
        value = self.form_data.get(name) if self.form_data is not None else None
        return value if isinstance(value, str) else ""

    def form(self, kind: type[F], *, prefix: str = "", **defaults: Any) -> F:
        """A form with what was typed, or with defaults when it is shown first."""
        return kind(self.form_data, reader=self.reader, prefix=prefix, data=defaults)

    # -- writing ----------------------------------------------------------------------------

    def run(self, command: Callable[..., R], *arguments: Any, keep: bool = True) -> R:
        """Run a command as this actor; a form sent twice gets the same answer twice.

        The answer is kept for that: ``keep=False`` for one that is a secret.
        """
        once = self.value("once") or None
        once = f"{once}|{self.actor.person_id}" if once and keep else None
        return self.site.work.run(command, self.actor, *arguments, once=once)

    def limit(self, what: str, rule: str, who: str | None = None, *, count: bool = True) -> None:
        """Refuse what is tried too often. ``count=False`` only looks: where only failures count."""
        rates = self.site.rates
        (rates.hit if count else rates.check)(what, who or self.address, rule)

    # -- answering --------------------------------------------------------------------------

    def link(self, name: str, **params: Any) -> str:
        """The address of a named page; parameters that are not in its path become its query."""
        path = self.hooks.paths.get(name)
        if path is None:
            raise KeyError(f"no route is named {name}")
        rest = {}
        for key, value in params.items():
            for mark in (f"{{{key}}}", f"{{{key}:int}}"):
                if mark in path:
                    path = path.replace(mark, quote(str(value), safe=""))
                    break
            else:
                if value not in (None, ""):
                    rest[key] = value
        return path + ("?" + urlencode(rest) if rest else "")

    def full_link(self, name: str, **params: Any) -> str:
        return self.site.settings.base_url + self.link(name, **params)

    def once(self) -> Markup:
        """The hidden one-time key of a form; kept when the form comes back with errors."""
        key = self.value("once") or secrets.token_urlsafe(16)
        return Markup('<input type="hidden" name="once" value="{}">').format(key)

    def can(self, permission: Any, subject: Any = None) -> bool:
        return self.hooks.can(self.actor, permission, subject, self.now)

    def context(self) -> dict[str, Any]:
        """What every template knows."""
        reader = self.reader
        return {
            "request": self, "reader": reader, "council": self.council, "actor": self.actor,
            "link": self.link, "once": self.once, "can": self.can, "here": self.inner.url.path,
            "here_and_query": self.inner.url.path
            + ("?" + self.inner.url.query if self.inner.url.query else ""),
            "now": self.now, "posted": self.posted,
            "text": reader.text, "plain": reader.plain, "prose": self.prose, "date": reader.date,
            "time": reader.time, "datetime": reader.datetime, "money": reader.money,
            "number": reader.number, "percent": reader.percent, "sentence": reader.sentence,
            "notice": self._take_notice(), "demo": self.site.settings.demo,
        }

    def prose(self, value: Any) -> Markup:
        """Several paragraphs that carry their language, as HTML; marked where it is the other."""
        for language in (self.reader.language, *(value or {})):
            words = value.get(language) if value else ""
            if words:
                html = prose(words)
                if language == self.reader.language:
                    return html
                return Markup('<div lang="{}">{}</div>').format(language, html)
        return Markup("")

    def page(
        self, template: str, status: int | None = None, *, one_size: bool = False, **context: Any
    ) -> Response:
        """Render a page. A form in the context that has errors makes it a 422.

        ``one_size``: its length tells nothing of what it shows (``core/padding.py``).
        """
        if status is None:
            faulty = any(isinstance(one, Form) and one.errors for one in context.values())
            status = self.status or (422 if faulty and self.posted else 200)
        if "nav" not in context:
            context["nav"] = self.hooks.navigation(self)
        html = self.site.templates.render(template, self.reader.language, self.context() | context)
        html = self.hooks.finish(self, html)
        response = self._of_one_size(html, status) if one_size else HTMLResponse(html, status)
        response.headers["content-language"] = self.reader.language
        return response

    def _of_one_size(self, html: str, status: int) -> Response:
        if "gzip" not in self.inner.headers.get("accept-encoding", ""):
            return HTMLResponse(padding.filled(html.encode()), status)
        return HTMLResponse(padding.gzipped(html.encode()), status,
                            {"content-encoding": "gzip", "vary": "Accept-Encoding"})

    def redirect(self, name: str, *, anchor: str = "", **params: Any) -> Response:
        """See other: the answer to every form that was accepted."""
        address = self.link(name, **params) + (f"#{anchor}" if anchor else "")
        return RedirectResponse(address, status_code=303)

    def notify(self, code: str) -> None:
        """Words to show once on the next page, by their code."""
        self.set_cookie("notice", code, 60)

    def _take_notice(self) -> str:
        code = self.inner.cookies.get("notice", "")
        if not code or not all(part.isidentifier() for part in code.split(".")):
            return ""
        self.set_cookie("notice", None, None)
        words = self.reader.sentence(code)
        return "" if words == code else words

    def set_cookie(
        self, name: str, value: str | None, seconds: int | None, *, secret: bool = False
    ) -> None:
        """Set a cookie on the answer; None deletes it. ``secret``: ends with the browser."""
        self._cookies.append((name, value, seconds, secret))

    def sign_in(self, token: str) -> None:
        self.set_cookie(self.session_cookie, token, int(security.SESSION_LENGTH.total_seconds()))

    def finish(self, response: Response) -> Response:
        for name, value, seconds, _secret in self._cookies:
            if value is None:
                response.delete_cookie(name, path="/", secure=self.site.settings.https)
            else:
                response.set_cookie(
                    name, value, max_age=seconds, path="/", httponly=True, samesite="lax",
                    secure=self.site.settings.https,
                )
        return response

    def close(self) -> None:
        self._stack.close()


@dataclass
class Hooks:
    """What the composition root tells the core about the features above it."""

    council: Callable[[Request], Any]
    actor: Callable[[Request], Actor]
    can: Callable[[Actor, Any, Any, Any], bool]
    navigation: Callable[[Request], list[tuple[str, str, bool]]]
    paths: dict[str, str]
    finish: Callable[[Request, str], str] = field(default=lambda request, html: html)
    """The last touch to a rendered page."""
    refused: Callable[[Request], None] = field(default=lambda request: None)
    """Told of each refusal to somebody who may not do what they tried."""
    second: Callable[[Request], Response | None] = field(default=lambda request: None)
    """Takes the second proof of who somebody is that came with a form; a page if it is wrong."""
    step_up: Callable[[Request, StepUpNeeded], Response] | None = None
    """The page that asks for it, and sends the same form again."""


Handler = Callable[[Request], Response]
AtOnce = Callable[[Request], Awaitable[Response | None]]
"""Answers on the event loop, without a thread of its own; None leaves it to the handler."""


@dataclass(frozen=True)
class Page:
    path: str
    name: str
    methods: tuple[str, ...]
    handler: Handler
    cached: bool
    at_once: AtOnce | None


class Routes:
    """The routes of one feature, filled by its decorator."""

    def __init__(self) -> None:
        self.pages: list[Page] = []

    def __call__(
        self, path: str, name: str, *, methods: tuple[str, ...] = ("GET",), cached: bool = False,
        at_once: AtOnce | None = None,
    ) -> Callable[[Handler], Handler]:
        """``cached``: the same for everybody who is not signed in, until something changes.
        ``at_once``: asked first when a form is posted."""

        def add(handler: Handler) -> Handler:
            self.pages.append(Page(path, name, methods, handler, cached, at_once))
            return handler

        return add


def error_page(request: Request, error: AppError) -> Response:
    """The page of a refusal: what happened, that nothing is lost, what to do."""
    known = {400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503}
    status = error.status if error.status in known else 400
    parameters = {
        name: request.reader.datetime(value, "day") if isinstance(value, datetime) else value
        for name, value in error.parameters.items()
    }
    return request.page(
        f"errors/{status}.html", status=error.status, code=error.code, parameters=parameters
    )
