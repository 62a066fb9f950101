"""The demo as a newcomer starts it: a process of its own, links that work, an ordered end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from pb.demo.build import THE_ROOM
from tests.support.needs import ROOT

ROLES = {"citizen", "facilitator", "official", "official_2", "auditor"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, *more: str, port: int | None = None) -> tuple[subprocess.Popen[str], int]:
    number = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "pb", "demo", "--no-browser", "--data", str(data),
         "--port", str(number), *more],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PB_SETUP": "no", "PYTHONWARNINGS": "error"},
    )
    return process, number


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise AssertionError(process.communicate())
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthy", timeout=5)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the demo did not come up within a minute")


@dataclass
class Demo:
    url: str
    data: Path
    links: dict[str, str]
    links_before_port: bool


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("demo") / "var"
    links = data.parent / "links.json"
    process, port = start(data, "--links", str(links))
    early = False
    for _ in range(600):
        if links.exists() and links.read_text():
            break
        with socket.socket() as probe:
            early = early or probe.connect_ex(("127.0.0.1", port)) == 0
        time.sleep(0.05)
    wait_for(port, process)
    yield Demo(f"http://127.0.0.1:{port}", data, json.loads(links.read_text()), not early)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert set(re.findall(r"^  (\w+):", out, re.M)) == ROLES


def test_links_are_written_by_role_before_the_port_opens(demo: Demo) -> None:
    assert set(demo.links) == ROLES
    assert demo.links_before_port
    assert len(set(demo.links.values())) == len(ROLES)
    assert all(link.startswith(demo.url + "/") for link in demo.links.values())


def test_each_link_signs_in_once(demo: Demo) -> None:
    import httpx2

    for role, link in demo.links.items():
        with httpx2.Client(follow_redirects=True, timeout=60) as browser:
            assert browser.get(link).status_code == 200
            answer = browser.post(link)
            assert answer.status_code == 200, role
            ends = {"citizen": "/", "facilitator": THE_ROOM}.get(role, "/office")
            assert str(answer.url) == demo.url + ends
            if role == "facilitator":
                assert "Asks for help" in answer.text and "Table 4" in answer.text
            assert browser.post(link).status_code == 410


def test_the_town_is_open_and_decided_and_says_that_it_is_invented(demo: Demo) -> None:
    import httpx2

    with httpx2.Client(base_url=demo.url, follow_redirects=True, timeout=60) as browser:
        home = browser.get("/", headers={"accept-language": "en"}).text
        assert "Not cast yet" in home and "invented" in home
        for path in (
            "/processes/shared-budget-2027", "/processes/shared-budget-2026/result",
            "/processes/shared-budget-2027/projects?page=1",
            "/processes/shared-budget-2027/projects/1",
            "/processes/shared-budget-2027/vote", "/processes/shared-budget-2027/jury",
            "/processes/shared-budget-2027/jury/rules", "/processes/shared-budget-2027/booklet",
            "/processes/shared-budget-2027/projects/12/statement",
            "/processes/shared-budget-2027/jury/recommendations",
        ):
            for language in ("en", "cy"):
                assert browser.get(path, headers={"accept-language": language}).status_code == 200
        booklet = browser.get("/processes/shared-budget-2027/booklet").text
        assert booklet.count("No juror took this position.") == 1
        assert "Most who skate would come from outside" not in booklet, "15 of 23 are too few"
        advice = browser.get("/processes/shared-budget-2027/jury/recommendations").text
        assert "The jury did not agree" in advice and "Accepted in part" in advice


def test_a_second_start_builds_nothing_anew_and_gives_fresh_links(
    demo: Demo, tmp_path: Path
) -> None:
    # The same folder cannot be served twice by SQLite's one writer; a copy stands for it.
    import shutil

    copy = tmp_path / "var"
    shutil.copytree(demo.data, copy)
    links = tmp_path / "links.json"
    process, port = start(copy, "--links", str(links))
    wait_for(port, process)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 0 and "Building" not in err
    assert set(json.loads(links.read_text()).values()).isdisjoint(demo.links.values())


def test_a_taken_port_is_said_in_words(demo: Demo, tmp_path: Path) -> None:
    process, _ = start(tmp_path / "var", port=int(demo.url.rpartition(":")[2]))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "is taken" in err and "Traceback" not in err and not out


def test_a_council_s_own_database_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "pb.sqlite3").write_bytes(b"precious")
    process, _ = start(tmp_path, "--fresh")
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "not a demo" in err
    assert (tmp_path / "pb.sqlite3").read_bytes() == b"precious"


def test_compiled_files_are_kept_beside_the_environment_whatever_the_shell_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pb import __main__ as entry

    monkeypatch.setattr(entry, "COMPILED", tmp_path / "compiled")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    entry.keep_compiled()
    (tmp_path / "module_of_the_test.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    kept = tmp_path / "compiled"
    import_module("module_of_the_test")
    assert len(list(kept.rglob("module_of_the_test*.pyc"))) == 1
    shutil.rmtree(kept)
    subprocess.run([sys.executable, "-c", "import module_of_the_test"], cwd=tmp_path, check=True)
    assert len(list(kept.rglob("module_of_the_test*.pyc"))) == 1
    assert not list(tmp_path.glob("__pycache__"))
