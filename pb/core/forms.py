"""Forms: text in, a frozen value or errors beside the fields out. WTForms with our words.

Fields that hold money, local times or text in several languages live here; a feature's forms
are in its ``forms.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision
from wtforms import Form as WTForm
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice, SelectFieldBase
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation, ValidationError

from pb.core.i18n import LANGUAGE_NAMES, N_, Reader
from pb.core.text import clean


class _Words:
    """WTForms asks this for its own few messages; ours are sentences of the catalogue."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def gettext(self, text: str) -> str:
        return self.reader.translations.gettext(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.reader.translations.ngettext(one, many, number)


class Form(WTForm):
    """The base of all forms. Labels and errors are ``N_`` sentences, said in the reader's language.

    ``reader`` is at hand for validators that need a language, a zone or a format.
    """

    class Meta(DefaultMeta):
        reader: Reader

        def get_translations(self, form: Any) -> _Words:
            return _Words(self.reader)

    def __init__(
        self, formdata: Any = None, *, reader: Reader, prefix: str = "",
        data: dict[str, Any] | None = None, **rest: Any,
    ) -> None:
        self.reader = reader
        super().__init__(formdata, prefix=prefix, data=data, meta={"reader": reader}, **rest)
        for field in self:
            if isinstance(field.label.text, N_):
                field.label.text = reader.say(field.label.text)
            if isinstance(field.description, N_):
                field.description = reader.say(field.description)
            if isinstance(field, SelectFieldBase):
                field.choices = choices(
                    (value, reader.say(words) if isinstance(words, N_) else words)
                    for value, words, *_ in field.choices or []
                )

    def refuse(self, field: str, code: str, **parameters: object) -> None:
        """Put a refusal that came from a command beside its field."""
        self[field].errors = [*self[field].errors, self.reader.sentence(code, **parameters)]

    def summary(self) -> list[tuple[str, str]]:
        """(field's id, error) for the list at the top of the page."""
        return [(field.id, str(error)) for field in self for error in field.errors]


class Required:
    """The field must hold something; the sentence says what to do ("Enter your name")."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it

    def __init__(self, words: N_) -> None:
        self.words = words

    def __call__(self, form: Form, field: Any) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []
            raise StopValidation(form.reader.say(self.words))


class Longest:
    """At most so many characters."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Form, field: Any) -> None:
        length = len(field.data or "")
        if length > self.most:
            raise ValidationError(
                form.reader.sentence(
                    "form.too_long", most=form.reader.number(self.most),
                    over=form.reader.number(length - self.most),
                )
            )


class Email:
    """Looks like an address: one @, something on each side, no spaces."""

    def __call__(self, form: Form, field: Any) -> None:
        text = (field.data or "").strip()
        name, at, host = text.rpartition("@")
        if not (name and at and "." in host.strip(".") and len(text) <= 254) or any(
            character.isspace() or ord(character) < 33 for character in text
        ):
            raise ValidationError(form.reader.sentence("form.email"))


def choices(pairs: Iterable[tuple[str, N_ | str]]) -> list[SelectChoice]:
    """(value, words) pairs as a field's choices; ``N_`` words are said in the reader's language."""
    return [SelectChoice(value, words) for value, words in pairs]


def written_in() -> Any:
    """The field of a text in one language that says which: its page's, where nobody says another.
    The form gets it as the default of this field."""
    return RadioField(N_("It is written in"), choices=choices(LANGUAGE_NAMES.items()),
                      default="en")


def tidy(text: str | None) -> str:
    """Outer blanks off; line ends as one character; nothing that a terminal or page would obey."""
    return clean(text)


class LineField(StringField):
    """One line of text, tidied."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = " ".join(tidy(str(valuelist[0])).split()) if valuelist else ""


class ProseField(TextAreaField):
    """Several lines of text, tidied."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = tidy(str(valuelist[0])) if valuelist else ""


class MoneyField(StringField):
    """An amount as people type it ("£12,500", "12500.50"); ``data`` is minor units or None."""

    def __init__(self, *arguments: Any, currency: str = "GBP", **rest: Any) -> None:
        self.currency = currency
        super().__init__(*arguments, **rest)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        places = get_currency_precision(self.currency)
        whole, rest = divmod(self.data, 10**places)
        return f"{whole}.{rest:0{places}d}" if rest else str(whole)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        reader: Reader = self.meta.reader
        bare = "".join(one for one in text if one not in " ,£€$\N{NO-BREAK SPACE}")
        try:
            amount = Decimal(bare).scaleb(get_currency_precision(self.currency))
        except InvalidOperation:
            raise ValueError(reader.sentence("form.money")) from None
        if not amount.is_finite() or amount != amount.to_integral_value():
            raise ValueError(reader.sentence("form.money"))
        if not 0 <= amount <= 10**14:
            raise ValueError(reader.sentence("form.money_range"))
        self.data = int(amount)

    def __call__(self, **rest: Any) -> Any:
        rest.setdefault("inputmode", "decimal")
        return super().__call__(**rest)


class MomentField(StringField):
    """A local date and time from ``<input type="datetime-local">``; ``data`` is UTC or None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return str(self.data.astimezone(self.meta.reader.zone).strftime("%Y-%m-%dT%H:%M"))

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        reader: Reader = self.meta.reader
        for pattern in ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"):
            try:
                local = datetime.strptime(text, pattern)
            except ValueError:
                continue
            if not 2000 <= local.year <= 2200:
                break
            self.data = local.replace(tzinfo=reader.zone).astimezone(UTC)
            return
        raise ValueError(reader.sentence("form.moment"))


class DayField(StringField):
    """A day from ``<input type="date">``, or as people type one; ``data`` is a date or None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
            try:
                day = datetime.strptime(text, pattern).date()
            except ValueError:
                continue
            if 2000 <= day.year <= 2200:
                self.data = day
                return
        raise ValueError(self.meta.reader.sentence("form.day"))

    def __call__(self, **rest: Any) -> Any:
        rest.setdefault("type", "date")
        return super().__call__(**rest)


def by_language(form: Form, name: str) -> dict[str, str]:
    """The texts of ``name_en``, ``name_cy`` as one value; languages without a text left out."""
    found = {}
    for language in form.reader.languages:
        text = form[f"{name}_{language}"].data
        if text:
            found[language] = text
    return found


def spread(name: str, value: dict[str, str]) -> dict[str, str]:
    """The other way: the defaults of a form's fields."""
    return {f"{name}_{language}": text for language, text in value.items()}


class Whole(IntegerField):
    """A whole number within bounds; anything else gets our sentence."""

    def __init__(self, label: Any, *, least: int, most: int, **rest: Any) -> None:
        self.least, self.most = least, most
        super().__init__(label, **rest)

    def process_formdata(self, valuelist: Any) -> None:
        self.data = None
        text = str(valuelist[0]).strip().replace(",", "") if valuelist else ""
        if not text:
            return
        reader: Reader = self.meta.reader
        plain = text.isascii() and text.isdecimal() and len(text) <= 15
        if not plain or not self.least <= int(text) <= self.most:
            raise ValueError(
                reader.sentence("form.number", least=self.least, most=reader.number(self.most))
            )
        self.data = int(text)
