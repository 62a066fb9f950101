"""The composition root: which features there are, and the app made of them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from pb.access import policy
from pb.core import endpoints, failures, jobs, live, web
from pb.core.clock import Clock
from pb.core.page_cache import PageCache
from pb.core.routing import Shelves
from pb.core.security import Headed
from pb.core.site import Site
from pb.core.storage import served
from pb.core.templates import assets_folder
from pb.settings import Settings

FEATURES = (
    "pb.notifications",
    "pb.accounts",
    "pb.record",
    "pb.processes",
    "pb.projects",
    "pb.moderation",
    "pb.translations",
    "pb.proposals",
    "pb.comments",
    "pb.valuations",
    "deliberation.panels",
    "deliberation.sessions",
    "deliberation.speaking",
    "deliberation.allocation",
    "deliberation.notes",
    "deliberation.votes",
    "deliberation.surveys",
    "deliberation.plain",
    "deliberation.weighing",
    "deliberation.evidence",
    "deliberation.claims",
    "deliberation.lines",
    "deliberation.drafts",
    "deliberation.choices",
    "deliberation.paper",
    "deliberation.complaints",
    "deliberation.statements",
    "deliberation.room",
    "deliberation.recommendations",
    "deliberation.honoraria",
    "deliberation.evaluation",
    "pb.ballots",
    "pb.electorate",
    "pb.results",
    "pb.office",
    "pb.pages",
)
"""In the order in which they may know each other: a feature uses earlier ones."""

PARTS = ("models", "forms", "services", "events", "jobs", "routes")


def load_features() -> list[web.Routes]:
    """Import every feature's parts (tables, commands, jobs); the routes of those that have any."""
    import_module("pb.core.security")
    import_module("pb.core.sentences")
    found = []
    for feature in FEATURES:
        package = import_module(feature)
        folder = package.__path__[0]
        for part in PARTS:
            with contextlib.suppress(FileNotFoundError):
                module = _part(feature, folder, part)
                if part == "routes":
                    found.append(module.routes)
    return found


def _part(feature: str, folder: str, part: str) -> Any:
    from pathlib import Path

    if not (Path(folder) / f"{part}.py").exists() and not (Path(folder) / part).is_dir():
        raise FileNotFoundError(part)
    return import_module(f"{feature}.{part}")


def make_site(settings: Settings, clock: Clock | None = None) -> Site:
    """A site with every feature's tables, commands and jobs known."""
    load_features()
    return Site(settings, clock)


class KeptFiles(StaticFiles):
    """Static files whose address holds their fingerprint may be kept for ever."""

    def file_response(self, *arguments: Any, **rest: Any) -> Response:
        response = super().file_response(*arguments, **rest)
        scope: Scope = arguments[2] if len(arguments) > 2 else rest["scope"]
        forever = b"v=" in scope.get("query_string", b"")
        response.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if forever else "public, max-age=300"
        )
        return response


def picture(site: Site) -> Any:
    async def serve(request: StarletteRequest) -> Response:
        key = request.path_params["key"]
        try:
            path = site.storage.path(key)
        except KeyError:
            path = None
        if path is None or not path.exists():
            return PlainTextResponse("", 404)
        # A day on the reader's own device and on no other: what is withheld is gone by then.
        return served(path, "private, max-age=86400")

    return serve


def healthy(site: Site) -> Any:
    def check(request: StarletteRequest) -> Response:
        from sqlalchemy import text

        with site.database.reading() as session:
            session.execute(text("select 1"))
        return PlainTextResponse("ok")

    return check


def create_app(site: Site) -> Starlette:
    """The app of one site, to be served by any ASGI server."""
    from deliberation.room import refusals
    from pb.accounts import second_proof
    from pb.accounts.queries import actor_of
    from pb.pages import glossary
    from pb.pages.navigation import navigation
    from pb.processes.queries import council_of

    features = load_features()
    paths = {page.name: page.path for routes in features for page in routes.pages}
    hooks = web.Hooks(
        council=council_of, actor=actor_of, can=policy.can, navigation=navigation, paths=paths,
        finish=glossary.finish, second=second_proof.take, step_up=second_proof.ask,
        refused=refusals.note,
    )
    worker = jobs.Worker(site) if site.settings.run_worker else None
    hub = live.Hub(site)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = site.settings.threads
        if worker:
            worker.start()
        yield
        await hub.close()
        if worker:
            await anyio.to_thread.run_sync(worker.stop)

    app = Starlette(
        routes=[
            Shelves(endpoints.starlette_routes(site, hooks, features, PageCache())),
            Route("/pictures/{key}", picture(site), name="picture"),
            Route("/healthy", healthy(site), name="healthy"),
            Route("/live/{token}", live.stream(site, hub), name="live"),
            Mount("/static", KeptFiles(directory=assets_folder("static")), name="static"),
        ],
        middleware=[
            Middleware(Headed, https=site.settings.https),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(site.settings.trusted_hosts),
                       www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        ],
        exception_handlers=dict(failures.exception_pages(site, hooks)),
        lifespan=lifespan,
    )
    app.state.site = site
    return app
