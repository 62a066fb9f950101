"""What the pages of a ballot show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deliberation.choices.queries import written_by_jury
from deliberation.statements.queries import Shown, shown_statements
from pb.ballots import drafts, receipts, rules
from pb.ballots.content import blank
from pb.ballots.contests import contest_of
from pb.ballots.models import RollEntry
from pb.ballots.queries import roll_entry
from pb.core.i18n import NN_, PN_
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.rules import phase_of_kind
from pb.projects.models import Project
from pb.projects.queries import projects_of
from pb.record import queries as record
from voting.ballots import BallotError, Content, Points, check
from voting.contest import Contest

LONG = 12
"""From so many projects on, long texts on the ballot are folded."""

PLACES = (
    PN_("now at place", "first"),
    PN_("now at place", "second"),
    PN_("now at place", "third"),
    PN_("now at place", "fourth"),
    PN_("now at place", "fifth"),
    PN_("now at place", "sixth"),
    PN_("now at place", "seventh"),
    PN_("now at place", "eighth"),
    PN_("now at place", "ninth"),
    PN_("now at place", "tenth"),
)


@dataclass(frozen=True)
class Voter:
    """Whoever showed a code, link or account of the roll, with what their own device knows:
    the receipt of what they cast (``kept``), and what they chose and did not cast (``draft``)."""

    process: Process
    entry: RollEntry
    projects: Sequence[Project]
    contest: Contest
    kept: receipts.Kept | None
    draft: Content | None

    @property
    def is_in(self) -> bool:
        """Whether a ballot of theirs is in the box. Nobody can say which it is."""
        return self.entry.voted_on is not None

    @property
    def cast(self) -> Content | None:
        """What they cast, if this device knows it and it is still the ballot that counts."""
        if self.kept is None or self.kept.receipt.number != self.entry.leaf:
            return None
        return self.kept.content

    @property
    def content(self) -> Content:
        """What the ballot's page starts from."""
        return self.draft or self.cast or blank(self.process.ballot_kind)

    @property
    def state(self) -> str:
        """no: nothing is in; yes: this is in; changed: something else is in."""
        return self.state_of(self.draft)

    def state_of(self, content: Content | None) -> str:
        if not self.is_in:
            return "no"
        return "yes" if content is None or content == self.cast else "changed"


def pass_of(request: Request, process: Process) -> RollEntry | None:
    """The roll's entry that this session may vote for."""
    roll_id = request.actor.passes.get(process.id)
    entry = roll_entry(request.session, process.id, roll_id) if roll_id is not None else None
    return entry if entry is not None and not entry.voided else None


def voter_of(request: Request, process: Process) -> Voter | None:
    """The session's voter with everything that the ballot's pages show."""
    entry = pass_of(request, process)
    if entry is None:
        return None
    projects = projects_of(request.session, process.id)
    contest = contest_of(process, projects, entry.area_id)
    draft = drafts.kept(request, process.id, entry.id)
    return Voter(
        process, entry, [one for one in projects if one.option_id in contest.by_id], contest,
        receipts.kept(request, process.id, process.slug, entry.id),
        rules.within(draft, contest.by_id) if draft is not None else None,
    )


def drawn_order(request: Request, voter: Voter) -> list[Project]:
    """The voter's projects in the order drawn for this voter, the same at each visit."""
    tag = request.site.secrets.tag
    return sorted(
        voter.projects,
        key=lambda project: tag(
            "ballot-order", voter.process.id, voter.entry.id, project.option_id
        ),
    )


def receipt_of(request: Request, voter: Voter) -> receipts.Receipt | None:
    """The receipt of the ballot that is in, made again from the record: it is the same each time.
    Without the tracking code, which only the voter's own device has."""
    number = voter.entry.leaf
    connection = request.connection
    log = record.log_of(connection, voter.process.id)
    leaf = record.leaf(connection, voter.process.id, number) if number is not None else None
    if log is None or leaf is None:
        return None
    return receipts.promised(request.site, voter.process.slug, log.origin, leaf.number, leaf.hash)


def closes_at(process: Process) -> datetime | None:
    phase = phase_of_kind(process, "voting")
    return phase.closes_at if phase else None


# -- one option, money and problems ----------------------------------------------------------


def option_view(
    request: Request, process: Process, project: Project, shown: Shown | None = None,
    by_jury: bool = False,
) -> dict[str, Any]:
    """A project as components/choice.html wants it; ``shown``: what a jury says of it;
    ``by_jury``: the jury wrote it."""
    reader = request.reader
    return {
        "key": project.option_id,
        "number": project.number,
        "title": reader.text(project.title),
        "plain": reader.plain(project.title),
        "cost": reader.money(project.cost, process.currency) if project.cost else "",
        "sentence": reader.text(project.summary),
        "place": reader.text(project.place),
        "picture": f"/pictures/{project.picture}" if project.picture else "",
        "href": request.link("project", slug=process.slug, number=project.number),
        "by_jury": by_jury,
        "jury": jury_view(request, process, project, shown) if shown is not None else None,
        "project": project,
        "area_id": project.area_id,
    }


def jury_view(
    request: Request, process: Process, project: Project, shown: Shown
) -> dict[str, Any]:
    """The finding that most jurors agree with, in short, and the way to the whole page."""
    first = max((one for _place, one in shown.findings), key=lambda one: one["agree"],
                default=None)
    return {
        "words": request.reader.text(first["text"]) if first is not None else "",
        "agree": first["agree"] if first is not None else 0,
        "of": shown.jurors,
        "agreed": shown.agreed,
        "href": request.link("statement", slug=process.slug, number=project.number),
    }


def options_of(request: Request, voter: Voter) -> dict[str, dict[str, Any]]:
    """Every option of the voter's ballot by its key, in the order drawn for the voter."""
    shown = shown_statements(request.session, voter.process.id)
    written = written_by_jury(request.session, voter.process.id)
    return {
        project.option_id: option_view(request, voter.process, project, shown.get(project.id),
                                       project.id in written)
        for project in drawn_order(request, voter)
    }


def purse_views(request: Request, voter: Voter, content: Content) -> list[dict[str, Any]]:
    """Each area's money against what the ballot chooses there."""
    reader, currency = request.reader, voter.process.currency
    areas = {area.key: area for area in voter.process.areas}
    return [
        {
            "name": reader.text(areas[one.area].name),
            "plain": reader.plain(areas[one.area].name),
            "area_id": areas[one.area].id,
            "budget": one.budget, "spent": one.spent, "left": one.left, "over": one.over,
            "budget_words": reader.money(one.budget, currency),
            "spent_words": reader.money(one.spent, currency),
            "left_words": reader.money(max(0, one.left), currency),
            "over_words": reader.money(one.over, currency),
        }
        for one in rules.purses(voter.contest, content.options)
        if one.budget or one.spent
    ]


def problems(request: Request, voter: Voter, content: Content) -> list[str]:
    """Why this content cannot be cast, in words; none if it can."""
    reader = request.reader
    try:
        check(content, voter.contest)
    except BallotError as error:
        if error.code == "ballot.over_budget":
            return [
                reader.sentence(error.code, area=one["plain"], over=one["over_words"],
                                budget=one["budget_words"])
                for one in purse_views(request, voter, content) if one["over"]
            ]
        if error.code == "ballot.group":
            options = options_of(request, voter)
            wrong = error.parameters["options"]
            assert isinstance(wrong, tuple)
            return [reader.sentence(error.code,
                                    titles=", ".join(options[one]["plain"] for one in wrong))]
        if error.code in ("ballot.too_many", "ballot.too_few"):
            limit = error.parameters.get("most", error.parameters.get("least"))
            return [reader.sentence(error.code, num=limit)]
        return [reader.sentence(error.code, **error.parameters)]
    return []


def bar_words(request: Request, voter: Voter, content: Content) -> str:
    """What the bar at the ballot's foot says beside the state: places used, or money left."""
    reader, contest = request.reader, voter.contest
    _ = reader._
    if contest.kind == "knapsack":
        money = purse_views(request, voter, content)
        over = [one for one in money if one["over"]]
        if over:
            return " ".join(
                _("%(area)s: %(money)s too much.", area=one["plain"], money=one["over_words"])
                for one in over
            )
        return " ".join(
            _("%(area)s: %(money)s left.", area=one["plain"], money=one["left_words"])
            for one in money
        )
    if contest.kind == "points":
        used = sum(number for _option, number in content.points) if isinstance(
            content, Points) else 0
        if contest.max_points is None:
            return reader.say(NN_("%(num)s point given.", "%(num)s points given."), num=used)
        return _("%(used)s of %(most)s points given.", used=used, most=contest.max_points)
    used, most = len(content.options), rules.places_of(contest)
    if contest.max_choices is None:
        return reader.say(NN_("%(num)s project chosen.", "%(num)s projects chosen."), num=used)
    return _("%(used)s of %(most)s places used.", used=used, most=most)


def said(request: Request, voter: Voter, content: Content) -> str:
    """What the last button did, for the status line: "Park, now second of 5."

    The words come from what is now chosen; the address says only which kind of button it was.
    """
    reader, did = request.reader, request.query.get("did")
    button = drafts.last_button(request, voter.process.id)
    _ = reader._
    titles = {one.option_id: reader.plain(one.title) for one in voter.projects}
    words = []
    option = button.option
    order = content.options
    if option in titles and did == "move":
        if option in order and voter.contest.kind == "ranked":
            place = order.index(option)
            where = reader.say(PLACES[place]) if place < len(PLACES) else str(place + 1)
            words.append(_("%(title)s, now %(place)s of %(all)s.", title=titles[option],
                           place=where, all=len(order)))
        elif option not in order:
            words.append(_("%(title)s is not on your list.", title=titles[option]))
    elif did == "save":
        words.append(_("Saved on this device. It counts once you have cast it."))
    tied = [titles[one] for one in button.tied if one in titles]
    if len(tied) > 1:
        words.append(_("You gave the same place more than once: %(titles)s. Look at their order.",
                       titles=", ".join(tied)))
    off = [titles[one] for one in button.off if one in titles]
    if off:
        words.append(_("Your list is full. This did not fit: %(titles)s.",
                       titles=", ".join(off)))
    return " ".join(words)
