"""A warm start of the demo beside a bare Starlette app on the same libraries.

    python3 benchmarks/start.py [RUNS]

The town is built first, once, in a folder of its own. Then both are started in turn by commands of
their own, five times each, and timed from the command to the first whole page. The bare app is
served by the same uvicorn and reads one row by the same SQLAlchemy. The aim: the demo is up in less
than three seconds.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BARE = """
import sys
import uvicorn
from sqlalchemy import create_engine, text
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

engine = create_engine("sqlite:///" + sys.argv[1])


def page(request):
    with engine.connect() as connection:
        return PlainTextResponse(str(connection.execute(text("select 1")).scalar()))


uvicorn.run(Starlette(routes=[Route("/", page)]), port=int(sys.argv[2]), log_level="error")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(command: list[str], port: int) -> float:
    """Seconds from the command to its first page; then it is ended."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
                    answer.read()
                return time.perf_counter() - begun
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command} ended by itself") from None
                time.sleep(0.01)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        demo = ["python3", "-m", "pb", "demo", "--no-browser", "--port", str(port),
                "--data", folder + "/town"]
        python = ROOT / ".venv" / "bin" / "python"
        bare = [str(python), "-c", BARE, folder + "/bare.sqlite3", str(port)]
        print(f"the town built, and served after {started(demo, port):.2f} s")
        times: dict[str, list[float]] = {"demo": [], "bare": []}
        for _ in range(runs):
            for name, command in (("bare", bare), ("demo", demo)):
                times[name].append(started(command, port))
            print(f"bare {times['bare'][-1]:.2f} s, demo {times['demo'][-1]:.2f} s", flush=True)
        ours, theirs = (statistics.median(times[name]) for name in ("demo", "bare"))
        print(f"\nmedian: the demo is up after {ours:.2f} s, the slowest after "
              f"{max(times['demo']):.2f} s; {ours / theirs:.1f} times the bare app")


if __name__ == "__main__":
    main()
