"""The office's form of a project, and the words of this feature's codes."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from wtforms import BooleanField, FileField, HiddenField, SelectField
from wtforms.validators import ValidationError

from pb.core.forms import (
    Form,
    LineField,
    Longest,
    MoneyField,
    ProseField,
    Whole,
    by_language,
    spread,
)
from pb.core.i18n import N_, sentences
from pb.projects.models import Project
from pb.projects.values import ProjectValue

MOST_LINES = 12
MOST_OBJECTIONS = 6

sentences(
    {
        "project.over_budget": N_("The costs together are more than the area’s budget. Lower "
                                  "them, or choose another area."),
        "project.place": N_("Give both figures of the place on the map, or neither."),
        "project.gone": N_("This project is not there any more."),
        "project.saved": N_("The project is saved."),
        "project.removed": N_("The project is removed."),
        "area.dearer_project": N_("A project of this area costs more than that."),
        "picture.too_big": N_("This file is larger than 12 MB. Choose a smaller one."),
        "picture.kind": N_("This is no picture we can read. Choose a JPEG, PNG or WebP file."),
        "picture.pixels": N_("This picture has too many pixels. Choose a smaller one."),
        "picture.small": N_("This picture is too small. Each side needs at least 200 pixels."),
        "picture.ratio": N_("This picture is too long and narrow. One side may be four times the "
                            "other at most."),
        "picture.broken": N_("This picture is damaged. Save it afresh and try again."),
    }
)


class ProjectForm(Form):
    """One project. Lines of costs and objections that stay empty are left out."""

    area = SelectField(N_("Area"), coerce=str)
    title_en = LineField(N_("Title in English"), [Longest(150)])
    title_cy = LineField(N_("Title in Welsh"), [Longest(150)])
    summary_en = ProseField(N_("One sentence, in English"), [Longest(300)])
    summary_cy = ProseField(N_("One sentence, in Welsh"), [Longest(300)])
    body_en = ProseField(N_("What it is, in English"), [Longest(8000)])
    body_cy = ProseField(N_("What it is, in Welsh"), [Longest(8000)])
    place_en = LineField(N_("Where, in English"), [Longest(200)])
    place_cy = LineField(N_("Where, in Welsh"), [Longest(200)])
    x = Whole(N_("On the map, from the left"), least=0, most=1000)
    y = Whole(N_("On the map, from the top"), least=0, most=700)
    picture = FileField(
        N_("Picture"),
        description=N_("JPEG, PNG or WebP, up to 12 MB. Where and when it was taken is removed."),
    )
    picture_key = HiddenField()
    """A picture that was already taken in, kept while the form comes back."""
    picture_remove = BooleanField(N_("Take the picture away"))
    alt_en = LineField(N_("What the picture shows, in English"), [Longest(300)])
    alt_cy = LineField(N_("What the picture shows, in Welsh"), [Longest(300)])
    author = LineField(N_("Who proposed it"), [Longest(200)])
    reason_en = ProseField(N_("Can it be done? The officer’s answer in English"), [Longest(2000)])
    reason_cy = ProseField(N_("Can it be done? The officer’s answer in Welsh"), [Longest(2000)])
    reason_by = LineField(N_("Name of the officer"), [Longest(200)])

    def validate_title_en(self, field: Any) -> None:
        if not any(self[f"title_{language}"].data for language in self.reader.languages):
            raise ValidationError(self.reader.say(N_("Enter a title.")))

    def validate(self, extra_validators: Any = None) -> bool:
        """Each line is whole or empty: what it is for with an amount, who with what they say."""
        sound = bool(super().validate(extra_validators))
        say = self.reader.say
        first = self.reader.languages[0]
        for line in range(MOST_LINES):
            label, amount = by_language(self, f"cost_{line}"), self[f"amount_{line}"]
            if label and amount.data is None and not amount.errors:
                amount.errors = [say(N_("Enter the amount of this line."))]
            elif amount.data and not label:
                self[f"cost_{line}_{first}"].errors = [say(N_("Say what this amount is for."))]
        for line in range(MOST_OBJECTIONS):
            if by_language(self, f"objection_{line}") and not self[f"objector_{line}"].data:
                self[f"objector_{line}"].errors = [say(N_("Say who raised it."))]
        return sound and not self.errors

    @property
    def upload(self) -> bytes:
        """The content of the file that was sent, or nothing; a byte more than we take at most."""
        from pb.projects.pictures import LARGEST_FILE

        sent = self.picture.data
        if not isinstance(sent, UploadFile) or not sent.filename:
            return b""
        sent.file.seek(0)
        return bytes(sent.file.read(LARGEST_FILE + 1))

    @staticmethod
    def of(project: Project) -> dict[str, Any]:
        found: dict[str, Any] = (
            spread("title", project.title) | spread("summary", project.summary)
            | spread("body", project.body) | spread("place", project.place)
            | spread("alt", project.picture_alt) | spread("reason", project.reason)
            | {"area": str(project.area_id), "x": project.x, "y": project.y,
               "picture_key": project.picture, "author": project.author,
               "reason_by": project.reason_by}
        )
        for line, one in enumerate(project.costs[:MOST_LINES]):
            found |= spread(f"cost_{line}", one.label) | {f"amount_{line}": one.amount}
        for line, said in enumerate(project.objections[:MOST_OBJECTIONS]):
            found |= spread(f"objection_{line}", said.text) | {f"objector_{line}": said.author}
        return found

    def value(self, picture: str) -> ProjectValue:
        costs, objections = [], []
        for line in range(MOST_LINES):
            label, amount = by_language(self, f"cost_{line}"), self[f"amount_{line}"].data
            if label and amount is not None:
                costs.append((label, int(amount)))
        for line in range(MOST_OBJECTIONS):
            text = by_language(self, f"objection_{line}")
            if text:
                objections.append((self[f"objector_{line}"].data, text))
        return ProjectValue(
            int(self.area.data), by_language(self, "title"), by_language(self, "summary"),
            by_language(self, "body"), by_language(self, "place"), self.x.data, self.y.data,
            tuple(costs), picture, by_language(self, "alt") if picture else {},
            self.author.data or "", tuple(objections), by_language(self, "reason"),
            self.reason_by.data or "",
        )


for _line in range(MOST_LINES):
    setattr(ProjectForm, f"cost_{_line}_en", LineField(N_("For, in English"), [Longest(150)]))
    setattr(ProjectForm, f"cost_{_line}_cy", LineField(N_("For, in Welsh"), [Longest(150)]))
    setattr(ProjectForm, f"amount_{_line}", MoneyField(N_("Amount")))
for _line in range(MOST_OBJECTIONS):
    setattr(ProjectForm, f"objector_{_line}", LineField(N_("Who says it"), [Longest(200)]))
    setattr(ProjectForm, f"objection_{_line}_en",
            ProseField(N_("What they say, in English"), [Longest(1000)]))
    setattr(ProjectForm, f"objection_{_line}_cy",
            ProseField(N_("What they say, in Welsh"), [Longest(1000)]))
