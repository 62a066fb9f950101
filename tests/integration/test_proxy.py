"""Behind a proxy that ends TLS: hosts, forwarded addresses, cookies, headers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pb.app import create_app
from pb.core.security import PICTURE_POLICY
from pb.core.site import Site
from tests.support import build
from tests.support.app import make_settings
from tests.support.clock import TurnableClock


@pytest.fixture
def secure(tmp_path: Path, empty_database: Path) -> Iterator[Site]:
    shutil.copy(empty_database, tmp_path / "pb.sqlite3")
    site = Site(
        make_settings(tmp_path, PB_BASE_URL="https://purse.example.org",
                      PB_TRUSTED_HOSTS="purse.example.org"),
        TurnableClock(),
    )
    build.a_person(site, "Mair")
    yield site
    site.close()


def behind(site: Site, proxy: str = "127.0.0.1") -> TestClient:
    """A browser that reaches the app through a proxy at an address."""
    app = ProxyHeadersMiddleware(create_app(site), trusted_hosts=site.settings.forwarded_allow_ips)
    return TestClient(
        app, base_url="http://purse.example.org", client=(proxy, 4000),
        headers={"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"},
    )


def test_the_session_cookie_is_bound_to_host_and_https(secure: Site) -> None:
    from pb.accounts.services import link_token, new_link

    def make(work):  # type: ignore[no-untyped-def]
        return link_token(work.site.secrets, new_link(work, 1))

    token = build.do(secure, make)
    answer = behind(secure).post(f"/sign-in/link/{token}", follow_redirects=False)
    cookie = next(
        one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-session")
    )
    assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "Path=/" in cookie and "Domain" not in cookie


def test_other_hosts_are_refused(secure: Site) -> None:
    answer = behind(secure).get("/help", headers={"host": "evil.example"})
    assert answer.status_code == 400


def test_every_answer_has_the_security_headers(secure: Site) -> None:
    for path in ("/help", "/nowhere", "/static/css/site.css"):
        headers = behind(secure).get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "max-age" in headers["strict-transport-security"]


def test_stored_pictures_cannot_run_anything(secure: Site) -> None:
    key = secure.storage.save(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg")
    headers = behind(secure).get(f"/pictures/{key}").headers
    assert headers["content-security-policy"] == PICTURE_POLICY and "sandbox" in PICTURE_POLICY
    assert behind(secure).get("/pictures/../secret.key").status_code == 404


def test_a_form_of_the_public_address_is_our_own(secure: Site) -> None:
    browser = behind(secure)
    own = browser.post("/settings/theme", data={"theme": "dark"}, follow_redirects=False,
                       headers={"origin": "https://purse.example.org"})
    other = browser.post("/settings/theme", data={"theme": "dark"}, follow_redirects=False,
                         headers={"origin": "https://purse.example.com"})
    assert (own.status_code, other.status_code) == (303, 403)


def test_addresses_are_believed_from_the_proxy_only(secure: Site) -> None:
    """Eleven tries from one forwarded address are too many; without the proxy it counts itself."""

    def tries(proxy: str, number: int) -> list[int]:
        return [
            behind(secure, proxy).post(
                "/sign-in", data={"email": f"somebody{index}@example.com"},
                headers={"x-forwarded-for": f"203.0.113.{index}"}, follow_redirects=False,
            ).status_code
            for index in range(number)
        ]

    assert 429 not in tries("127.0.0.1", 12)  # twelve people behind one proxy
    assert 429 in tries("198.51.100.7", 12)  # one machine that pretends to be twelve
