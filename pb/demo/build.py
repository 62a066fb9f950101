"""Builds the demo's town in an empty database: council, people, two processes, their votes.

Texts come from the town's files; dates hang on the day of building, so that one vote is open
whenever the demo is started; votes are drawn from a recorded seed, so that they repeat.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from pb.access.permissions import Permission
from pb.access.policy import ADMINISTRATOR, AUDITOR, DEPUTY, FACILITATOR, LEAD, VALUER, require
from pb.accounts.models import Person
from pb.accounts.services import give_role, link_token, new_link, new_person
from pb.ballots import box
from pb.ballots import content as contents
from pb.ballots.jobs import open_envelopes
from pb.ballots.models import Ballot, RollEntry
from pb.ballots.services import person_tag
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.demo.assessment import add_assessment
from pb.demo.desks import add_desks
from pb.demo.ideas import add_ideas
from pb.demo.jury import add_jury
from pb.demo.town import Town, areas_of, decides
from pb.demo.verdict import add_verdict
from pb.demo.votes import Voter, electorate
from pb.processes.models import Council, Phase, Process
from pb.projects.models import CostLine, Project, ProjectObjection
from pb.results.models import Count

SEED = "aberwennol"
LINKS_LAST = timedelta(days=30)
ROLE_LINKS = {
    "citizen": "citizen", "facilitator": "facilitator", "official": "official",
    "official_2": "official", "auditor": "auditor",
}
"""The sign-in links that the demo prints, and the role in the town's files behind each."""
GRANTS = {
    "lead": (LEAD,), "official": (DEPUTY,), "valuer": (VALUER,), "facilitator": (FACILITATOR,),
    "auditor": (AUDITOR,),
}
KINDS = {
    "collecting": "ideas", "valuing": "assessment", "voting": "voting", "counting": "count",
    "delivering": "delivery",
}
"""The files' phases that are built. The jury's comes with the jury."""

THE_ROOM = "/office/processes/small-works-2027/jury/sessions/2"
"""Where the facilitator's link leads: the session that is running."""
FACILITATORS_MAIL = "osian-llywarch@aberwennol.example"

OPEN, FINISHED = "shared-budget-2027", "shared-budget-2026"


def timetable(slug: str, now: datetime) -> dict[str, tuple[datetime, datetime | None]]:
    """When each phase opens and closes: the open vote closes at 8pm on a Sunday, in three to nine
    days, so that there is time to look around."""
    zone = ZoneInfo("Europe/London")
    local = now.astimezone(zone)
    days = (6 - local.weekday()) % 7
    days += 7 if days < 3 else 0
    closes = datetime.combine(local.date() + timedelta(days=days), time(20), zone)
    if slug == FINISHED:
        closes -= timedelta(weeks=52)

    def moment(weeks: float, hour: int = 9) -> datetime:
        day = (closes + timedelta(weeks=weeks)).date()
        return datetime.combine(day, time(hour), zone).astimezone(UTC)

    voted = closes.astimezone(UTC)
    return {
        "ideas": (moment(-20), moment(-15)),
        "assessment": (moment(-15), moment(-3)),
        "voting": (moment(-2), voted),
        "count": (voted, moment(2)),
        "delivery": (moment(2), None),
    }


def begun(opens: datetime, closes: datetime | None, now: datetime) -> dict[str, Any]:
    """A phase's dates, with what the worker would have noted by now."""
    return {
        "opens_at": opens, "closes_at": closes, "opened_at": opens if opens <= now else None,
        "closed_at": closes if closes is not None and closes <= now else None,
    }


def build(site: Site, say: Callable[[str], None]) -> None:
    """Build everything, a command a piece."""
    town = Town()
    run = site.work.run
    say("Building Aberwennol, an invented town ...")
    run(add_council, SYSTEM, town)
    number = run(add_ideas, SYSTEM, town)
    run(add_desks, SYSTEM, town)
    say(f"  Ideas for the year after: {number}, some reported, some texts to translate")
    say("  A small fund whose ideas are being looked at")
    run(add_assessment, SYSTEM, town)  # first, so that the vote stays the newest
    with site.database.reading() as session:
        fund = session.scalars(select(Process.id).order_by(Process.id.desc()).limit(1)).one()
    run(add_jury, SYSTEM, fund, FACILITATORS_MAIL)
    say("  A jury of twenty-four in its second session, which is running")
    for table in town.data["processes"]:
        run(add_process, SYSTEM, town, table["slug"])
        say(f"  {table['name']['en']}: projects, drawings and their costs")
    for table in town.data["processes"]:
        number = run(add_votes, SYSTEM, town, table["slug"])
        say(f"  {table['name']['en']}: {number:,} ballots")
    with site.database.reading() as session:
        open_vote = session.scalars(select(Process.id).where(Process.slug == OPEN)).one()
    run(add_verdict, SYSTEM, open_vote, FACILITATORS_MAIL)
    say("  A jury that is done: its pages stand on the ballot, its advice is answered")
    finish(site, say)


def finish(site: Site, say: Callable[[str], None]) -> None:
    """Count and publish the vote that is over."""
    from pb.results.services import count_and_publish_now

    with site.database.reading() as session:
        process_id = session.scalars(select(Process.id).where(Process.slug == FINISHED)).one()
        voting = session.scalars(select(Process.id).where(Process.slug == OPEN)).one()
    say("  Sealing the ballots, and opening last year’s envelopes")
    for one in (voting, process_id):
        site.work.run(box.open_box, SYSTEM, one)
    site.work.run(box.close_box, SYSTEM, process_id)
    site.database.write_anew(*box.IN_ORDER_OF_TAGS)
    site.work.run(box.note_rewritten, SYSTEM, process_id)
    open_envelopes.function(site, process_id=process_id)
    say("  Counting last year’s vote, twice")
    count_and_publish_now(site, process_id, final=True)
    site.work.run(date_back, SYSTEM, process_id)


@command()
def date_back(work: Work, process_id: int) -> None:
    """Last year's result was published last year: two days after its vote, final two weeks on."""
    require(work, Permission.INSTALL)
    process = work.session.get_one(Process, process_id)
    closed = next(phase.closes_at for phase in process.phases if phase.kind == "voting")
    assert closed is not None
    published = closed + timedelta(days=1, hours=15)
    work.session.execute(
        update(Count).where(Count.process_id == process_id).values(
            asked_at=published, counted_at=published, published_at=published,
            objections_until=published + timedelta(days=10),
            final_at=published + timedelta(days=11),
        )
    )
    work.about("process", process_id, scope=process_id)


@command()
def add_council(work: Work, town: Town) -> None:
    """The council, its people and the picture over the home page."""
    require(work, Permission.INSTALL)
    council = town.data["council"]
    work.session.add(
        Council(
            name=council["name"], claim=council["claim"], languages=["en", "cy"],
            time_zone=council["timezone"], address=council["address"], phone=council["phone"],
            email=council["email"], strip=work.site.storage.save(town.drawing("strip"), "svg"),
            made_at=work.now,
        )
    )
    for resident in town.residents.values():
        address = f"{resident['slug']}@aberwennol.example"
        person = new_person(work, resident["name"], address, resident["language"], invented=True)
        if "lead" in resident["roles"]:
            give_role(work, person.id, ADMINISTRATOR, None)


@command()
def add_process(work: Work, town: Town, slug: str) -> int:
    """One process with its phases, areas and projects."""
    require(work, Permission.INSTALL)
    table = next(one for one in town.data["processes"] if one["slug"] == slug)
    dates = timetable(slug, work.now)
    settings = dict(table["settings"])
    process = Process(
        slug=slug, state="published", name=table["name"], headline=table["headline"],
        lead=table["lead"], purpose=table["purpose"],
        who_decides={
            one["id"]: {"title": one["title"], "text": one["text"]}
            for one in table["who_decides"]
            if slug == FINISHED or one["id"] != "jury"  # its statements come with the jury
        },
        rule_reason=table["rule_reason"], rule_chosen_at=dates["ideas"][0],
        currency=town.data["council"]["currency"], time_zone=town.data["council"]["timezone"],
        ballot_kind=table["kind"],
        method="equal-shares-ranked" if table["kind"] == "ranked" else table["method"],
        method_settings=settings, max_choices=table["max_choices"],
        lot_seed=work.site.secrets.tag("lot-seed", slug, SEED), map=town.map, source={},
        invented=True, made_at=dates["ideas"][0],
    )
    process.phases = [
        Phase(kind=kind, name=one["title"], summary=one["text"],
              **begun(*dates[kind], work.now), **decides(kind, dates["voting"][1]))
        for one in table["phases"]
        if (kind := KINDS.get(one["kind"])) is not None
    ]
    process.areas = areas_of(
        town, {one["id"]: one["budgets"][slug] for one in town.data["areas"]})
    work.session.add(process)
    work.session.flush()
    _give_roles(work, town, process)
    areas = {area.key or "town": area.id for area in process.areas}
    for one in town.projects:
        if one["process"] == slug:
            work.session.add(_project(work, town, process, areas[one["area"]], one))
    work.about("process", process.id, scope=process.id)
    return process.id


def _give_roles(work: Work, town: Town, process: Process) -> None:
    people = {
        email: id for id, email in work.session.execute(select(Person.id, Person.email))
    }
    for resident in town.residents.values():
        roles = resident["roles"]
        for role in roles:
            if role == "official" and "lead" in roles:
                continue  # who leads needs no deputy's role as well
            for granted in GRANTS.get(role, ()):
                give_role(
                    work, people[f"{resident['slug']}@aberwennol.example"], granted, process.id
                )


def _project(
    work: Work, town: Town, process: Process, area_id: int, one: dict[str, Any]
) -> Project:
    place = one["place"]
    names = town.residents
    return Project(
        process_id=process.id, area_id=area_id, number=one["number"],
        option_id=str(one["number"]), title=one["title"], summary=one["summary"],
        body=one["body"], place={"en": place["en"], "cy": place["cy"]},
        x=place.get("x"), y=place.get("y"),
        cost=sum(line["amount_minor"] for line in one["costs"]),
        picture=work.site.storage.save(town.drawing(one["slug"]), "svg"),
        picture_alt=one["alt"], author=names[one["author"]]["name"],
        reason={"en": one["reason"]["en"], "cy": one["reason"]["cy"]},
        reason_by=names[one["reason"]["officer"]]["name"],
        costs=[
            CostLine(position=position, label={"en": line["en"], "cy": line["cy"]},
                     amount=line["amount_minor"])
            for position, line in enumerate(one["costs"], 1)
        ],
        objections=[
            ProjectObjection(author=names[said["from"]]["name"],
                             text={"en": said["en"], "cy": said["cy"]})
            for said in one["objections"]
        ],
    )


@command()
def add_votes(work: Work, town: Town, slug: str) -> int:
    """The roll and the ballots cast so far; the demo's citizen may still vote."""
    require(work, Permission.INSTALL)
    process = work.session.scalars(select(Process).where(Process.slug == slug)).one()
    projects = work.session.scalars(
        select(Project).where(Project.process_id == process.id).order_by(Project.number)
    ).all()
    wards = [area for area in process.areas if not area.whole]
    voting = next(phase for phase in process.phases if phase.kind == "voting")
    chance = random.Random(f"{SEED}/{slug}")
    voters = list(electorate(chance, process, projects, voting.opens_at, work.now))
    is_open = slug == OPEN
    _insert_roll(work, process, voters)
    cast = [voter for voter in voters if voter.content is not None]
    work.connection.execute(
        insert(Ballot),
        [
            {"id": voter.ballot_id, "process_id": process.id,
             "content": contents.to_json(voter.content)}
            for voter in cast
            if voter.content is not None
        ],
    )
    if is_open:
        citizen = next(one for one in town.residents.values() if "citizen" in one["roles"])
        person = work.session.scalars(
            select(Person.id).where(Person.email == f"{citizen['slug']}@aberwennol.example")
        ).one()
        home = next(area for area in wards if area.key == citizen["area"])
        work.session.add(
            RollEntry(process_id=process.id, tag=person_tag(work.site.secrets, process.id, person),
                      area_id=home.id, voided=False)
        )
    work.about("process", process.id, scope=process.id, entitled=len(voters), cast=len(cast))
    return len(cast)


def _insert_roll(work: Work, process: Process, voters: Iterable[Voter]) -> None:
    """The roll's rows. Their ballots are sealed when the box is opened."""
    work.connection.execute(
        insert(RollEntry),
        [
            {
                "process_id": process.id, "area_id": voter.area_id, "voided": False,
                "tag": work.site.secrets.tag("demo-voter", process.slug, position),
                "voted_on": voter.voted_on,
                "ballot_id": voter.ballot_id if voter.voted_on else None,
            }
            for position, voter in enumerate(voters)
        ],
    )


@command()
def make_links(work: Work) -> dict[str, str]:
    """Fresh one-time sign-in links by role."""
    require(work, Permission.INSTALL)
    town = Town()
    links: dict[str, str] = {}
    taken: set[str] = set()
    for name, role in ROLE_LINKS.items():
        resident = next(
            one for one in town.residents.values()
            if role in one["roles"] and one["slug"] not in taken
        )
        taken.add(resident["slug"])
        person_id = work.session.scalars(
            select(Person.id).where(Person.email == f"{resident['slug']}@aberwennol.example")
        ).one()
        link = new_link(work, person_id, LINKS_LAST)
        links[name] = (
            f"{work.site.settings.base_url}/sign-in/link/{link_token(work.site.secrets, link)}"
            + (f"?next={THE_ROOM}" if role == "facilitator" else "")
        )
    work.about("demo", None)
    return links
