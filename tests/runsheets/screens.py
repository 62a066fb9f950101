"""A page as somebody sees it, and the browser that presses what stands on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from pb.core.site import Site


@dataclass
class Button:
    name: str
    value: str
    label: str = ""


@dataclass
class Form:
    """A form with what its fields hold, and what each may hold where the page offers a choice."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    offered: dict[str, set[str]] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)

    def filled(self, values: dict[str, Any]) -> dict[str, Any]:
        """What is sent with these values put in. Errors: AssertionError for a field or a choice
        that the page does not offer."""
        sent: dict[str, Any] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        for name, value in values.items():
            assert name in self.known, f"no field {name} in the form: {sorted(self.known)}"
            given = [value] if isinstance(value, str | int) else list(value)
            for one in given:
                assert name not in self.offered or str(one) in self.offered[name], (
                    f"{name}: {one} is not offered: {sorted(self.offered[name])}"
                )
            sent[name] = [str(one) for one in given]
        return sent


TAG = r"""(?:[^>"']|"[^"]*"|'[^']*')*>"""
UNSEEN = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1\s*>", re.DOTALL)
WITHIN = re.compile(r"</(?:span|strong|em|a|q|code)\s*>|<[a-zA-Z!]" + TAG)
"""What stands within a line of words: its beginnings, and the ends that part no words."""
ENDS = re.compile(r"</" + TAG)
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)


class Page:
    """A page's forms, and its words without markup. Each is read when it is first looked at: most
    answers to a press are never looked at."""

    def __init__(self, html: str) -> None:
        self.html = html

    @cached_property
    def words(self) -> str:
        seen = ENDS.sub(" ", WITHIN.sub("", UNSEEN.sub(" ", self.html)))
        return " ".join(unescape(seen).split())

    @cached_property
    def forms(self) -> list[Form]:
        reading = Forms()
        for found in FORM.finditer(UNSEEN.sub(" ", self.html)):
            reading.feed(found[0])
        reading.close()
        return reading.forms

    def __contains__(self, words: str) -> bool:
        return words in self.words


class Forms(HTMLParser):
    """The forms of a page, with their fields, the choices of each, and their buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._button: Button | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        if self._form is None:
            return
        if tag == "button" and given.get("type", "submit") == "submit":
            self._button = Button(given.get("name", ""), given.get("value", ""))
            self._form.buttons.append(self._button)
        elif tag == "option" and self._select is not None:
            self._option(self._form, self._select, given)
        elif given.get("name"):
            self._field(self._form, tag, given["name"], given)

    def _option(self, form: Form, select: str, given: dict[str, str]) -> None:
        first = not form.offered[select]
        form.offered[select].add(given.get("value", ""))
        if first or "selected" in given:
            form.fields = [one for one in form.fields if one[0] != select]
            form.fields.append((select, given.get("value", "")))

    def _field(self, form: Form, tag: str, name: str, given: dict[str, str]) -> None:
        value = given.get("value", "")
        if tag == "input":
            form.known.add(name)
            if given.get("type") in ("radio", "checkbox"):
                form.offered.setdefault(name, set()).add(value)
                if "checked" in given:
                    form.fields.append((name, value))
            elif given.get("type") != "file":
                form.fields.append((name, value))
        elif tag == "textarea":
            form.known.add(name)
            self._area = ""
            form.fields.append((name, ""))
        elif tag == "select":
            form.known.add(name)
            form.offered[name] = set()
            self._select = name
        if "disabled" in given:
            raise AssertionError(f"a field that cannot be filled: {name}")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area += data
        if self._button is not None:
            self._button.label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            name, _ = self._form.fields[-1]
            self._form.fields[-1] = (name, self._area.removeprefix("\n"))
            self._area = None


class Browser:
    """Somebody with a browser: ``open`` a page, then ``press`` a button on it."""

    def __init__(self, site: Site, app: Any, portal: Any, language: str = "en") -> None:
        self.site = site
        self.client = TestClient(app, base_url=site.settings.base_url)
        self.client.portal = portal  # one event loop for all browsers, as a server has
        self.client.headers["accept-language"] = language
        self.path = ""
        self.page: Page = Page("")

    def open(self, path: str, status: int = 200) -> Page:
        answer = self.client.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        return self._show(answer)

    def _show(self, answer: Any) -> Page:
        self.path, self.page = answer.url.path, Page(answer.text)
        return self.page

    def buttons(self) -> list[str]:
        return [" ".join(one.label.split()) for form in self.page.forms for one in form.buttons]

    def press(self, label: str, status: int = 200, **values: Any) -> Page:
        """Press the one button with these words, with these fields filled in. Errors:
        AssertionError where the page has no such button, or several."""
        found = [
            (form, one) for form in self.page.forms for one in form.buttons
            if " ".join(one.label.split()) == label
        ]
        assert len(found) == 1, f"{len(found)} buttons “{label}” at {self.path}: {self.buttons()}"
        return self.send(*found[0], status, values)

    def send(self, form: Form, button: Button, status: int, values: dict[str, Any]) -> Page:
        sent = form.filled(values)
        if button.name:
            sent[button.name] = [button.value]
        assert form.method.casefold() == "post"
        answer = self.client.post(form.action or self.path, data=sent)
        assert answer.status_code == status, (
            f"“{button.label.strip()}” at {self.path}: {answer.status_code} "
            + Page(answer.text).words[:1500]
        )
        return self._show(answer)

    def form_with(self, button: str, **hidden: str) -> tuple[Form, Button]:
        """The form whose button has this value, where several look alike but for hidden fields."""
        found = [
            (form, one) for form in self.page.forms for one in form.buttons
            if one.value == button
            and all((name, value) in form.fields for name, value in hidden.items())
        ]
        assert len(found) == 1, f"{len(found)} forms “{button}” {hidden} at {self.path}"
        return found[0]

    def act(self, act: str, status: int = 200, **values: Any) -> Page:
        """Send the one form of the page as it is now that says in a hidden field what it does."""
        found = [form for form in self.page.forms if ("act", act) in form.fields]
        assert len(found) == 1, f"{len(found)} forms for “{act}” at {self.path}"
        return self.send(found[0], found[0].buttons[0], status, values)

    def put(self, form: Form, values: dict[str, Any]) -> None:
        """Send a form, and do not look at the page that comes after it."""
        sent = form.filled(values)
        button = form.buttons[0]
        if button.name:
            sent[button.name] = [button.value]
        done = self.client.post(form.action or self.path, data=sent, follow_redirects=False)
        assert done.status_code == 303, f"{button.label.strip()} at {self.path}: {done.status_code}"
