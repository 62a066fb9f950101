"""The people of a jury: each a browser that does what that role does, on that role's own pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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

    def seats(self) -> None:
        self.open(f"{JURY}/sessions/{self.session}/seats")
        self.press("Plan the seats")

    # -- while it runs -----------------------------------------------------------------------

    @property
    def console(self) -> str:
        return f"{JURY}/sessions/{self.session}"

    def look(self) -> Page:
        return self.open(self.console)

    def begin(self, session: int) -> None:
        self.session = session
        self.seats()
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

    def here(self, name: str) -> None:
        self.press(f"Is here {name}")

    def gone(self, name: str) -> None:
        self.press(f"Has left {name}")

    # -- votes -------------------------------------------------------------------------------

    def open_vote(self, kind: str, title: str, **more: str) -> None:
        self.open(f"{self.console}/votes")
        self.press("Open the vote", kind=kind, title=title, **more)

    def read_slips(self, slips: str) -> Page:
        self.open(f"{self.console}/votes")
        return self.press("Keep my reading", slips=slips)

    def close_vote(self, status: int = 200) -> Page:
        self.open(f"{self.console}/votes")
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
        self.statement(number)
        lines = [dict(form.fields)["line"] for form in self.page.forms
                 for button in form.buttons if button.value == "check"]
        for line in lines:
            colour, comment = colours.get(line, ("green", ""))
            form, button = self.form_with("check", line=line)
            self.send(form, button, 200,
                      {"colour": colour, "table": str(table), "comment": comment})

    def on_statement(self, number: int, label: str, status: int = 200, **fields: str) -> Page:
        self.statement(number)
        return self.press(label, status, **fields)

    # -- themes, surveys, the choice for the ballot ------------------------------------------

    def name_theme(self, english: str, welsh: str) -> None:
        self.open(f"{self.console}/themes")
        self.press("Add the theme", name_en=english, name_cy=welsh)

    def put_under(self, note: str, theme: str) -> None:
        page = self.open(f"{self.console}/themes")
        form, button = next(
            (form, one) for form in page.forms for one in form.buttons
            if " ".join(one.label.split()).startswith(f"Put it there: {note}")
        )
        which = re.search(rf'<option value="(\d+)"[^>]*>{re.escape(theme)}<', page.html)
        assert which, theme
        self.send(form, button, 200, {"theme": which[1]})

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

    def recommend(self, english: str, welsh: str, vote: str) -> None:
        page = self.open(f"{JURY}/recommendations")
        which = re.search(rf'<option value="(\d+)"[^>]*>{re.escape(vote)}<', page.html)
        assert which, vote
        form, button = next((form, form.buttons[0]) for form in page.forms
                            if ("act", "add") in form.fields)
        self.send(form, button, 200,
                  {"text_en": english, "text_cy": welsh, "poll": which[1]})


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
        form = next(one for one in self.look().forms if one.action.endswith("/room/vote"))
        sent = form.filled(answer)
        done = self.client.post("/room/vote", data=sent, follow_redirects=False)
        assert done.status_code == 303, done.status_code

    def answer_survey(self, kind: str, place: int) -> Page:
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
        return self.send(form, form.buttons[0], 200, given)

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
