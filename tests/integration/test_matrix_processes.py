"""Role x phase x route over the pages of a process, of the office and of the public."""

from __future__ import annotations

from pb.access.permissions import Permission as P
from pb.core.site import Site
from tests.support.matrix import SLUG, Row, faults


def office(route: str, permission: P, **params: str) -> list[Row]:
    """A page with a form: it is asked for and sent empty."""
    where = {"slug": SLUG, **params}
    return [Row(route, method, permission, where) for method in ("GET", "POST")]


ROWS = (
    Row("process", public=True),
    Row("projects", public=True),
    Row("office_process", permission=P.SEE_OFFICE),
    Row("office_areas", permission=P.SEE_OFFICE),
    *office("office_texts", P.EDIT_PROCESS),
    *office("office_rule", P.EDIT_PROCESS),
    *office("office_area", P.EDIT_PROCESS, area="1"),
    *office("office_dates", P.CHANGE_DATES),
)


def test_each_route_answers_as_the_policy_says(site: Site) -> None:
    wrong, asked = faults(site, ROWS)
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 1500
