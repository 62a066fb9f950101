"""What residents type about an idea, one small form a step."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from wtforms import BooleanField, FileField, HiddenField, SelectField

from pb.core.forms import (
    Email,
    Form,
    LineField,
    Longest,
    MoneyField,
    ProseField,
    Required,
    Whole,
    choices,
)
from pb.core.i18n import LANGUAGE_NAMES, N_
from pb.core.web import Request
from pb.processes.models import Process
from pb.proposals import rules, words
from pb.proposals.models import Category, Proposal

__all__ = ["words"]

NAME_LENGTH = 100


class StepForm(Form):
    """The base of the steps: what is sound is kept, whatever else is wrong."""

    def changes(self) -> dict[str, Any]:
        """The fields without errors, as the draft keeps them."""
        return {
            name: self.kept(name) for name in self.data
            if name in rules.FIELDS and not self[name].errors
        }

    def kept(self, name: str) -> Any:
        value = self[name].data
        return value if value is not None or name in ("cost_guess",) else ""


class WishForm(StepForm):
    wish = ProseField(
        N_("What would make life here better?"),
        [Required(N_("Say what would make life here better.")), Longest(rules.LONGEST_WISH)],
        description=N_("A few sentences in your own words, in English or Welsh. The council looks "
                       "for a way later."),
    )


class AboutForm(StepForm):
    """Area and category are chosen by id; an empty one says "not sure" or "none"."""

    title = LineField(
        N_("Give it a short title"),
        [Required(N_("Give your idea a title.")), Longest(rules.LONGEST_TITLE)],
        description=N_("As you would name it to a neighbour."),
    )
    body = ProseField(
        N_("What else should people know?"), [Longest(rules.LONGEST_BODY)],
        description=N_("Who would it help? How would one notice that it worked?"),
    )
    area = SelectField(N_("Which area is it in?"), coerce=str)
    category = SelectField(N_("What is it about?"), coerce=str)
    written_in = SelectField(N_("Which language do you write in?"), coerce=str)

    @classmethod
    def of(
        cls, request: Request, process: Process, kinds: list[Category], proposal: Proposal,
    ) -> AboutForm:
        form = request.form(cls, **about_defaults(proposal))
        offer(form, process, kinds)
        return form

    def changes(self) -> dict[str, Any]:
        return super().changes() | chosen(self)


def about_defaults(proposal: Proposal) -> dict[str, Any]:
    return {
        "title": proposal.title, "body": proposal.body,
        "area": str(proposal.area_id or ""), "category": str(proposal.category_id or ""),
        "written_in": proposal.language,
    }


def offer(form: Any, process: Process, kinds: list[Category]) -> None:
    """Fill the choices of area, category and language."""
    reader = form.reader
    form.area.choices = choices([
        ("", reader.say(N_("I am not sure"))),
        *((str(one.id), reader.plain(one.name)) for one in process.areas),
    ])
    form.category.choices = choices([
        ("", reader.say(N_("None of these"))),
        *((str(one.id), reader.plain(one.name)) for one in kinds),
    ])
    form.written_in.choices = choices(
        [(one, LANGUAGE_NAMES[one]) for one in reader.languages]
    )


def chosen(form: Any) -> dict[str, Any]:
    """What was chosen of them, as the draft keeps it."""
    found: dict[str, Any] = {}
    for name in ("area", "category"):
        if not form[name].errors:
            value = form[name].data or ""
            found[f"{name}_id"] = int(value) if value.isdecimal() else None
    if not form.written_in.errors and form.written_in.data in form.reader.languages:
        found["language"] = form.written_in.data
    return found


class PlaceForm(StepForm):
    """The pin comes by a tap, by a point of the picture, from the list of places, or not at all."""

    place = LineField(
        N_("Where is it?"), [Longest(rules.LONGEST_PLACE)],
        description=N_("In words: a street, a building, a corner. You can leave it out."),
    )
    known = SelectField(
        N_("Or start from a place on the map"), coerce=str,
        description=N_("The pin goes there, and you can move it from there."),
    )
    x = Whole(N_("On the map, from the left"), least=0, most=1000)
    y = Whole(N_("On the map, from the top"), least=0, most=700)

    def offer_places(self, process: Process) -> None:
        reader = self.reader
        self.known.choices = choices([
            ("", reader.say(N_("Leave the pin as it is"))),
            *((f"{one['x']}-{one['y']}", reader.plain(one["name"]))
              for one in rules.known_places(process.map)),
        ])

    def changes(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if not self.place.errors:
            found["place"] = self.place.data or ""
        if not self.x.errors and not self.y.errors:
            found |= {"x": self.x.data, "y": self.y.data}
        return found


class PhotoForm(StepForm):
    photo = FileField(
        N_("Add a photo"),
        description=N_("JPEG, PNG or WebP, up to 12 MB. Where and when it was taken is removed. "
                       "Show no faces of people who have not agreed."),
    )
    alt = LineField(
        N_("What does the photo show?"), [Longest(300)],
        description=N_("One sentence for people who do not see it."),
    )

    @property
    def upload(self) -> bytes:
        """The content of the file that was sent, or nothing; a byte more than we take at most."""
        from pb.projects.pictures import LARGEST_FILE

        sent = self.photo.data
        if not isinstance(sent, UploadFile) or not sent.filename:
            return b""
        sent.file.seek(0)
        return bytes(sent.file.read(LARGEST_FILE + 1))


class MoreForm(StepForm):
    already_there = ProseField(
        N_("What is already there?"), [Longest(2000)],
        description=N_("People, groups, rooms or things that this could build on."),
    )
    can_bring = ProseField(
        N_("What could you bring yourself?"), [Longest(2000)],
        description=N_("Time, tools, knowledge, friends. Nothing is fine, too."),
    )
    cost_guess = MoneyField(
        N_("What might it cost?"),
        description=N_("A guess. Officers work out the real cost later."),
    )


class NameForm(Form):
    """Who publishes, for people who are not signed in."""

    name = LineField(
        N_("Your name"),
        [Required(N_("Enter your name.")), Longest(NAME_LENGTH)],
        description=N_("It stands beside your idea. A first name is enough."),
    )
    email = LineField(
        N_("Your email address"),
        [Required(N_("Enter your email address.")), Longest(254), Email()],
        description=N_("Nobody sees it. We send you a code to confirm that it is you."),
    )


class HelpedForm(Form):
    """For whom a worker enters an idea."""

    helped_name = LineField(
        N_("Name of the person whose idea it is"),
        [Required(N_("Enter the name, or “A resident”.")), Longest(NAME_LENGTH)],
    )
    helped_email = LineField(
        N_("Their email address, if they have one"), [Longest(254)],
        description=N_("With it they can change the idea themselves."),
    )
    agreed = BooleanField(
        N_("They have heard the text and agree that it is published"),
        [Required(N_("Read the text to them first, and tick the box when they agree."))],
    )

    def validate_helped_email(self, field: Any) -> None:
        if field.data:
            Email()(self, field)


class EditForm(AboutForm, WishForm, MoreForm):
    """A published idea on one page."""

    place = LineField(N_("Where is it?"), [Longest(rules.LONGEST_PLACE)])
    known = SelectField(
        N_("Move the pin to a place on the map"), coerce=str,
    )
    photo = PhotoForm.photo
    alt = PhotoForm.alt
    x = HiddenField()
    y = HiddenField()

    upload = PhotoForm.upload
    offer_places = PlaceForm.offer_places

    def changes(self) -> dict[str, Any]:
        found = AboutForm.changes(self)
        found.pop("x", None)
        found.pop("y", None)
        figures = (self.known.data or "").split("-")
        if len(figures) == 2 and all(one.isdecimal() for one in figures):
            found |= {"x": int(figures[0]), "y": int(figures[1])}
        return found


class InviteForm(Form):
    name = LineField(
        N_("Name"), [Required(N_("Enter the name.")), Longest(NAME_LENGTH)]
    )
    email = LineField(
        N_("Email address"),
        [Required(N_("Enter the email address.")), Longest(254), Email()],
    )


class CodeForm(Form):
    code = LineField(
        N_("The code from your mail"),
        [Required(N_("Enter the code from your mail.")), Longest(40)],
        description=N_("Eight letters and figures. Small or capital does not matter."),
    )
