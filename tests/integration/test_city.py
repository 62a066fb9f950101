"""A city on PostgreSQL: several servers and a worker of their own, one database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from tests.integration.test_demo import free_port, wait_for
from tests.support.needs import ROOT
from tests.support.postgres import Server

KEY = "the-same-key-on-every-server-of-this-city"


def run(data: Path, url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pb", *arguments], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PB_SETUP": "no", "PB_DATA_DIR": str(data), "PB_DATABASE_URL": url,
             "PB_SECRET_KEY": KEY, "PB_RUN_WORKER": "false"},
    )


def test_two_servers_and_a_worker_share_one_database(postgres: Server, tmp_path: Path) -> None:
    url = postgres.new_database()
    done = run(tmp_path, url, "init", "--name", "Testing City", "--official", "Mair",
               "--email", "mair@example.com")
    link, err = done.communicate(timeout=120)
    assert done.returncode == 0, err

    ports = free_port(), free_port()
    servers = [run(tmp_path, url, "serve", "--port", str(port)) for port in ports]
    worker = run(tmp_path, url, "worker")
    try:
        for port, server in zip(ports, servers, strict=True):
            wait_for(port, server)
        with httpx2.Client(follow_redirects=True, timeout=60) as browser:
            path = link.strip().removeprefix("http://127.0.0.1:8000")
            first, second = (f"http://127.0.0.1:{port}" for port in ports)
            assert browser.post(first + path).url.path == "/office"
            # Signed in on one server is signed in on the other, and the link is used up there too.
            assert browser.get(second + "/office").url.path == "/office"
            assert browser.post(second + path).status_code == 410
            browser.post(second + "/sign-in", data={"email": "mair@example.com"})
        for _ in range(300):  # the servers run no jobs: the mail is the worker's
            if list((tmp_path / "mail").glob("*.eml")):
                break
            time.sleep(0.1)
        assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    finally:
        for process in (*servers, worker):
            process.send_signal(signal.SIGTERM)
        errors = [process.communicate(timeout=30)[1] for process in (*servers, worker)]
    assert [process.returncode for process in (*servers, worker)] == [0, 0, 0], errors


def test_on_sqlite_there_is_no_second_process(tmp_path: Path) -> None:
    worker = run(tmp_path, "", "worker")
    _out, err = worker.communicate(timeout=60)
    assert worker.returncode == 1 and "SQLite" in err
