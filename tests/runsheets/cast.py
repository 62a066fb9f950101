"""The people of a jury: each a browser that does what that role does, on that role's own pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from anyio.from_thread import start_blocking_portal

from pb.app import create_app
from pb.core.site import Site
from tests.runsheets.screens import Browser, Page
from tests.support import build
from tests.support.clock import TurnableClock

SLUG = "shared-budget"
JURY = f"/office/processes/{SLUG}/jury"
PUBLIC = f"/processes/{SLUG}"
LOOKERS = {"wall": "The wall", "observer": "Observers", "witness": "Witnesses",
           "official": "Officials", "evaluator": "Evaluators", "whisperer": "Plain words"}


class Hall:
    """Where a jury meets: the installation, its clock, and one app that serves everybody."""

    def __init__(self, site: Site, clock: TurnableClock) -> None:
        self.site, self.clock = site, clock
        self.app = create_app(site)
        self._loop = start_blocking_portal()
        self.portal = self._loop.__enter__()

    def close(self) -> None:
        self._loop.__exit__(None, None, None)

    def browser(self, language: str = "en") -> Browser:
        return Browser(self.site, self.app, self.portal, language)

    def public(self, path: str, language: str = "en") -> Page:
        """A page as anybody reads it."""
        return self.browser(language).open(f"{PUBLIC}{path}")


class SignedIn(Browser):
    """Somebody of the office, by their own account."""

    def __init__(self, hall: Hall, name: str, role: str) -> None:
        super().__init__(hall.site, hall.app, hall.portal)
        self.hall, self.name = hall, name
        self.person = build.a_person(hall.site, name, role, SLUG)
        self.sign_in()

    def sign_in(self) -> None:
        """Come in anew: a session of a week ago is over."""
        build.signed_in(self.hall.site, self.client, self.person)


class Lead(SignedIn):
    """The lead facilitator: prepares the jury, and runs the session from one screen."""

    def __init__(self, hall: Hall, name: str = "Gwen") -> None:
        super().__init__(hall, name, "facilitator")
        self.session = 1

    # -- before ------------------------------------------------------------------------------

    def begin_a_jury(self, **fields: str) -> None:
        self.open(f"{JURY}/edit")
        self.press("Save", **fields)

    def write_the_charter(self, english: str, welsh: str) -> None:
        self.open(f"{JURY}/charter")
        self.press("Save", charter_en=english, charter_cy=welsh)
        self.open(f"{JURY}/charter")
        self.press("I accept this charter, as facilitator")

    def seat_the_jury(self, lines: Sequence[str]) -> None:
        self.open(f"{JURY}/jurors")
        self.press("Put them on the jury", lines="\n".join(lines))

    def plan(self, plan: str, first_day: str, tables: int) -> None:
        self.open(f"{JURY}/sessions")
        self.press("Make the sessions", plan=plan, first_day=first_day, days_between="7",
                   tables=str(tables))

    def print_codes(self) -> dict[str, str]:
        """Whose screen: its code, as the paper says it."""
        self.open(f"{JURY}/codes")
        page = self.press("Make the codes that are missing")
        found = re.findall(
            r'<h2 class="h3">([^<]+)</h2>\s*<p class="code big-number">(\w{3}) (\w{3})</p>',
            page.html,
        )
        return {whose.strip(): first + second for whose, first, second in found}

    def seats(self, session: int) -> None:
        self.open(f"{JURY}/sessions/{session}/seats")
        self.press("Plan the seats")

    def evidence(self, title: str, welsh: str, stance: str, witness: str, session: int) -> None:
        """Ten minutes and fifteen for questions, as the run-sheet has them."""
        self.open(f"{JURY}/evidence")
        self.act("add", title_en=title, title_cy=welsh, stance=stance, witness=witness,
                 minutes="25", session_number=str(session))

    def heard(self, item: int, minutes: int) -> None:
        self.open(f"{JURY}/evidence/{item}")
        self.act("hear", given="live", heard=str(minutes))

    def screen_for(self, item: int) -> None:
        """A code of their own for the witness of an item."""
        self.open(f"{JURY}/evidence/{item}")
        self.send(*self.form_with("screen"), 200, {})

    def draw_the_tables(self) -> Page:
        self.open(f"{JURY}/allocation")
        return self.press("Draw the tables")

    # -- while it runs -----------------------------------------------------------------------

    @property
    def console(self) -> str:
        return f"{JURY}/sessions/{self.session}"

    def look(self) -> Page:
        return self.open(self.console)

    def begin(self, session: int) -> None:
        self.session = session
        self.look()
        self.press("Begin the session")

    def step(self, act: str, **hidden: str) -> Page:
        """Press one of the console's buttons by what it does."""
        if self.path != self.console:
            self.look()
        form, button = self.form_with(act, **hidden)
        return self.send(form, button, 200, {})

    def next(self) -> Page:
        self.look()
        return self.step("next")

    def here(self, names: Collection[str]) -> None:
        """Note who has come, one after the other, on the page as it was at first."""
        page = self.look()
        found = {" ".join(one.label.split()): form for form in page.forms for one in form.buttons}
        for name in names:
            self.put(found[f"Is here {name}"], {})

    def gone(self, name: str) -> None:
        self.press(f"Has left {name}")

    # -- votes -------------------------------------------------------------------------------

    def _at_votes(self) -> None:
        """The page of the votes, where it is not what is looked at already."""
        if self.path != f"{self.console}/votes":
            self.open(f"{self.console}/votes")

    def open_vote(self, kind: str, title: str, **more: str) -> None:
        self._at_votes()
        self.press("Open the vote", kind=kind, title=title, **more)

    def read_slips(self, slips: str) -> Page:
        self._at_votes()
        return self.press("Keep my reading", slips=slips)

    def close_vote(self, status: int = 200) -> Page:
        self._at_votes()
        return self.press("Close the vote", status)

    def repair(self, title: str, text: str) -> None:
        self.open(f"{self.console}/votes")
        form, button = self.form_with("repair")
        self.send(form, button, 200, {"text": text})

    # -- statements --------------------------------------------------------------------------

    def statement(self, number: int) -> Page:
        return self.open(f"{JURY}/statements/{number}")

    def write(self, number: int, table: int, sections: Mapping[str, str]) -> Page:
        self.statement(number)
        form, button = next(
            (form, form.buttons[0]) for form in self.page.forms if ("act", "write") in form.fields
        )
        return self.send(form, button, 200, {"table": str(table), **sections})

    def check(self, number: int, table: int, colours: Mapping[str, tuple[str, str]]) -> None:
        """The table's word on each line, green where nothing else is said."""
        page = self.statement(number)
        for form in page.forms:
            if form.buttons and form.buttons[0].value == "check":
                colour, comment = colours.get(dict(form.fields)["line"], ("green", ""))
                self.put(form, {"colour": colour, "table": str(table), "comment": comment})

    def lock(self, number: int) -> None:
        """Lock a page, without looking at it once more."""
        self.statement(number)
        self.put(next(form for form in self.page.forms for one in form.buttons
                      if one.value == "lock"), {})

    def on_statement(self, number: int, label: str, status: int = 200, **fields: str) -> Page:
        self.statement(number)
        return self.press(label, status, **fields)

    # -- themes, surveys, the choice for the ballot ------------------------------------------

    def name_theme(self, english: str, welsh: str) -> None:
        """Name a cluster; the page of the themes is open from then on."""
        self.open(f"{self.console}/themes")
        self.press("Add the theme", name_en=english, name_cy=welsh)

    def put_under(self, words: str, name: str, kind: str = "theme") -> None:
        """Put what somebody wrote under a name, on the page that is open."""
        form, button = next(
            (form, one) for form in self.page.forms for one in form.buttons
            if " ".join(one.label.split()).startswith(f"Put it there: {words}")
        )
        which = re.search(rf'<option value="(\d+)"[^>]*>{re.escape(name)}<', self.page.html)
        assert which, name
        self.send(form, button, 200, {kind: which[1]})

    def close_surveys(self) -> Page:
        """Every survey that is open is closed; what then stands there."""
        self.open(f"{JURY}/surveys")
        while any(label.startswith("Close it and show the sums") for label in self.buttons()):
            form, button = next(
                (form, one) for form in self.page.forms for one in form.buttons
                if one.value == "close"
            )
            self.send(form, button, 200, {})
        return self.page

    def on_choice(self, label: str) -> Page:
        self.open(f"{JURY}/choice")
        return self.press(label)

    # -- what the jury leaves ----------------------------------------------------------------

    def recommend(self, english: str, welsh: str) -> None:
        """Word a recommendation on the screen."""
        self.open(f"{JURY}/recommendations")
        self.act("add", text_en=english, text_cy=welsh)

    def name_vote(self, number: int, vote: str, **texts: str) -> None:
        """The vote on a recommendation, and its words where they were repaired."""
        page = self.open(f"{JURY}/recommendations")
        which = re.search(rf'<option [^>]*value="(\d+)"[^>]*>{re.escape(vote)}<', page.html)
        assert which, vote
        form = [one for one in page.forms if ("act", "change") in one.fields][number - 1]
        prefix = next(name for name in form.known if name.endswith("-poll"))[:-4]
        self.send(form, form.buttons[0], 200, {f"{prefix}poll": which[1]} | {
            f"{prefix}{name}": words for name, words in texts.items()})


class Official(SignedIn):
    """Who answers for the council: looks on, marks errors, replies."""

    def __init__(self, hall: Hall, name: str = "Ceri") -> None:
        super().__init__(hall, name, "lead_official")

    def declare(self, seats: int, session: int, area: str) -> Page:
        """What the jury chooses for the ballot is said in public before it does."""
        page = self.open(f"{JURY}/choice")
        which = re.search(rf'<option value="(\d+)"[^>]*>{re.escape(area)}', page.html)
        assert which, area
        return self.press(
            "Declare it in public", kind="options", seats=str(seats), session_number=str(session),
            area=which[1], reason_en="So that people choose among whole options.",
            reason_cy="Er mwyn i bobl ddewis rhwng opsiynau cyfan.",
        )

    def answer(self, number: int, words: str) -> Page:
        """Answer a question that was sent to whoever knows."""
        self.open(f"{JURY}/questions")
        return self.press(f"Save: {number}", answer=words)

    def reply(self, number: int, verdict: str, reason: Mapping[str, str], owner: str) -> Page:
        page = self.open(f"{JURY}/recommendations")
        forms = [form for form in page.forms if ("act", "reply") in form.fields]
        form = forms[number - 1]
        prefix = next(name for name in form.known if name.endswith("-verdict"))[:-7]
        return self.send(form, form.buttons[0], 200, {
            f"{prefix}verdict": verdict, f"{prefix}owner": owner,
            **{f"{prefix}reason_{language}": words for language, words in reason.items()},
        })


class Screen(Browser):
    """A device in the hall, let in by its code."""

    def __init__(self, hall: Hall, code: str, language: str = "en") -> None:
        super().__init__(hall.site, hall.app, hall.portal, language)
        self.hall = hall
        self.client.cookies.set("language", language)
        self.open("/room")
        form = next(one for one in self.page.forms if "code" in one.known)
        self.send(form, form.buttons[0], 200, {"code": code})
        assert self.path == "/room/screen"

    def look(self) -> Page:
        return self.open("/room/screen")

    def do(self, act: str, **fields: str) -> Page:
        """Press the one button that does this, on the screen as it is now."""
        self.look()
        form, button = self.form_with(act)
        return self.send(form, button, 200, fields)


class TableScreen(Screen):
    """A table's facilitator, who also takes the notes."""

    def draft(self, fields: Mapping[str, str]) -> Page:
        """A new draft of an option; its own page."""
        self.open("/room/drafts")
        form = next(one for one in self.page.forms if "title_en" in one.known)
        return self.send(form, form.buttons[0], 200, dict(fields))

    def improve(self, number: int, fields: Mapping[str, str]) -> Page:
        self.open(f"/room/drafts/{number}")
        form = next(one for one in self.page.forms if ("act", "write") in one.fields)
        return self.send(form, form.buttons[0], 200, dict(fields))

    def test_draft(self, number: int, objection: str) -> None:
        """Another table's draft: every line green, and what would go wrong."""
        self.open(f"/room/drafts/{number}")
        for line in [dict(form.fields)["line"] for form in self.page.forms
                     for one in form.buttons if one.value == "check"]:
            form, button = self.form_with("check", line=line)
            self.send(form, button, 200, {"colour": "green", "comment": ""})
        if objection:
            form, button = self.form_with("object")
            self.send(form, button, 200, {"text": objection})

    def answer_objection(self, number: int, words: str) -> Page:
        self.open(f"/room/drafts/{number}")
        form, button = self.form_with("answer")
        return self.send(form, button, 200, {"text": words})

    def note(self, words: str) -> Page:
        return self.do("write", text=words)

    def at_step(self, number: int) -> Page:
        """The table goes on to the step with this number, from 1."""
        self.look()
        form, button = next(
            (form, one) for form in self.page.forms for one in form.buttons
            if ("act", "step") in form.fields and one.value == str(number - 1)
        )
        return self.send(form, button, 200, {})

    def claim(self, words: str, kind: str, source: str) -> None:
        """A sentence of what was heard that jurors are to weigh."""
        self.open("/room/claims")
        self._fill("claim", text=words, kind=kind, source=source)

    def judges_by(self, words: str) -> None:
        """What this table would judge by."""
        self.open("/room/claims")
        self._fill("idea", text=words)

    def rate(self, number: int) -> Page:
        """The jurors of this table say in private how hard a project is."""
        self.open("/room/claims")
        return self._fill("rating", project_number=str(number))

    def minority_note(self, project: str, english: str, welsh: str, jurors: int) -> Page:
        """What two or more of this table say of a project, who see it otherwise than the page."""
        page = self.open("/room/minority")
        which = re.search(rf'<option value="(\d+)"[^>]*>{re.escape(project)}<', page.html)
        assert which, project
        form = next(one for one in page.forms if "statement" in one.known)
        return self.send(form, form.buttons[0], 200, {
            "statement": which[1], "text_en": english, "text_cy": welsh, "jurors": str(jurors)})

    def close_rating(self) -> Page:
        self.open("/room/claims")
        return self.press("Close it")

    def _fill(self, act: str, **fields: str) -> Page:
        return self.act(act, **{f"{act}-{name}": words for name, words in fields.items()})

    def call_for_help(self) -> Page:
        return self.do("help")


class JurorPhone(Screen):
    """A juror's own phone."""

    def accept_the_charter(self) -> Page:
        return self.do("accept")

    def note(self, words: str, private: bool = False) -> Page:
        return self.do("write", text=words, **({} if private else {"private": []}))

    def vote(self, **answer: str) -> None:
        """Vote on what is open: ``answer="like"``, or a number beside options."""
        self.put(next(one for one in self.look().forms if one.action.endswith("/room/vote")),
                 answer)

    def ask(self, words: str, witness: str = "") -> None:
        """A question to a witness, in the asker's own language."""
        self.open("/room/questions")
        self.act("ask", text=words, witness=witness)

    def want(self, numbers: Collection[int]) -> None:
        """Mark, in private, the questions that are to be asked."""
        page = self.open("/room/questions")
        self.put(next(one for one in page.forms if ("act", "want") in one.fields),
                 {f"want-{number}": "yes" if number in numbers else []
                  for number in self._numbers("want")})

    def weigh(self, marks: Mapping[int, str], important: Collection[int]) -> None:
        """Say, in private, on which claims one can rely and which matter."""
        page = self.open("/room/claims")
        self.put(next(one for one in page.forms if ("act", "weigh") in one.fields),
                 {f"trust-{number}": mark for number, mark in marks.items()}
                 | {f"important-{number}": "yes" for number in important})

    def judge(self, complexity: int, impact: int, effort: int) -> None:
        """How hard the project is that this table tests; in private."""
        page = self.open("/room/claims")
        self.put(next(one for one in page.forms if ("act", "rate") in one.fields),
                 {"complexity": str(complexity), "impact": str(impact), "effort": str(effort)})

    def _numbers(self, name: str) -> list[int]:
        """The numbers of what can be marked."""
        return sorted({int(one.rpartition("-")[2]) for form in self.page.forms
                       for one in form.known if one.startswith(f"{name}-")})

    def answer_survey(self, kind: str, place: int) -> None:
        """Answer every question, each juror a little otherwise."""
        page = self.open(f"/room/survey/{kind}")
        form = next(one for one in page.forms if any(name.startswith("q-") for name in one.known))
        given: dict[str, str] = {}
        ranks: dict[str, int] = {}
        for name in sorted(one for one in form.known if one.startswith("q-")):
            if name in form.offered and "" not in form.offered[name]:
                offered = sorted(int(one) for one in form.offered[name])
                given[name] = str(offered[(len(offered) // 2 + place) % len(offered)])
            else:
                question = name.rpartition("-")[0]
                ranks[question] = ranks.get(question, 0) + 1
                given[name] = str(ranks[question])
        self.put(form, given)

    def too_close_to(self, *projects: int) -> Page:
        self.open("/room/interests")
        return self.press("Save", project=[str(one) for one in projects], why="My street")

    def rate(self, number: int, score: int, status: str) -> Page:
        page = self.open("/room/recommendations")
        form = [one for one in page.forms if any(name.endswith("-score") for name in one.known)
                ][number - 1]
        prefix = next(name for name in form.known if name.endswith("-score"))[:-5]
        return self.send(form, form.buttons[0], 200,
                         {f"{prefix}score": str(score), f"{prefix}status": status})


class Whisperer(Screen):
    """Says it in plain words, on the wall."""

    def say(self, words: str) -> Page:
        return self.do("whisper", words=words)


class WitnessScreen(Screen):
    """A witness's own screen, between the sessions as well."""

    def answer(self, number: int, words: str) -> Page:
        self.open("/room/questions")
        form = next(form for form in self.page.forms for one in form.buttons
                    if " ".join(one.label.split()) == f"Answer {number}")
        return self.send(form, form.buttons[0], 200, {"answer": words})
