"""Who may open and send which page of the assessment in which phase: as the policy says."""

from __future__ import annotations

from pb.access.permissions import Permission as P
from pb.core.site import Site
from tests.pb.valuations.made import a_proposal
from tests.support.matrix import ALLOWED, HIDDEN, SIGN_IN, SLUG, Row, faults

ONE = {"slug": SLUG, "number": "1"}
OFFICE = (
    Row("office_assessment", permission=P.SEE_VALUATIONS),
    Row("office_triage", permission=P.SEE_VALUATIONS),
    Row("office_valuation", permission=P.SEE_VALUATIONS, params=ONE),
    Row("office_valuation", "POST", P.VALUE_PROPOSALS, ONE, form={"do": "score"}),
    Row("office_decide", permission=P.VALUE_PROPOSALS, params=ONE),
    Row("office_decide", "POST", P.VALUE_PROPOSALS, ONE, form={"do": "decide"}),
)
PUBLIC = (
    Row("assessment", public=True),
    Row("decision", params=ONE, public=True),
    # Only the author answers; to everybody else it is as if there were nothing here.
    Row("decision", "POST", P.ANSWER_REFUSAL, ONE, public=True,
        expect=lambda who, phase, right:
        HIDDEN if right == HIDDEN else SIGN_IN if who in ("stranger", "voter") else HIDDEN),
)


def prepare(site: Site, process_id: int) -> None:
    a_proposal(site, process_id, 1)


def test_the_pages_of_the_assessment_follow_the_policy(site: Site) -> None:
    wrong, asked = faults(site, (*OFFICE, *PUBLIC), prepare=prepare)
    assert not wrong, "\n".join(wrong)
    assert asked >= 900, asked


def test_the_matrix_tells_right_from_wrong(site: Site) -> None:
    """A row with another permission than its route has is noticed."""
    askew = Row("office_decide", permission=P.SEE_OFFICE, params=ONE)
    wrong, _ = faults(site, [askew], who=["moderator", "valuer"], phases=["assessment", "voting"],
                      prepare=prepare)
    assert len(wrong) == 3 and all(f"the policy says {ALLOWED}" in one for one in wrong)
