"""What can be permitted. Each command requires one of these in its first line."""

from enum import StrEnum


class Permission(StrEnum):
    # the installation
    SEE_OFFICE = "see_office"
    EDIT_COUNCIL = "edit_council"
    CREATE_PROCESS = "create_process"
    INVITE = "invite"
    SEE_AUDIT = "see_audit"
    # a process
    SEE_PROCESS = "see_process"
    EDIT_PROCESS = "edit_process"
    EDIT_PROJECTS = "edit_projects"
    PUBLISH_PROCESS = "publish_process"
    CHANGE_DATES = "change_dates"
    COPY_PROCESS = "copy_process"
    ARCHIVE_PROCESS = "archive_process"
    RUN_REHEARSAL = "run_rehearsal"
    TRY_REHEARSAL = "try_rehearsal"
    EDIT_ROLL = "edit_roll"
    CONFIRM_ACT = "confirm_act"
    # a proposal and what is said about it
    PROPOSE = "propose"
    KEEP_DRAFT = "keep_draft"
    PUBLISH_PROPOSAL = "publish_proposal"
    EDIT_PROPOSAL = "edit_proposal"
    WITHDRAW_PROPOSAL = "withdraw_proposal"
    HELP_PROPOSE = "help_propose"
    SUPPORT = "support"
    FOLLOW = "follow"
    COMMENT = "comment"
    REMOVE_COMMENT = "remove_comment"
    ANSWER_MERGE = "answer_merge"
    MERGE_PROPOSALS = "merge_proposals"
    ERASE_ACCOUNT = "erase_account"
    # what people write
    REPORT = "report"
    APPEAL = "appeal"
    MODERATE = "moderate"
    TRANSLATE = "translate"
    # the assessment
    SEE_VALUATIONS = "see_valuations"
    VALUE_PROPOSALS = "value_proposals"
    ANSWER_REFUSAL = "answer_refusal"
    # a jury and its sessions
    SEE_JURY = "see_jury"
    EDIT_JURY = "edit_jury"
    RUN_SESSION = "run_session"
    ENTER_ROOM = "enter_room"
    LEAD_TABLE = "lead_table"
    ACT_AS_JUROR = "act_as_juror"
    WHISPER = "whisper"
    # a vote
    ENTER_BALLOT = "enter_ballot"
    DECLARE = "declare"
    CAST = "cast"
    DESTROY_BOX = "destroy_box"
    # a result
    RUN_COUNT = "run_count"
    PUBLISH_RESULT = "publish_result"
    FINISH_RESULT = "finish_result"
    OBJECT = "object"
    ANSWER_OBJECTION = "answer_objection"
    # plumbing and the command line
    SIGN_IN = "sign_in"
    MANAGE_KEYS = "manage_keys"
    ACCEPT_INVITATION = "accept_invitation"
    INSTALL = "install"
    RUN_JOBS = "run_jobs"
