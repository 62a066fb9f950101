"""How Starlette calls a route's function: the form is awaited, the threadpool entered, a refusal
made a page.

What comes by the thousand may answer on the event loop itself (``at_once``); there nothing may be
read or waited for but the writer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request as StarletteRequest
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pb.core import security
from pb.core.errors import AppError, NotAllowed, SignInNeeded, StepUpNeeded
from pb.core.i18n import LANGUAGES
from pb.core.page_cache import PageCache
from pb.core.site import Site
from pb.core.web import YEAR, AtOnce, Handler, Hooks, Page, Request, Routes, error_page

MOST_FIELDS = 3000
"""A points ballot with every project of a large city is one form."""
MOST_BYTES = 24 * 1024 * 1024
"""Of a request's body: a picture and the texts around it."""


def endpoint(site: Site, hooks: Hooks, page: Page, cache: PageCache) -> Callable[..., Any]:
    """Wrap a route's function for Starlette."""

    async def serve(inner: StarletteRequest) -> Response:
        key = cache.key(site, inner) if page.cached and inner.method == "GET" else None
        if key is not None and (kept := cache.get(site, key)) is not None:
            return kept
        form: FormData | None = None
        if inner.method in ("GET", "HEAD") and inner.query_params.get("language") in LANGUAGES:
            return switch_language(site, inner)
        if inner.method == "POST":
            if security.from_elsewhere(inner.headers, site.settings.base_url):
                raise HTTPException(403, "origin")
            length = inner.headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > MOST_BYTES:
                raise HTTPException(413)
            form = cleaned(await inner.form(max_fields=MOST_FIELDS, max_files=20))
        try:
            response = None
            if form is not None and page.at_once is not None:
                response = await handle_at_once(site, hooks, page.at_once, inner, form)
            if response is None:
                response = await run_in_threadpool(handle, site, hooks, page.handler, inner, form)
        finally:
            if form is not None:
                await form.close()  # the files that came with it
        if key is not None:
            cache.put(key, response)
        return response

    return serve


def cleaned(form: FormData) -> FormData:
    """Without the sign NUL, which nobody types and PostgreSQL does not keep."""
    items = form.multi_items()
    if not any("\x00" in part for item in items for part in item if isinstance(part, str)):
        return form
    return FormData([
        (name.replace("\x00", ""), value.replace("\x00", "") if isinstance(value, str) else value)
        for name, value in items
    ])


def switch_language(site: Site, inner: StarletteRequest) -> Response:
    """Keep the chosen language and go on to the same page."""
    rest = [(key, value) for key, value in inner.query_params.multi_items() if key != "language"]
    response = RedirectResponse(
        inner.url.path + ("?" + urlencode(rest) if rest else ""), status_code=303
    )
    response.set_cookie(
        "language", inner.query_params["language"], max_age=YEAR, path="/", httponly=True,
        samesite="lax", secure=site.settings.https,
    )
    return response


def handle(
    site: Site, hooks: Hooks, handler: Handler, inner: StarletteRequest, form: FormData | None
) -> Response:
    request = Request(site, hooks, inner, form)
    try:
        try:
            response = hooks.second(request) or handler(request)
        except StepUpNeeded as error:
            response = (hooks.step_up or error_page)(request, error)
        except SignInNeeded:
            response = request.redirect("sign_in", next=request.inner.url.path)
        except AppError as error:
            if isinstance(error, NotAllowed):
                hooks.refused(request)
            response = error_page(request, error)
        return request.finish(response)
    finally:
        request.close()


async def handle_at_once(
    site: Site, hooks: Hooks, at_once: AtOnce, inner: StarletteRequest, form: FormData
) -> Response | None:
    request = Request(site, hooks, inner, form)
    try:
        try:
            response = await at_once(request) if request.posted else None
        except AppError as error:
            response = await run_in_threadpool(error_page, request, error)
        return None if response is None else request.finish(response)
    finally:
        request.close()


def starlette_routes(
    site: Site, hooks: Hooks, features: list[Routes], cache: PageCache
) -> list[Route]:
    return [
        Route(page.path, endpoint(site, hooks, page, cache), methods=list(page.methods),
              name=page.name)
        for routes in features
        for page in routes.pages
    ]
