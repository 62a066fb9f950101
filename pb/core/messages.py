"""The catalogues in step with the sentences in code and templates.

A sentence belongs to the feature in whose files it stands: ``pb/ballots/`` and
``templates/ballots/`` fill ``pb/locale/<language>/ballots.po``.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from pb.core.i18n import WELSH_PLURALS

KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "N_": None, "NN_": (1, 2), "PN_": ((1, "c"), 2),
    "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}
TEMPLATE_OPTIONS = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do", "newstyle_gettext": "true", "silent": "false",
    "trim_blocks": "true", "lstrip_blocks": "true",
}
Key = tuple[str, str]
PLURALS = {"en": "nplurals=2; plural=(n != 1);", "cy": WELSH_PLURALS}


def domain_of(path: Path, root: Path) -> str:
    """The catalogue that a file's sentences belong to."""
    parts = path.relative_to(root).parts
    if parts[0] == "templates":
        return parts[1] if len(parts) > 2 else path.stem
    return parts[1] if len(parts) > 2 else "core"


def sources(root: Path) -> Iterator[Path]:
    for folder, pattern in (("pb", "*.py"), ("deliberation", "*.py"), ("templates", "*.*")):
        yield from sorted((root / folder).rglob(pattern))


def sentences_in(root: Path) -> dict[str, Catalog]:
    """Every sentence that can be shown, by catalogue."""
    found: dict[str, Catalog] = defaultdict(Catalog)
    for path in sources(root):
        is_template = path.suffix in (".html", ".txt")
        if not is_template and path.suffix != ".py":
            continue
        method: Any = "jinja2" if is_template else "python"
        if is_template:
            from jinja2.ext import babel_extract as method
        with path.open("rb") as file:
            for _line, text, _comments, context in extract(
                method, file, keywords=KEYWORDS, options=TEMPLATE_OPTIONS if is_template else {}
            ):
                found[domain_of(path, root)].add(
                    text, context=context, locations=[(str(path.relative_to(root)), 0)]
                )
    return found


def update_catalogues(root: Path, write: bool = True) -> list[str]:
    """Add what is new, drop what is gone, keep every translation; what was out of step."""
    behind: list[str] = []
    found = sentences_in(root)
    for language in ("en", "cy"):
        folder = root / "pb" / "locale" / language
        known = _known(folder, language)
        for stale in folder.glob("*.po"):
            if stale.stem not in found:
                behind.append(f"{stale.relative_to(root)}: no sentence belongs to it any more")
                if write:
                    stale.unlink()
        for domain, catalogue in sorted(found.items()):
            path = folder / f"{domain}.po"
            before = path.read_bytes() if path.exists() else b""
            after = _written(_merged(catalogue, known, language), language)
            if after != before:
                behind.append(f"{path.relative_to(root)}: out of step")
                if write:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(after)
    return behind


def _known(folder: Path, language: str) -> dict[Key, Message]:
    """Every translation there is, wherever its sentence stood before."""
    known: dict[Key, Message] = {}
    for path in sorted(folder.glob("*.po")):
        for message in read_po(io.BytesIO(path.read_bytes()), locale=language):
            if message.id and message.string and any(message.string):
                known[_key(message)] = message
    return known


def _key(message: Message) -> Key:
    text = message.id[0] if isinstance(message.id, tuple) else message.id
    return message.context or "", str(text)


def _merged(found: Catalog, known: dict[Key, Message], language: str) -> Catalog:
    merged = Catalog(locale=language, fuzzy=False)
    merged.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", PLURALS[language]),
    ]
    for message in found:
        if message.id:
            merged.add(
                message.id, _string(message, known.get(_key(message)), language),
                context=message.context, locations=message.locations,
            )
    return merged


def _string(message: Message, known: Message | None, language: str) -> Any:
    if language == "en":
        return message.id
    several = isinstance(message.id, tuple)
    if known is not None and isinstance(known.string, tuple) == several and known.string:
        return known.string
    return ("",) * 6 if several else ""


def _written(catalogue: Catalog, language: str) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, sort_by_file=True, omit_header=True,
             include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {PLURALS[language]}\\n"\n\n'
    )
    return header.encode() + buffer.getvalue().rstrip() + b"\n"
