"""Role x phase x route over reports, cases and translations."""

from __future__ import annotations

from pb.access.permissions import Permission as P
from pb.core.site import Site
from pb.core.work import NOBODY
from pb.moderation import services
from tests.pb.moderation.a_post import an_idea
from tests.support import build
from tests.support.matrix import SLUG, Answer, Row, faults

REPORT = {"slug": SLUG, "kind": "proposal", "id": "2"}
CASE = {"slug": SLUG, "id": "1"}
TEXT = {"slug": SLUG, "kind": "project", "id": "1", "field": "title", "language": "cy"}


def never_theirs(who: str, phase: str, policy: str) -> Answer:
    """The author's page of a case: nobody else's, whatever their role."""
    return "sign-in" if who in ("stranger", "voter") else "hidden"


def prepare(site: Site, process_id: int) -> None:
    reported = an_idea(site, process_id, build.a_person(site, "Nia"))
    an_idea(site, process_id, number=2, wish="A tap.", title="Tap")
    build.do(
        site, services.report, process_id, "proposal", reported, "insult", "", "en", "x",
        actor=NOBODY,
    )


ROWS = (
    Row("report", "GET", P.REPORT, REPORT, public=True),
    Row("report", "POST", P.REPORT, REPORT, public=True),
    Row("reported", "GET", P.SEE_PROCESS, REPORT | {"id": "1"}, public=True),
    Row("moderation_log", "GET", P.SEE_PROCESS, public=True),
    Row("my_case", "GET", P.APPEAL, CASE, public=True, expect=never_theirs),
    Row("my_case", "POST", P.APPEAL, CASE, public=True, expect=never_theirs),
    Row("case_picture", "GET", P.MODERATE, CASE | {"key": "ab12.jpg"}, public=True,
        expect=lambda who, phase, policy: "hidden"),
    Row("my_case_of", "GET", P.APPEAL, REPORT, public=True, expect=never_theirs),
    Row("office_reports", "GET", P.MODERATE),
    Row("office_report", "GET", P.MODERATE, CASE),
    Row("office_report", "POST", P.MODERATE, CASE),
    Row("office_translations", "GET", P.TRANSLATE),
    Row("office_translation", "GET", P.TRANSLATE, TEXT),
    Row("office_translation", "POST", P.TRANSLATE, TEXT),
    Row("office_translations_table", "GET", P.TRANSLATE),
    Row("office_translations_import", "GET", P.TRANSLATE),
    Row("office_translations_import", "POST", P.TRANSLATE),
)


def test_each_route_answers_as_the_policy_says(site: Site) -> None:
    wrong, asked = faults(site, ROWS, prepare=prepare)
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 1500
