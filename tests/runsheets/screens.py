"""A page as somebody sees it, and the browser that presses what stands on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from pb.core.site import Site

SPACELESS = frozenset({"input", "br", "img", "meta", "link", "hr"})


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


class Page(HTMLParser):
    """A page's forms, and its words without markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self._read = False
        self._forms: list[Form] = []
        self._words: list[str] = []
        self._form: Form | None = None
        self._button: Button | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._silent = 0

    def _looked_at(self) -> None:
        """Read the page at the first look: most answers to a press are never looked at."""
        if not self._read:
            self._read = True
            self.feed(self.html)
            self.close()

    @property
    def forms(self) -> list[Form]:
        self._looked_at()
        return self._forms

    @property
    def words(self) -> str:
        self._looked_at()
        return " ".join("".join(self._words).split())

    def __contains__(self, words: str) -> bool:
        return words in self.words

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag in ("script", "style", "template"):
            self._silent += 1
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self._forms.append(self._form)
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._button = Button(given.get("name", ""), given.get("value", ""))
            if self._form is not None:
                self._form.buttons.append(self._button)
        if self._form is None or not given.get("name"):
            return
        name, value = given["name"], given.get("value", "")
        if tag == "input":
            self._form.known.add(name)
            if given.get("type") in ("radio", "checkbox"):
                self._form.offered.setdefault(name, set()).add(value)
                if "checked" in given:
                    self._form.fields.append((name, value))
            elif given.get("type") != "file":
                self._form.fields.append((name, value))
        elif tag == "textarea":
            self._form.known.add(name)
            self._area = ""
            self._form.fields.append((name, ""))
        elif tag == "select":
            self._form.known.add(name)
            self._form.offered[name] = set()
            self._select = name
        if "disabled" in given:
            raise AssertionError(f"a field that cannot be filled: {name}")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._area is not None:
            self._area += data
        if self._button is not None:
            self._button.label += data
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "template"):
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            name, _ = self._form.fields[-1]
            self._form.fields[-1] = (name, self._area.removeprefix("\n"))
            self._area = None
        if tag not in ("span", "strong", "em", "a", "q", "code"):
            self._words.append(" ")


class Options(Page):
    """The same, with the options of lists."""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "option" and self._form is not None and self._select is not None:
            given = {name: value or "" for name, value in attributes}
            first = not self._form.offered[self._select]
            self._form.offered[self._select].add(given.get("value", ""))
            if first or "selected" in given:
                self._form.fields = [one for one in self._form.fields if one[0] != self._select]
                self._form.fields.append((self._select, given.get("value", "")))
        super().handle_starttag(tag, attributes)


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
        self.path, self.page = answer.url.path, Options(answer.text)
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
