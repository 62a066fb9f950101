"""Pages from templates: one Jinja environment a language, from the checkout or a wheel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pb.core.i18n import LANGUAGES, Translations
from pb.core.readability import grade

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

HERE = Path(__file__).resolve().parent.parent


def assets_folder(name: str) -> Path:
    """``templates`` or ``static``: in the wheel's own folder, else at the checkout's top."""
    packed = HERE / "_assets" / name
    return packed if packed.is_dir() else HERE.parent / name


@cache
def _markdown() -> MarkdownIt:
    # Imported when the first text is shown: starting must be quick.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).disable(["image", "heading", "lheading"])


_ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "hr"}


@lru_cache(maxsize=2048)
def prose(text: str) -> Markup:
    """What a person wrote, as safe HTML: paragraphs, lists, emphasis and links, nothing else."""
    import nh3

    html = _markdown().render(text)
    return Markup(
        nh3.clean(
            html, tags=_ALLOWED, attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto", "tel"}, link_rel="nofollow noopener ugc",
        )
    )


class Templates:
    """Renders pages and mails in a reader's language."""

    def __init__(self, translations: dict[str, Translations], reload: bool = False) -> None:
        self.translations = translations
        self.static = assets_folder("static")
        self._environments = {
            language: self._environment(translations[language], reload) for language in LANGUAGES
        }
        self._fingerprints: dict[str, str] = {}

    def _environment(self, translations: Translations, reload: bool) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(assets_folder("templates")),
            autoescape=lambda name: not (name or "").endswith(".txt"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=reload,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            translations.gettext,
            translations.ngettext,
            newstyle=True,
            pgettext=translations.pgettext,
            npgettext=translations.npgettext,
        )
        environment.globals["asset"] = self.asset
        environment.filters["prose"] = prose
        environment.filters["grade"] = grade
        return environment

    def add_global(self, name: str, value: Callable[..., Any]) -> None:
        for environment in self._environments.values():
            environment.globals[name] = value

    def asset(self, name: str) -> str:
        """The address of a static file with its content's fingerprint."""
        if name not in self._fingerprints:
            content = (self.static / name).read_bytes()
            self._fingerprints[name] = hashlib.sha256(content).hexdigest()[:12]
        return f"/static/{name}?v={self._fingerprints[name]}"

    def render(self, name: str, language: str, context: dict[str, Any]) -> str:
        return self._environments[language].get_template(name).render(context)
