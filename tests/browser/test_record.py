"""The record's page in Chromium: accessible, narrow and light, before it begins and when full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pb.record import services
from tests.browser.conftest import Live
from tests.pb.record.test_log import envelopes
from tests.pb.record.test_page import KINDS, MANIFEST, PAGE
from tests.support import build

pytestmark = pytest.mark.chromium


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_record_s_page(
    live: Live, new_page: Callable[..., Any], axe: Callable[[Any], None], language: str,
    theme: str,
) -> None:
    process_id = build.a_process(live.site, phase="assessment")
    page = new_page(live, width=320, language=language, theme=theme, script=False)
    page.goto(live.url + PAGE)
    assert page.locator(".empty").count() == 1
    with_script = new_page(live, width=320, language=language, theme=theme)
    with_script.goto(live.url + PAGE)
    axe(with_script)
    build.do(live.site, services.start, process_id, "shared-budget", MANIFEST)
    build.do(live.site, services.append_many, process_id, envelopes(20))
    for _ in range(4):
        for kind, body, _words in KINDS:
            build.do(live.site, services.append, process_id, kind, body)
    services.sign_now(live.site, process_id)
    build.do(live.site, services.append_many, process_id, envelopes(1, 900))
    live.site.work.revision += 1
    answer = page.goto(live.url + PAGE)
    assert len(answer.body()) < 50_000
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator(".acts dt").count() == 50
    with_script.goto(live.url + PAGE)
    axe(with_script)
