"""The log's commands in plain words."""

from __future__ import annotations

from pb.core.audit import AuditRow
from pb.core.i18n import N_, Reader
from pb.office.log_words_jury import JURY

WORDS = {
    "accounts.ask_for_link": N_("Asked for a link to sign in"),
    "accounts.sign_in_by_link": N_("Signed in by a link"),
    "accounts.sign_in_by_code": N_("Signed in by a code"),
    "accounts.add_app": N_("Set up a code app"),
    "accounts.add_passkey": N_("Set up a passkey"),
    "accounts.prove_by_code": N_("Gave a second proof by a code"),
    "accounts.prove_by_passkey": N_("Gave a second proof by a passkey"),
    "accounts.new_recovery_codes": N_("Made new recovery codes"),
    "accounts.remove_key": N_("Took a key of their own away"),
    "office.ask_reset_keys": N_("Asked to take away somebody’s lost keys"),
    "accounts.accept_invitation": N_("Accepted an invitation"),
    "office.invite": N_("Invited somebody to a role"),
    "office.withdraw_invitation": N_("Withdrew an invitation"),
    "office.take_role": N_("Took a role away"),
    "office.confirm_act": N_("Confirmed what another official asked for"),
    "office.decline_act": N_("Declined what an official asked for"),
    "processes.install": N_("Set up the council"),
    "processes.edit_council": N_("Changed the council’s details"),
    "processes.create_process": N_("Began a process"),
    "processes.edit_basics": N_("Changed the texts of a process"),
    "processes.edit_rule": N_("Set ballot and rule"),
    "processes.ask_rule": N_("Asked to change ballot and rule"),
    "processes.edit_area": N_("Changed an area or its budget"),
    "processes.remove_area": N_("Took an area away"),
    "processes.edit_dates": N_("Set the dates of a draft"),
    "processes.ask_dates": N_("Asked to change the timetable"),
    "processes.edit_step": N_("Changed the words of a step, or how far people decide in it"),
    "processes.ask_early": N_("Asked to open or close a step before its date"),
    "processes.keep_timetable": N_("Opened, closed or held back a step by the timetable"),
    "processes.save_purses": N_("Set the areas and the money of a draft"),
    "processes.plan_dates": N_("Set the first timetable of a draft"),
    "valuations.assign": N_("Said who looks at an idea"),
    "valuations.score": N_("Gave a view of an idea"),
    "valuations.add_note": N_("Added a private note to an idea"),
    "valuations.save": N_("Wrote down what was found out about an idea"),
    "valuations.decide": N_("Decided about an idea"),
    "valuations.answer": N_("Answered a refusal"),
    "valuations.uphold": N_("Let a refusal stand"),
    "valuations.reopen": N_("Took an idea up again"),
    "valuations.publish_refusal": N_("Made a refusal public when the author’s time was over"),
    "processes.ask_archive": N_("Asked to put a process into the archive"),
    "office.copy": N_("Began a process as a copy of an earlier one"),
    "office.start_rehearsal": N_("Began a rehearsal"),
    "office.end_rehearsal": N_("Ended a rehearsal and deleted everything in it"),
    "processes.ask_publish": N_("Asked to publish a process"),
    "projects.save_project": N_("Added or changed a project"),
    "projects.remove_project": N_("Removed a project"),
    "moderation.report": N_("Reported what somebody wrote"),
    "moderation.decide": N_("Decided about a report"),
    "moderation.appeal": N_("Appealed against a moderator’s decision"),
    "moderation.answer": N_("Answered an appeal"),
    "moderation.forget_addresses": N_("Forgot where reports and posts came from"),
    "translations.save": N_("Translated a text"),
    "translations.check": N_("Checked a translation"),
    "translations.bring_in": N_("Brought in a table of translations"),
    "office.begin_second_vote": N_("Began a second vote"),
    "ballots.make_codes": N_("Made a batch of codes"),
    "electorate.set_ways": N_("Set who may vote, and how"),
    "electorate.keep_list": N_("Brought a list of voters"),
    "electorate.put_list": N_("Asked to put a list on the roll, or began to"),
    "electorate.add_lines": N_("Put a piece of a list on the roll"),
    "electorate.finish_list": N_("Finished putting a list on the roll"),
    "electorate.discard_list": N_("Deleted the file of a list"),
    "electorate.drop_file": N_("Deleted the old file of a list"),
    "electorate.send_links": N_("Asked to send the personal links"),
    "electorate.resend_unsure": N_("Asked to send links again after a stop"),
    "electorate.resend_link": N_("Sent one voter a new link"),
    "electorate.ask_void_entry": N_("Asked to take a voter off the roll"),
    "electorate.forget_electorate": N_("Deleted addresses and declarations with the roll"),
    "electorate.declare": N_("Declared to live here"),
    "electorate.decide_declaration": N_("Decided about two declarations that are alike"),
    "electorate.drop_unconfirmed": N_("Deleted declarations that nobody confirmed"),
    "ballots.ask_void_batch": N_("Asked to make a batch of codes void"),
    "ballots.part_roll_and_box": N_("Parted voters from their ballots after the close"),
    "ballots.choose_level": N_("Chose what is published of the ballots"),
    "ballots.open_box": N_("Opened the ballot box"),
    "ballots.close_box": N_("Closed the ballot box and parted voters from their ballots"),
    "ballots.note_rewritten": N_("Wrote the roll anew, so that no order of rows is left"),
    "ballots.leave_opening": N_("Had the envelopes opened"),
    "ballots.put_opened": N_("Laid the ballots open, sorted by tracking code"),
    "ballots.ask_destroy": N_("Asked to destroy envelopes and key"),
    "ballots.destroy": N_("Destroyed envelopes and key"),
    "ballots.note_key_gone": N_("The key of the box is gone"),
    "ballots.tell_voters": N_("Told voters that a vote was cast in their name"),
    "results.ask_count": N_("Ran the count"),
    "results.begin_count": N_("Began a count"),
    "results.keep": N_("Kept the outcome of a count"),
    "results.fail": N_("A count failed"),
    "results.ask_publish": N_("Asked to publish the result"),
    "results.publish_now": N_("Published a result"),
    "results.object_to": N_("Objected to a result"),
    "results.answer_objection": N_("Answered an objection"),
    "results.ask_finish": N_("Asked to declare the result final"),
    "results.ask_withdraw": N_("Asked to withdraw the result"),
    "results.begin_import": N_("Began to read in an election"),
    "results.add_ballots": N_("Read in ballots"),
    "results.finish_import": N_("Finished reading in an election"),
    "results.discard_import": N_("Discarded an election that was being read in"),
    "accounts.erase_account": N_("Deleted their own account"),
    "accounts.join": N_("Made an account"),
    "comments.comment": N_("Wrote a comment"),
    "comments.remove_comment": N_("Took a comment of their own away"),
    "proposals.add_category": N_("Added a category of ideas"),
    "proposals.remove_category": N_("Removed a category of ideas"),
    "proposals.ask_to_confirm": N_("Asked somebody to confirm an idea by mail"),
    "proposals.publish": N_("Published an idea"),
    "proposals.publish_confirmed": N_("Published an idea that was confirmed by mail"),
    "proposals.publish_for": N_("Published an idea for somebody else"),
    "proposals.edit": N_("Changed an idea"),
    "proposals.withdraw": N_("Withdrew an idea"),
    "proposals.support": N_("Supported an idea, or took that back"),
    "proposals.follow": N_("Began or stopped following an idea"),
    "proposals.invite_co_author": N_("Invited a co-author"),
    "proposals.join_as_co_author": N_("Joined an idea as co-author"),
    "proposals.decline_as_co_author": N_("Declined to be a co-author"),
    "proposals.remove_co_author": N_("Removed a co-author"),
    "proposals.ask_to_merge": N_("Asked authors to merge their ideas"),
    "proposals.answer_merge": N_("Answered whether ideas shall be merged"),
    "proposals.take_back_merge": N_("Took back a request to merge ideas"),
    "proposals.make_package": N_("Made one package of several ideas"),
    "proposals.undo_package": N_("Took a package of ideas apart"),
    "proposals.forget_drafts": N_("Deleted drafts that nobody went on with"),
    "proposals.send_digest": N_("Sent news to those who follow ideas"),
    "demo.add_ideas": N_("Built the demonstration’s ideas"),
    "demo.add_desks": N_("Built reports and translations of the demonstration"),
    "demo.add_assessment": N_("Built a fund of the demonstration"),
    "demo.add_jury": N_("Built the demonstration’s jury in session"),
    "demo.add_verdict": N_("Built the demonstration’s jury that is done"),
    "demo.date_back": N_("Gave a result of the demonstration its date"),
    "demo.keep_today": N_("Set the demonstration’s session to today"),
    "demo.add_council": N_("Built the demonstration’s council"),
    "demo.add_process": N_("Built a process of the demonstration"),
    "demo.add_votes": N_("Built votes of the demonstration"),
    "demo.make_links": N_("Made the demonstration’s links"),
    **JURY,
}


ACTORS = {
    "system": N_("the app itself"), "juror": N_("juror"), "table": N_("table"),
    "witness": N_("witness"), "whisperer": N_("person for plain words"),
    "steward": N_("steward"), "evaluator": N_("evaluator"),
}
"""Who acts without being a person: the app, and screens in a jury's room."""


def who(reader: Reader, actor: str) -> str:
    """Who did it: a person's name as it is; a screen with its number, in the reader's language."""
    name, _, number = actor.partition(" ")
    words = ACTORS.get(name)
    if words is None or (number and not number.isdecimal()):
        return actor
    return f"{reader.say(words)} {number}".strip()


def say(reader: Reader, command: str) -> str:
    """What a command did; its name where it has no words."""
    words = WORDS.get(command)
    return reader.say(words) if words else command


def commands_with(reader: Reader, words: str) -> list[str]:
    """The commands whose sentence holds these words, in the reader's language."""
    wanted = words.casefold()
    return [name for name, one in WORDS.items() if wanted in reader.say(one).casefold()]


def details(row: AuditRow) -> str:
    """The row's details as they were kept: names and values, no words of ours."""
    parts = [f"{row.subject_kind} {row.subject_id}"] if row.subject_id is not None else []
    parts += [
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in row.details.items() if value not in (None, "", [], {})
    ]
    return "; ".join(parts)
