"""Forms of a vote, a ballot's form as a content, and the words of this feature's codes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from wtforms import BooleanField, IntegerField, RadioField, SelectField
from wtforms.validators import ValidationError

from pb.ballots import rules
from pb.ballots.content import from_json
from pb.ballots.sealing import TRACKING
from pb.ballots.services import MOST_CODES
from pb.core.forms import Form, LineField, Longest, ProseField, Required, choices
from pb.core.i18n import N_, NN_, sentences
from pb.core.security import read_code
from pb.core.web import Request
from voting.ballots import Approval, BallotError, Content, Knapsack, Points, Ranking
from voting.contest import Contest

sentences(
    {
        "code.unknown": N_(
            "This code is not one of this vote. Compare each letter and digit with your letter."
        ),
        "code.voided": N_(
            "The council has cancelled this code. Ask for a new one: the telephone number is at "
            "the foot of the page."
        ),
        "vote_link.used": N_("This link has been used. Type the code from your letter instead."),
        "roll.not_on": N_("Your account is not on the roll of this vote. Use the code you got."),
        "roll.voided": N_("You are no longer on the roll of this vote. Ask the council why."),
        "ballot.fixed": N_(
            "This ballot counts and stays as it is. Which ballot is whose was deleted when the "
            "vote was closed once, or when the server was restored from a backup."
        ),
        "ballot.other_area": N_("This ballot was made for another area. Load the page again."),
        "ballot.again": N_("Your ballot was cast twice at the same moment. Look at what is in."),
        "ballot.other_voter": N_(
            "That page belonged to another voter on this device. Nothing of it was saved here."
        ),
        "ballot.kept": N_(
            "You were signed out. What you chose is kept on this device: enter your code again."
        ),
        "ballot.older_page": N_(
            "That page was older than your ballot. Nothing was changed: your newer ballot is in."
        ),
        "vote.open": N_("The vote is still open."),
        "vote.not_begun": N_("The vote has not begun."),
        "box.not_open": N_("The ballot box is being made ready. Try again in a moment."),
        "box.closed": N_("The vote has closed. Its box cannot be opened again."),
        "box.not_closed": N_("There is nothing to open now."),
        "box.not_opened": N_("The envelopes are still being opened. Count when that is done."),
        "box.not_final": N_("They are needed until the result is final."),
        "box.opening_again": N_("The envelopes are being opened once more."),
        "roll.unknown": N_("This voter is not on the roll of this vote."),
        "level.unknown": N_("Choose one of the three."),
        "level.fixed": N_("The vote has opened. What is published was fixed with its rules."),
        "level.chosen": N_("Saved. It stands in the rules from the moment the vote opens."),
        "destroy.reason": N_("Say why, for the public record."),
        "destroy.backups": N_("Destroy the backups made during the vote first, then tick this."),
        "destroy.asked": N_("Asked. It happens once a second official confirms it."),
        "destroy.done": N_("Envelopes and key are gone already."),
        "destroy.not_opened": N_("The envelopes have not been opened yet."),
        "receipt.form": N_(
            "This is not a whole receipt. It begins with CP1 and has five parts with dots "
            "between them. Copy all of it."
        ),
        "tracking.form": N_("A tracking code has 12 letters and digits. Look at it again."),
        "batch.size": N_("Choose a number of codes from 1 to %(most)s."),
        "batch.area": N_("Choose an area of this process."),
        "batch.unknown": N_("There is no such batch of codes."),
        "batch.voided": N_("This batch of codes is void already."),
        "batch.gone": N_(
            "The page with these codes is more than an hour old. Make the batch void, and make "
            "a new one."
        ),
        "batch.void_asked": N_("Asked. The batch is void once a second official confirms it."),
        "ballot.kind": N_("This is not a ballot of this vote. Load the page again."),
        "ballot.unknown": N_("Something on this ballot is not up for vote. Load the page again."),
        "ballot.repeated": N_("A project stands on this ballot twice. Load the page again."),
        "ballot.too_many": NN_(
            "At most %(num)s project fits on a ballot. Take some out.",
            "At most %(num)s projects fit on a ballot. Take some out.",
        ),
        "ballot.too_few": NN_(
            "Choose at least %(num)s project, or cast a blank vote.",
            "Choose at least %(num)s projects, or cast a blank vote.",
        ),
        "ballot.over_budget": N_(
            "%(area)s: your choice costs %(over)s more than the %(budget)s there is. Take "
            "something out."
        ),
        "ballot.points": N_("You gave %(points)s points. There are %(most)s. Take some away."),
        "ballot.points_field": N_("Enter a whole number from 0 to %(most)s."),
        "ballot.group": N_("Only one of these projects can be chosen: %(titles)s."),
    }
)


CONTENTS = {"ranked": Ranking, "approval": Approval, "knapsack": Knapsack, "points": Points}


class CodeForm(Form):
    """The code of a letter, in any case, with or without spaces, O for 0 and I or L for 1."""

    code = LineField(
        N_("Your code"),
        [Required(N_("Enter the code from your letter.")), Longest(60)],
        description=N_("16 letters and digits. Spaces and capitals make no difference."),
    )


class ReceiptForm(Form):
    """A receipt, copied or scanned."""

    receipt = ProseField(
        N_("Your receipt"),
        [Required(N_("Copy your receipt into this box.")), Longest(1000)],
        description=N_("The long text that begins with CP1. Line breaks make no difference."),
    )


class TrackingForm(Form):
    """A tracking code, in any case, with or without spaces."""

    tracking = LineField(
        N_("Your tracking code"),
        [Required(N_("Enter your tracking code.")), Longest(60)],
        description=N_("12 letters and digits. Spaces and capitals make no difference."),
    )

    def validate_tracking(self, field: LineField) -> None:
        if len(read_code(field.data or "")) != TRACKING:
            raise ValidationError(self.reader.sentence("tracking.form"))


class LevelForm(Form):
    """What is published of the ballots."""

    level = RadioField(
        N_("What is published"),
        choices=choices([
            ("A", N_("A: every ballot, without name, with its tracking code. Anybody can count "
                     "again.")),
            ("B", N_("B: only ballots that ten or more people filled in alike. Others are "
                     "withheld.")),
            ("C", N_("C: totals only. Nobody outside can count again.")),
        ]),
    )


class DestroyForm(Form):
    """The end of envelopes and key."""

    reason = LineField(
        N_("Reason"), [Longest(500)], description=N_("It stands in the public record."),
    )
    backups = BooleanField(
        N_("All backups that were made while people voted are destroyed."),
    )


class BatchForm(Form):
    """A batch of codes to be made."""

    name = LineField(
        N_("Name of the batch"),
        [Required(N_("Enter a name by which you will know the batch.")), Longest(200)],
        description=N_("Only officials see it, like “Letters to Mill Lane”."),
    )
    area = SelectField(N_("Area of these voters"))
    number = IntegerField(
        N_("How many codes"), [Required(N_("Enter how many codes you need."))],
        description=N_("One for each voter. 5,000 at a time at most."),
    )

    def validate_number(self, field: IntegerField) -> None:
        if field.data is None or not 1 <= field.data <= MOST_CODES:
            field.errors = []
            raise ValidationError(
                self.reader.sentence("batch.size", most=self.reader.number(MOST_CODES))
            )


@dataclass(frozen=True)
class Filled:
    """A ballot's form as it was filled in.

    ``off`` fell off a full list, ``tied`` were given one place. ``errors`` by option and
    ``typed`` hold what was no number of points.
    """

    content: Content
    off: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def fill(request: Request, contest: Contest) -> Filled:
    """Read the posted form of any of the four kinds. Unknown options are passed over."""
    assert request.form_data is not None
    if contest.kind == "ranked":
        return _fill_ranking(request, contest)
    if contest.kind == "points":
        return _fill_points(request, contest)
    chosen = [one for one in request.form_data.getlist("choose") if isinstance(one, str)]
    known = tuple(option for option in dict.fromkeys(chosen) if option in contest.by_id)
    content: Content = Knapsack(known) if contest.kind == "knapsack" else Approval(known)
    way, _, option = request.value("move").partition("-")
    return Filled(rules.without(content, option) if way == "drop" else content)


def _fill_ranking(request: Request, contest: Contest) -> Filled:
    places = rules.places_of(contest)
    shown = [one for one in request.value("order").split(",") if one in contest.by_id]
    wanted = {}
    drawn = [*dict.fromkeys(shown), *(one for one in contest.by_id if one not in shown)]
    for option in drawn:
        text = request.value(f"rank-{option}")
        wanted[option] = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    got = rules.arrange(list(dict.fromkeys(shown)), wanted, places)
    way, _, option = request.value("move").partition("-")
    if way and option in contest.by_id:
        moved = rules.move(got.order, way, option, places)
        got = rules.Arranged(moved.order, (*got.off, *moved.off), got.tied)
    return Filled(Ranking(got.order), got.off, got.tied)


def _fill_points(request: Request, contest: Contest) -> Filled:
    most = contest.max_points or 0
    points, errors, typed = [], {}, {}
    way, _, dropped = request.value("move").partition("-")
    for option in contest.by_id:
        text = request.value(f"points-{option}").strip()
        if not text or (way == "drop" and option == dropped):
            continue
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if number < 0 or (most and number > most):
            errors[option] = request.reader.sentence(
                "ballot.points_field", most=request.reader.number(most)
            )
            typed[option] = text
        elif number:
            points.append((option, number))
    return Filled(Points(tuple(points)), errors=errors, typed=typed)


def shown_content(request: Request, contest: Contest) -> Content | None:
    """The content that a check page showed, from its hidden field; None if it cannot be one."""
    try:
        value = json.loads(request.value("content"))
        content = from_json(value) if isinstance(value, dict) else None
    except (BallotError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    if content is None or type(content) is not CONTENTS[contest.kind]:
        return None
    if isinstance(content, Points) and any(type(one) is not int for _, one in content.points):
        return None
    return content if all(one in contest.by_id for one in content.options) else None
