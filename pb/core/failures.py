"""What is answered when something failed: refusals of the framework, the unforeseen, and a database
that cannot be asked, since its disk is full or failing or it restarts.

The last is a 503 with words in both languages: even a council's name would have to be read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pb.core.endpoints import handle
from pb.core.errors import AppError, Busy, NotFound
from pb.core.i18n import LANGUAGES, negotiate
from pb.core.site import Site
from pb.core.web import Hooks, error_page

log = logging.getLogger("pb.web")

CANNOT_ANSWER: tuple[type[Exception], ...] = (
    OperationalError, InterfaceError, DatabaseError, NoConnectionFree,
)
"""What says that the database cannot answer now; other kinds of ``DatabaseError`` say that it was
asked wrongly. ``DatabaseError`` itself is a disk that SQLite cannot read."""
DOES_NOT_FIT: tuple[type[Exception], ...] = (DataError, OverflowError)
"""What says that something in an address or a form is larger than any number in the database, or no
text for it: nothing of ours has such a number. All that was begun is undone."""
WAIT_SECONDS = 10


def exception_pages(site: Site, hooks: Hooks) -> Mapping[Any, Callable[..., Any]]:
    """The framework's own errors and the unforeseen, as our pages; a traceback only in the log."""

    def show(inner: Request, error: AppError) -> Response:
        return handle(site, hooks, lambda request: error_page(request, error), inner, None)

    async def on_http(inner: Request, failure: Exception) -> Response:
        assert isinstance(failure, HTTPException)
        if failure.status_code == 404:
            error: AppError = NotFound("page.not_found")
        else:
            error = AppError("request.refused")
            error.status = failure.status_code
        response = await run_in_threadpool(show, inner, error)
        for name, value in (failure.headers or {}).items():
            response.headers[name] = value
        return response

    async def on_failure(inner: Request, failure: Exception) -> Response:
        error = AppError("server.fault")
        error.status = 500
        try:
            return await run_in_threadpool(show, inner, error)
        except Exception:
            log.exception("the page of the fault failed as well")
            return Response("Sorry, something went wrong. Nothing was saved.", 500)

    async def on_value(inner: Request, failure: Exception) -> Response:
        log.warning("a value does not fit the database: %s", type(failure).__name__)
        error: AppError = NotFound("page.not_found")
        if inner.method == "POST":
            error = AppError("request.refused")
            error.status = 400
        return await run_in_threadpool(show, inner, error)

    async def on_database(inner: Request, failure: Exception) -> Response:
        if type(failure) not in CANNOT_ANSWER:
            raise failure
        # In one line: there may be thousands, and the driver's words hold no value of a statement.
        said = str(getattr(failure, "orig", failure)).strip().partition("\n")[0]
        log.error("the database cannot be asked: %s: %s", type(failure).__name__, said)
        try:
            response = await run_in_threadpool(show, inner, Busy("database.busy"))
        except SQLAlchemyError:
            return unavailable(site, inner)
        response.headers["retry-after"] = str(WAIT_SECONDS)
        return response

    return {HTTPException: on_http, 500: on_failure, Exception: on_failure,
            **dict.fromkeys(CANNOT_ANSWER, on_database), **dict.fromkeys(DOES_NOT_FIT, on_value)}


def unavailable(site: Site, request: Request) -> Response:
    """The page that asks nothing of the database, in the reader's language first."""
    first = request.cookies.get("language", "")
    if first not in LANGUAGES:
        first = negotiate(request.headers.get("accept-language", ""), LANGUAGES)
    parts = [_words(site, language) for language in sorted(LANGUAGES, key=lambda one: one != first)]
    html = site.templates.render("errors/unavailable.html", first, {"parts": parts})
    return HTMLResponse(html, 503, {
        "retry-after": str(WAIT_SECONDS), "content-language": ", ".join(
            part["language"] for part in parts),
    })


def _words(site: Site, language: str) -> dict[str, str]:
    _ = site.reader(language)._
    return {
        "language": language,
        "headline": _("We cannot take it just now"),
        "what": _("Very many people are here at once, or we are looking after the service."),
        "safe": _("We could not make sure that what you sent last was saved. All that you saved "
                  "before is safe. If you have seen a receipt, your ballot is in."),
        "next": _("Wait a minute, then send it again. Sending the same form again is safe: it "
                  "counts once."),
    }
