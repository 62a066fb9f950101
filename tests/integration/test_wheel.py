"""The app as a wheel, as the container installs it: pages, looks and catalogues come with it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest

from tests.integration.test_demo import free_port, wait_for
from tests.support.needs import ROOT


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    zipfile.ZipFile(wheel).extractall(target)
    return target


def run(unpacked: Path, data: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "pb", *arguments],
        cwd=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(unpacked), "PB_DATA_DIR": str(data),
             "PYTHONSAFEPATH": "1"},
    )


def test_a_council_is_set_up_and_served_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    done = run(
        unpacked, tmp_path, "init", "--name", "Testing Town", "--name-cy", "Tre’r Profi",
        "--official", "Mair", "--email", "mair@example.com",
    )
    link, err = done.communicate(timeout=120)
    assert done.returncode == 0, err
    assert link.startswith("http://127.0.0.1:8000/sign-in/link/") and link.count("\n") == 1

    again = run(unpacked, tmp_path, "init", "--name", "X", "--official", "Y", "--email", "y@z.w")
    out, err = again.communicate(timeout=60)
    assert again.returncode == 1 and "set up already" in err and not out

    port = free_port()
    server = run(unpacked, tmp_path, "serve", "--port", str(port))
    try:
        wait_for(port, server)
        url = f"http://127.0.0.1:{port}"
        with httpx2.Client(base_url=url, follow_redirects=True, timeout=60) as browser:
            home = browser.get("/", headers={"accept-language": "cy"})
            assert "Tre’r Profi" in home.text and "Neidio i’r prif gynnwys" in home.text
            assert browser.get("/static/css/site.css").status_code == 200
            path = link.strip().removeprefix("http://127.0.0.1:8000")
            office = browser.post(path)
            assert office.status_code == 200 and office.url.path == "/office"
    finally:
        server.terminate()
        _out, err = server.communicate(timeout=30)
    assert server.returncode == 0, err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--email", "nobody"), "no mail address"),
        (("--email", "a@b.example", "--languages", "en,fr"), "give en, cy, or both"),
        (("--email", "a@b.example", "--time-zone", "Wales/Here"), "no time zone"),
    ],
)
def test_init_says_what_is_wrong(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    done = run(ROOT, tmp_path, "init", "--name", "T", "--official", "M", *options)
    out, err = done.communicate(timeout=60)
    assert done.returncode == 2 and words in err and not out
