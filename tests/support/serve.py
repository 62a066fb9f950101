"""A real server for a site, on a port of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from pb.app import create_app
from pb.core.site import Site


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(site: Site, port: int = 0) -> Iterator[str]:
    """The site's address while it is served."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    object.__setattr__(site.settings, "base_url", url)
    object.__setattr__(site.settings, "trusted_hosts", ("127.0.0.1",))
    config = uvicorn.Config(create_app(site), port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(500):
        if server.started:
            break
        time.sleep(0.02)
    assert server.started
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(timeout=10)
