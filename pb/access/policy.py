"""Who may do what: permission x role x phase, in one table, default deny.

``require(work, permission, subject)`` is the first line of every command; templates ask ``can``.
The subject is known only by the protocol below; None is the installation itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pb.access.permissions import Permission as P
from pb.core.errors import NotAllowed
from pb.core.work import Actor, Work


class Subject(Protocol):
    """What a permission is asked about: it belongs to a process and knows its phase."""

    @property
    def scope_id(self) -> int: ...

    @property
    def is_public(self) -> bool: ...

    def phase_kind(self, now: datetime) -> str: ...


# Roles. The first three stand for everybody, for a signed-in person, and for whoever showed a
# code or link of this process's roll.
ANYONE = "anyone"
PERSON = "person"
VOTER = "voter"
SYSTEM = "system"
ADMINISTRATOR = "administrator"
LEAD = "lead_official"
DEPUTY = "deputy"
VALUER = "valuer"
MODERATOR = "moderator"
TRANSLATOR = "translator"
FACILITATOR = "facilitator"
AUDITOR = "auditor"
EVALUATOR = "evaluator"
CONFLICT_OFFICER = "conflict_officer"

# Screens in a jury's room; each comes in by a code of its own (deliberation/sessions).
JUROR = "juror"
TABLE = "table"
WHISPERER = "whisperer"
WITNESS = "witness"
STEWARD = "steward"

ROLES = (LEAD, DEPUTY, VALUER, MODERATOR, TRANSLATOR, FACILITATOR, AUDITOR, EVALUATOR,
         CONFLICT_OFFICER)
"""The roles of a process that a person can be invited to."""

OFFICIALS = frozenset({ADMINISTRATOR, LEAD, DEPUTY})
STAFF = OFFICIALS | {VALUER, MODERATOR, TRANSLATOR, FACILITATOR, AUDITOR, EVALUATOR,
                     CONFLICT_OFFICER}

ALWAYS: frozenset[str] = frozenset()
BEFORE_VOTE = frozenset({"draft", "before", "ideas", "assessment", "jury", "between"})
"""Also between two steps: what holds the vote back can only be put right while nothing is open."""
AFTER_VOTE = frozenset({"count", "results", "delivery"})
AT_REST = frozenset({"before", "between", "results", "delivery"})
"""No step is open in which people take part."""
LIVE = BEFORE_VOTE | AFTER_VOTE | {"voting"}
"""Everything but the archive."""
IDEAS = frozenset({"ideas"})
UNDER_DISCUSSION = frozenset({"ideas", "assessment", "jury"})
"""While residents may still support, discuss and take back proposals."""


@dataclass(frozen=True)
class Rule:
    """``roles`` who may; ``phases`` when (empty: always); ``public``: only what is published."""

    roles: frozenset[str]
    phases: frozenset[str] = ALWAYS
    public: bool = False


def rule(*roles: str, phases: frozenset[str] = ALWAYS, public: bool = False) -> Rule:
    return Rule(frozenset(roles), phases, public)


POLICY: dict[P, tuple[Rule, ...]] = {
    P.SEE_OFFICE: (rule(*STAFF),),
    P.EDIT_COUNCIL: (rule(ADMINISTRATOR),),
    P.CREATE_PROCESS: (rule(ADMINISTRATOR, LEAD, SYSTEM),),
    P.INVITE: (rule(*OFFICIALS, SYSTEM),),
    P.SEE_AUDIT: (rule(*OFFICIALS, AUDITOR),),
    P.SEE_PROCESS: (rule(ANYONE, public=True), rule(*STAFF, SYSTEM)),
    P.EDIT_PROCESS: (rule(*OFFICIALS, SYSTEM, phases=BEFORE_VOTE),),
    P.EDIT_PROJECTS: (rule(*OFFICIALS, VALUER, SYSTEM, phases=BEFORE_VOTE),),
    P.PUBLISH_PROCESS: (rule(*OFFICIALS, SYSTEM, phases=LIVE),),
    P.CHANGE_DATES: (rule(*OFFICIALS, SYSTEM, phases=LIVE),),
    P.COPY_PROCESS: (rule(*OFFICIALS),),
    P.BEGIN_SECOND_VOTE: (rule(*OFFICIALS, phases=AFTER_VOTE),),
    P.ARCHIVE_PROCESS: (rule(*OFFICIALS, phases=AT_REST),),
    P.RUN_REHEARSAL: (rule(*OFFICIALS, SYSTEM, phases=LIVE),),
    P.TRY_REHEARSAL: (rule(ANYONE, public=True),),
    P.EDIT_ROLL: (rule(*OFFICIALS, SYSTEM, phases=BEFORE_VOTE | {"voting"}),),
    # After the close too: that is when a doubt about the vote is looked into.
    P.SEE_ODDITIES: (rule(*OFFICIALS, AUDITOR),),
    P.CONFIRM_ACT: (rule(*OFFICIALS),),
    P.PROPOSE: (rule(ANYONE, phases=IDEAS, public=True),),
    P.KEEP_DRAFT: (rule(ANYONE, public=True),),
    P.PUBLISH_PROPOSAL: (rule(PERSON, phases=IDEAS, public=True), rule(SYSTEM, phases=IDEAS)),
    P.EDIT_PROPOSAL: (rule(PERSON, phases=IDEAS, public=True),),
    P.WITHDRAW_PROPOSAL: (rule(PERSON, phases=UNDER_DISCUSSION, public=True),),
    P.HELP_PROPOSE: (rule(*OFFICIALS, VALUER, MODERATOR, FACILITATOR, phases=IDEAS),),
    P.SUPPORT: (rule(PERSON, phases=UNDER_DISCUSSION, public=True),),
    P.FOLLOW: (rule(PERSON, public=True),),
    P.COMMENT: (rule(PERSON, phases=UNDER_DISCUSSION, public=True),),
    P.REMOVE_COMMENT: (rule(PERSON, public=True),),
    P.ANSWER_MERGE: (rule(PERSON, public=True),),
    P.MERGE_PROPOSALS: (rule(*OFFICIALS, VALUER, phases=UNDER_DISCUSSION),),
    P.ERASE_ACCOUNT: (rule(PERSON),),
    P.REPORT: (rule(ANYONE, public=True),),
    P.APPEAL: (rule(PERSON, public=True),),
    P.MODERATE: (rule(*OFFICIALS, MODERATOR),),
    P.TRANSLATE: (rule(*OFFICIALS, TRANSLATOR),),
    P.SEE_VALUATIONS: (rule(*OFFICIALS, VALUER, AUDITOR),),
    P.VALUE_PROPOSALS: (rule(*OFFICIALS, VALUER, SYSTEM, phases=BEFORE_VOTE),),
    P.ANSWER_REFUSAL: (rule(PERSON, public=True), rule(SYSTEM)),
    P.ENTER_BALLOT: (rule(ANYONE, public=True), rule(SYSTEM)),
    P.DECLARE: (rule(ANYONE, phases=BEFORE_VOTE | {"voting"}, public=True),),
    P.CAST: (rule(VOTER, phases=frozenset({"voting"}), public=True),
             rule(SYSTEM, phases=frozenset({"voting"}))),
    P.DESTROY_BOX: (rule(*OFFICIALS, phases=AFTER_VOTE),),
    # What a jury does is led by its facilitators: officials prepare it and may only look.
    P.SEE_JURY: (rule(*STAFF),),
    P.EDIT_JURY: (rule(*OFFICIALS, FACILITATOR),),
    P.RUN_SESSION: (rule(FACILITATOR),),
    P.CHECK_IN: (rule(STEWARD, FACILITATOR),),
    P.ENTER_ROOM: (rule(ANYONE),),
    # Officials touch no vote; the person for complaints may be the second who reads its slips.
    P.KEY_SLIPS: (rule(FACILITATOR, CONFLICT_OFFICER),),
    P.REPORT_NOTE: (rule(JUROR, TABLE),),
    P.COMPLAIN: (rule(JUROR),),
    P.READ_COMPLAINTS: (rule(FACILITATOR, CONFLICT_OFFICER),),
    # What is about the facilitator is read by the person for complaints alone.
    P.READ_ALL_COMPLAINTS: (rule(CONFLICT_OFFICER),),
    P.LEAD_TABLE: (rule(TABLE, FACILITATOR),),
    P.ACT_AS_JUROR: (rule(JUROR),),
    P.WHISPER: (rule(WHISPERER, FACILITATOR),),
    P.ANSWER_QUESTION: (rule(WITNESS, *OFFICIALS, VALUER, FACILITATOR),),
    P.DECLARE_CHOICE: (rule(*OFFICIALS, phases=BEFORE_VOTE),),
    P.PUT_CHOICE: (rule(*OFFICIALS, phases=BEFORE_VOTE),),
    P.DISPUTE_FACT: (rule(PERSON, public=True), rule(FACILITATOR)),
    P.MARK_ERROR: (rule(*OFFICIALS, VALUER),),
    P.REPLY_RECOMMENDATION: (rule(*OFFICIALS),),
    # Sums for those who answer for the jury; single answers, without names, for evaluators alone.
    P.SEE_EVALUATION: (rule(*OFFICIALS, FACILITATOR, AUDITOR, EVALUATOR),),
    P.PAY_JURORS: (rule(*OFFICIALS),),
    P.SEE_EXACT_FIGURES: (rule(*OFFICIALS),),
    P.PUBLISH_EVALUATION: (rule(*OFFICIALS, FACILITATOR),),
    P.EXPORT_EVALUATION: (rule(EVALUATOR),),
    P.RUN_COUNT: (rule(*OFFICIALS, SYSTEM, phases=AFTER_VOTE),),
    P.PUBLISH_RESULT: (rule(*OFFICIALS, SYSTEM, phases=AFTER_VOTE),),
    P.FINISH_RESULT: (rule(*OFFICIALS, SYSTEM, phases=AFTER_VOTE),),
    P.OBJECT: (rule(ANYONE, phases=AFTER_VOTE, public=True),),
    P.ANSWER_OBJECTION: (rule(*OFFICIALS, phases=AFTER_VOTE),),
    P.SIGN_IN: (rule(ANYONE, SYSTEM),),
    P.MANAGE_KEYS: (rule(*STAFF),),
    P.ACCEPT_INVITATION: (rule(ANYONE),),
    P.INSTALL: (rule(SYSTEM),),
    P.RUN_JOBS: (rule(SYSTEM),),
}


def roles_of(actor: Actor, subject: Subject | None) -> frozenset[str]:
    """The roles that count here: for the whole installation, and for the subject's process."""
    roles = {ANYONE}
    if actor.system:
        roles.add(SYSTEM)
    if actor.person_id is not None:
        roles.add(PERSON)
    for role, scope in actor.grants:
        if scope is None or subject is None or scope == subject.scope_id:
            roles.add(role)
    if subject is not None and subject.scope_id in actor.passes:
        roles.add(VOTER)
    return frozenset(roles)


def can(actor: Actor, permission: P, subject: Subject | None, now: datetime) -> bool:
    """Whether the table permits it now. What is not in the table is not permitted."""
    roles = roles_of(actor, subject)
    for one in POLICY.get(permission, ()):
        if not roles & one.roles:
            continue
        if subject is None:
            if one.phases or one.public:
                continue
            return True
        if one.public and not subject.is_public:
            continue
        if one.phases and subject.phase_kind(now) not in one.phases:
            continue
        return True
    return False


def require(work: Work, permission: P, subject: Subject | None = None) -> None:
    """The first line of every command. NotAllowed says whether it is the person or the time."""
    if can(work.actor, permission, subject, work.now):
        return
    raise refusal(work.actor, permission, subject)


def refusal(actor: Actor, permission: P, subject: Subject | None) -> NotAllowed:
    """Why it is not permitted: it is somebody else's task, or not the time for it."""
    in_time = subject is not None and any(
        roles_of(actor, subject) & one.roles for one in POLICY.get(permission, ())
    )
    return NotAllowed(
        "access.not_now" if in_time else "access.not_you", permission=permission.value
    )
