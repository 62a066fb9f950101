"""The look’s promises: one stylesheet for old telephones too, contrast as promised, nothing inline.

The figures are those of the table of colours: contrast is computed as WCAG 2.2 defines it, from the
tokens as they stand in the stylesheet.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STYLESHEET = ROOT / "static/css/site.css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted(
    (ROOT / "templates").rglob("*.txt")
)
MAIL = ROOT / "templates/emails/base.html"

LARGEST_STYLESHEET = 40_000
"""Bytes: with a page of 10 kB the first load stays under 50 kB without pictures."""


def css() -> str:
    """The stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", STYLESHEET.read_text(encoding="utf-8"), flags=re.S)


def tokens(selector: str) -> dict[str, str]:
    """The custom properties of the first rule with this selector."""
    start = css().index(selector + " {")
    block = css()[css().index("{", start) + 1 : css().index("}", start)]
    return dict(re.findall(r"--([a-z0-9-]+)\s*:\s*([^;]+);", block))


LIGHT = tokens(":root")
DARK_BY_WISH = tokens('  :root:not([data-theme="light"])')
DARK_BY_SWITCH = tokens(':root[data-theme="dark"]')
THEMES = {"light": LIGHT, "dark": LIGHT | DARK_BY_SWITCH}


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" or "#rgb" (WCAG 2.2)."""
    digits = colour.strip().lstrip("#")
    if len(digits) == 3:
        digits = "".join(one * 2 for one in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_the_two_dark_blocks_are_the_same() -> None:
    assert DARK_BY_WISH
    assert DARK_BY_WISH == DARK_BY_SWITCH


def test_dark_names_every_colour_of_light() -> None:
    colours = {name for name, value in LIGHT.items() if value.startswith("#")}
    assert colours == set(DARK_BY_SWITCH)


PROMISED = [
    # (front, ground, light, dark): the contrast that the table of colours promises
    ("ink", "paper", 14.1, 14.7),
    ("soft", "paper", 6.6, 9.0),
    ("line", "paper", 4.2, 5.6),
    ("heather", "paper", 8.7, 9.0),
    ("moss", "paper", 6.4, 9.8),
    ("rust", "paper", 6.2, 8.6),
    ("slate", "paper", 8.5, 9.3),
    ("river", "paper", 5.8, 8.7),
    ("on-heather", "heather", 9.8, 9.3),
    ("on-moss", "moss", 7.2, 9.6),
    ("on-gorse", "gorse", 8.7, 9.9),
    ("slate", "hair", 6.2, 5.6),
    ("moss", "hair", 4.6, 5.8),
    *[
        (front, ground, 5.9, 5.9)
        for front in ("ink", "soft")
        for ground in (
            "sheet", "heather-wash", "gorse-wash", "moss-wash", "rust-wash", "slate-wash",
        )
    ],
    # words and links that the components put on other grounds
    *[
        ("heather", ground, 4.5, 4.5)
        for ground in ("sheet", "gorse-wash", "slate-wash", "rust-wash", "heather-wash")
    ],
    ("rust", "sheet", 4.5, 4.5),
    ("rust", "rust-wash", 4.5, 4.5),
    ("slate", "sheet", 4.5, 4.5),
    # edges of controls, and shapes that mean something
    ("line", "sheet", 3.0, 3.0),
    ("ink", "gorse", 3.0, 1.0),
    ("line", "slate-wash", 3.0, 3.0),
]


@pytest.mark.parametrize(("front", "ground", "light", "dark"), PROMISED)
def test_contrast(front: str, ground: str, light: float, dark: float) -> None:
    for theme, least in (("light", light), ("dark", dark)):
        found = contrast(THEMES[theme][front], THEMES[theme][ground])
        assert round(found, 1) >= least, f"{front} on {ground}, {theme}: {found:.2f}"


def test_focus_shows_on_every_ground() -> None:
    """The ring is ink with gorse inside; on moss, where neither shows in the dark, on-moss."""
    for theme in THEMES.values():
        for ground in (
            "paper", "sheet", "gorse-wash", "slate-wash", "rust-wash", "heather-wash", "moss-wash",
        ):
            assert contrast(theme["ink"], theme[ground]) >= 3, ground
        assert contrast(theme["on-moss"], theme["moss"]) >= 3
    ring = re.search(r"\.state-in a:focus[^{]*\{([^}]*)\}", css())
    assert ring and "outline-color: var(--on-moss)" in ring[1]


FORBIDDEN = {
    "cascade layers": r"@layer",
    "light-dark()": r"light-dark\(",
    ":has()": r":has\(",
    "clamp()": r"\bclamp\(",
    "min() and max()": r"[\s:(](?:min|max)\(",
    "aspect-ratio": r"aspect-ratio",
    "shorthands of logical properties": r"(?:margin|padding|border|inset)-(?:inline|block)\s*:",
    "inset as a shorthand": r"[{;\s]inset\s*:",
    "sides that do not turn with the script": r"(?:^|[{;\s-])(?:left|right)\s*[:;]",
    "nesting by &": r"&",
    "container queries": r"@container",
    "movement": r"(?:^|[{;\s])(?:animation|transition)(?:-[a-z]+)?\s*:|@keyframes",
    "words in capitals": r"text-transform",
    "shadows and gradients": r"gradient\(|text-shadow|drop-shadow",
    "anything from elsewhere": r"url\(|@import|@font-face",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_stylesheet_stays_readable_for_old_telephones(what: str) -> None:
    found = re.findall(f".*(?:{FORBIDDEN[what]}).*", css(), flags=re.M)
    assert not found, found


@pytest.mark.parametrize(
    ("what", "sample"),
    [
        ("shorthands of logical properties", "a { margin-inline: 1rem; }"),
        ("sides that do not turn with the script", "a { margin-left: 1rem; }"),
        ("sides that do not turn with the script", "a { text-align: right; }"),
        ("min() and max()", "a { width: min(3rem, 100%); }"),
        ("movement", "a { transition: all 1s; }"),
        ("inset as a shorthand", "a { inset: 0; }"),
    ],
)
def test_what_is_forbidden_would_be_found(what: str, sample: str) -> None:
    assert re.search(FORBIDDEN[what], sample)


def test_rules_are_not_nested() -> None:
    """A rule stands at the top or in one @-block, never in another rule."""
    stack: list[str] = []
    text = css()
    for part in re.finditer(r"([^{};]*)([{}])", text):
        if part[2] == "{":
            outer = [one for one in stack if not one.startswith("@")]
            assert not outer, f"{part[1].strip()} stands in {outer}"
            stack.append(part[1].strip())
        else:
            assert stack, "a brace too many"
            stack.pop()
    assert not stack, stack


def test_grid_gap_stands_before_gap() -> None:
    for rule in re.findall(r"\{([^{}]*)\}", css()):
        for name in ("gap", "column-gap", "row-gap"):
            if re.search(rf"(?:^|[;\s]){name}\s*:", rule):
                assert f"grid-{name}:" in rule, rule


def test_every_variable_that_is_used_is_set() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", css()))
    assert used <= set(LIGHT), used - set(LIGHT)


def test_the_stylesheet_is_small() -> None:
    assert STYLESHEET.stat().st_size <= LARGEST_STYLESHEET


def test_every_type_of_movement_is_absent_so_no_wish_for_less_is_needed() -> None:
    """Nothing moves: not for some readers only, but for all."""
    assert not re.search(FORBIDDEN["movement"], css(), flags=re.M)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda one: str(one.relative_to(ROOT)))
def test_templates_hold_no_style_and_no_script(path: Path) -> None:
    """The policy refuses what is inline, so it would be dead. A mail has one style block."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"<[^>]*\sstyle\s*=", text), "a style attribute"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), "a script in an attribute"
    assert "javascript:" not in text
    for script in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in script and 'type="module"' in script, script
    assert text.count("<style") == (1 if path == MAIL else 0)


WHOLE_PAGES = ("help.html", "privacy.html", "accessibility.html", "styleguide.html")
COMPONENTS = [
    one
    for one in TEMPLATES
    if (one.parent.name in ("components", "errors") and one.name != "mail.html")
    or one == ROOT / "templates/base.html"
    or (one.parent.name == "pages" and one.name in WHOLE_PAGES)
]


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_every_class_of_a_component_is_in_the_stylesheet(path: Path) -> None:
    """A class that no rule knows is a slip of the pen, or its rule was taken away."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", css()))
    plain = {
        word for value in re.findall(r'\sclass="([^"{}]*)"', text) for word in value.split()
    }
    assert plain <= known, plain - known
