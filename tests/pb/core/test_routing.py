"""Looking a page up by its first and last part finds what trying every route would find."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pb.core.routing import Shelves

PATHS = [
    ("/", ["GET"]), ("/processes/{slug}", ["GET"]), ("/processes/{slug}/vote", ["GET", "POST"]),
    ("/processes/{slug}/{page}", ["GET"]), ("/processes/new", ["POST"]), ("/office", ["GET"]),
    ("/processes/{slug}/vote/{part}.csv", ["GET"]), ("/processes/{slug}/vote/check", ["POST"]),
    ("/processes/{slug}/vote/", ["POST"]),
]
ASKED = ["/", "", "/processes", "/processes/one", "/processes/new", "/processes/one/vote",
         "/processes/one/vote/check", "/processes/one/vote/a.csv", "/processes/one/vote/b",
         "/processes/one/other", "/processes/one/vote/", "/office", "/office/", "//", "/x"]



def routes() -> list[Route]:
    def answering(path: str) -> object:
        async def answer(request: Request) -> PlainTextResponse:
            return PlainTextResponse(f"{path} {sorted(request.path_params.items())}")

        return answer

    return [Route(path, answering(path), methods=methods) for path, methods in PATHS]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
@pytest.mark.parametrize("path", ASKED)
def test_the_same_page_is_found(path: str, method: str) -> None:
    both = [
        TestClient(Starlette(routes=found), follow_redirects=False).request(method, path or "/")
        for found in (routes(), [Shelves(routes())])
    ]
    assert both[0].status_code == both[1].status_code and both[0].text == both[1].text
    assert both[0].headers.get("allow") == both[1].headers.get("allow")


def test_a_pattern_that_cannot_be_looked_up_is_refused() -> None:
    for path in ("/files/{name:path}", "/{anything}"):
        with pytest.raises(ValueError, match="first part"):
            Shelves([Route(path, lambda request: PlainTextResponse(""))])
