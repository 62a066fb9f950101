"""Finished pages, kept for readers who are not signed in."""

from __future__ import annotations

import threading

from starlette.requests import Request
from starlette.responses import Response

from pb.core.site import Site


class PageCache:
    """Finished pages for readers who are not signed in, until the next change or 10 seconds."""

    SECONDS = 10
    MOST = 2000

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], tuple[bytes, list[tuple[bytes, bytes]]]] = {}
        self._moment: tuple[int, int] = (0, 0)
        self._lock = threading.Lock()

    def key(self, site: Site, request: Request) -> tuple[object, ...] | None:
        """What the page depends on; None where it must not be kept."""
        cookies = request.cookies
        if any(name not in ("language", "theme") for name in cookies):
            return None
        return (
            request.url.path, request.url.query, cookies.get("language"), cookies.get("theme"),
            "" if "language" in cookies else request.headers.get("accept-language", ""),
        )

    def get(self, site: Site, key: tuple[object, ...]) -> Response | None:
        moment = (int(site.clock().timestamp()) // self.SECONDS, site.work.revision)
        if moment != self._moment:
            with self._lock:
                self._moment, self._kept = moment, {}
        kept = self._kept.get(key)
        if kept is None:
            return None
        # A fresh answer each time: middleware writes into an answer's own list of headers.
        response = Response()
        response.body, response.raw_headers = kept[0], list(kept[1])
        return response

    def put(self, key: tuple[object, ...], response: Response) -> None:
        if response.status_code == 200 and len(self._kept) < self.MOST:
            self._kept[key] = bytes(response.body), list(response.raw_headers)
