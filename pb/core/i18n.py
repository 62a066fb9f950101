"""Languages: catalogues, plural forms, and dates, money and numbers as the reader writes them.

The English sentence is its own key. Each feature has a catalogue, ``pb/locale/cy/<feature>.po``;
they are read and merged at the start. Rules raise codes; ``sentence`` turns a code with its
parameters into words by what each feature registered with ``sentences``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_currency_precision, get_currency_symbol
from markupsafe import Markup

LOCALE = Path(__file__).resolve().parent.parent / "locale"
LANGUAGES = ("en", "cy")
LANGUAGE_NAMES = {"en": "English", "cy": "Cymraeg"}
WELSH_PLURALS = (
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5);"
)

Text = Mapping[str, str]


def plural_form(language: str, number: int) -> int:
    """The index of the plural form; Welsh has six (welsh.md 2.1), English two."""
    if language == "cy":
        return {0: 0, 1: 1, 2: 2, 3: 3, 6: 4}.get(number, 5)
    return 0 if number == 1 else 1


@dataclass(frozen=True)
class N_:
    """A sentence to be translated later; ``plural`` and ``counted`` (a parameter's name) if any."""

    text: str
    plural: str = ""
    counted: str = ""
    context: str = ""


def NN_(one: str, many: str, counted: str = "num") -> N_:
    """A sentence with a number in it; ``counted`` names the parameter that decides the form."""
    return N_(one, many, counted)


def PN_(context: str, text: str) -> N_:
    """A word that needs its context ("verb", "noun") to be translated."""
    return N_(text, context=context)


_SENTENCES: dict[str, N_] = {}


def sentences(by_code: Mapping[str, N_]) -> None:
    """Register the words of codes, in the feature that raises them."""
    for code, words in by_code.items():
        if _SENTENCES.setdefault(code, words) != words:
            raise ValueError(f"two sentences for {code}")


class Translations:
    """One language's catalogue."""

    def __init__(self, language: str, folder: Path = LOCALE) -> None:
        self.language = language
        self.folder = folder

    @cached_property
    def _read(self) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[str, ...]]]:
        """Sentences and plural forms, each by context and English. Read for the first reader."""
        single: dict[tuple[str, str], str] = {}
        several: dict[tuple[str, str], tuple[str, ...]] = {}
        if self.language == "en":
            return single, several  # the English sentence is its own key
        for path in sorted((self.folder / self.language).glob("*.po")):
            with path.open("rb") as file:
                catalogue = read_po(file, locale=self.language)
            for message in catalogue:
                if not message.id or message.fuzzy:
                    continue
                context, words = message.context or "", message.string
                if isinstance(message.id, tuple):
                    if words and all(words):
                        several[context, message.id[0]] = tuple(words)
                elif isinstance(words, str) and words:
                    single[context, str(message.id)] = words
        return single, several

    @property
    def single(self) -> dict[tuple[str, str], str]:
        return self._read[0]

    @property
    def several(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return self._read[1]

    def gettext(self, text: str) -> str:
        return self.single.get(("", text), text)

    def pgettext(self, context: str, text: str) -> str:
        return self.single.get((context, text), text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.npgettext("", one, many, number)

    def npgettext(self, context: str, one: str, many: str, number: int) -> str:
        forms = self.several.get((context, one))
        if forms is None:
            return one if number == 1 else many
        return forms[plural_form(self.language, number)]


@dataclass(frozen=True)
class Reader:
    """The person who reads: language, colours and time zone, and how to write for them."""

    language: str
    translations: Translations
    theme: str = "auto"
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    languages: tuple[str, ...] = LANGUAGES

    @property
    def locale(self) -> Locale:
        return Locale(self.language, "GB")

    @property
    def other_languages(self) -> list[tuple[str, str]]:
        """The languages to switch to: (code, own name)."""
        return [(one, LANGUAGE_NAMES[one]) for one in self.languages if one != self.language]

    def _(self, text: str, **parameters: object) -> str:
        return self.translations.gettext(text) % parameters if parameters else (
            self.translations.gettext(text)
        )

    def say(self, words: N_, **parameters: object) -> str:
        """The sentence with its parameters. Parameters are written by the caller's formatting."""
        if words.plural:
            counted = parameters[words.counted or "num"]
            number = counted if isinstance(counted, int) else 2
            text = self.translations.npgettext(words.context, words.text, words.plural, number)
        elif words.context:
            text = self.translations.pgettext(words.context, words.text)
        else:
            text = self.translations.gettext(words.text)
        return text % parameters if parameters or "%%" in text else text

    def sentence(self, code: str, **parameters: object) -> str:
        """The words of a code. An unknown code is the program's fault: it shows itself."""
        words = _SENTENCES.get(code)
        if words is None:
            return code
        return self.say(words, **parameters)

    # -- what people wrote ------------------------------------------------------------------

    def text(self, value: Text | str | None) -> str:
        """A text that carries its language: the reader's own, else what there is, marked."""
        if not value:
            return ""
        if isinstance(value, str):
            return value
        own = value.get(self.language, "")
        if own:
            return own
        for language, words in value.items():
            if words:
                return Markup('<span lang="{}">{}</span>').format(language, words)
        return ""

    def plain(self, value: Text | str | None) -> str:
        """The same without the mark, for titles, mails and files."""
        if not value:
            return ""
        if isinstance(value, str):
            return value
        return value.get(self.language) or next((one for one in value.values() if one), "")

    # -- numbers ----------------------------------------------------------------------------

    def number(self, value: int | float, digits: int = 0) -> str:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self.locale)

    def money(self, minor: int, currency: str = "GBP") -> str:
        """Minor units as money: whole pounds without pence, "£12,500", "-£3.50"."""
        places = get_currency_precision(currency)
        whole, rest = divmod(abs(minor), 10**places)
        digits = self.number(whole) + (f".{rest:0{places}d}" if rest else "")
        symbol = get_currency_symbol(currency, locale=self.locale)
        sign = "-" if minor < 0 else ""
        if symbol.isalpha():
            return f"{sign}{digits}\N{NO-BREAK SPACE}{symbol}"
        return f"{sign}{symbol}{digits}"

    def percent(self, part: int, whole: int) -> str:
        """A share in whole per cent; below one per cent with one digit."""
        if not whole:
            return "0%"
        share = 100 * part / whole
        return f"{self.number(share, 1 if 0 < share < 1 else 0)}%"

    # -- time -------------------------------------------------------------------------------

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def date(self, moment: datetime | date, style: str = "long") -> str:
        """``long``: Sunday 23 May 2027; ``short``: 23 May; ``day``: Sunday 23 May;
        ``month``: May 2027; ``plain``: 23 May 2027."""
        day = self._local(moment).date() if isinstance(moment, datetime) else moment
        pattern = {
            "long": "EEEE d MMMM y", "day": "EEEE d MMMM", "plain": "d MMMM y",
            "short": "d MMMM", "month": "MMMM y",
        }[style]
        words = format_date(day, pattern, locale=self.locale)
        # Welsh writes the weekday small inside a sentence: "dydd Llun 1 Mawrth".
        small = self.language == "cy" and "EEEE" in pattern
        return words[0].lower() + words[1:] if small else words

    def time(self, moment: datetime) -> str:
        """8pm, 8:30am, noon, midnight; in Welsh 8pm, hanner dydd, hanner nos."""
        local = self._local(moment)
        if (local.hour, local.minute) == (12, 0):
            return "hanner dydd" if self.language == "cy" else "noon"
        if (local.hour, local.minute) == (0, 0):
            return "hanner nos" if self.language == "cy" else "midnight"
        minutes = f":{local.minute:02d}" if local.minute else ""
        return f"{(local.hour - 1) % 12 + 1}{minutes}{'am' if local.hour < 12 else 'pm'}"

    def datetime(self, moment: datetime, style: str = "long") -> str:
        """8pm on Sunday 23 May 2027; 8pm, dydd Sul 23 Mai 2027."""
        joint = " on " if self.language == "en" else ", "
        return f"{self.time(moment)}{joint}{self.date(moment, style)}"


def negotiate(accepted: str, offered: Iterable[str]) -> str:
    """The language of an Accept-Language header that is offered, by its weights; else the first."""
    languages = list(offered)
    best, best_weight = languages[0], 0.0
    for part in accepted.split(","):
        name, _, weight_text = part.strip().partition(";q=")
        try:
            weight = float(weight_text) if weight_text else 1.0
        except ValueError:
            continue
        language = name.split("-")[0].lower()
        if language in languages and weight > best_weight:
            best, best_weight = language, weight
    return best

