"""A real server that can be killed and started again in a moment.

One process imports the app once; each start is a fork of it, which serves on a port until it is
killed with -9. Nothing of the killed server's memory survives, as after any kill.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.support.needs import ROOT

PROGRAM = """
import os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
import uvicorn
import pb.app, pb.ballots.cast_pages, sqlalchemy.dialects.sqlite, sqlalchemy.dialects.postgresql
from pb.app import create_app, make_site
from tests.support.app import make_settings
from tests.support.clock import TurnableClock
pb.app.load_features()
{prelude}
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        settings = make_settings(Path({data!r}), PB_BASE_URL="http://127.0.0.1:{port}", {more})
        site = make_site(settings, {clock})
        uvicorn.run(create_app(site), port={port}, log_level="critical", access_log=False)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Killable:
    """``start``, ``kill``, and again. ``prelude`` is run before the server starts: it breaks
    something on purpose. ``clock`` is the source of its time; None: as in earnest."""

    def __init__(
        self, data: Path, prelude: str = "", clock: str | None = "TurnableClock()",
        **environment: str,
    ) -> None:
        self.port = free_port()
        more = ", ".join(f"{key}={value!r}" for key, value in environment.items())
        program = PROGRAM.format(root=str(ROOT), data=str(data), port=self.port, more=more,
                                 prelude=prelude, clock=clock)
        self._parent = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, bufsize=1, cwd=ROOT,
        )
        assert self._parent.stdout is not None
        assert self._parent.stdout.readline().strip() == "ready"
        self.pid = 0
        self.kills = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it answers."""
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.write("start\n")
        self._parent.stdin.flush()
        self.pid = int(self._parent.stdout.readline())
        for _ in range(3000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.kills += 1

    def close(self) -> None:
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.stdout.close()
        self._parent.wait(timeout=20)
