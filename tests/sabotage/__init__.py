"""One-line sabotages: each breaks a promise of the app, and the test it names must notice.

``python3 -m pb test --sabotage`` copies the tree, breaks one line at a time and runs that line's
test; it ends well only if every test was green before and red after.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("sabotages.toml")


@dataclass(frozen=True)
class Sabotage:
    """``before`` is one whole line of ``file``, without its indentation; ``after`` takes its place.

    ``belongs`` is a failure of the jury room (F01 to F18) or a word for another promise; ``breaks``
    says in a few words what is then wrong.
    """

    belongs: str
    breaks: str
    file: str
    before: str
    after: str
    test: str

    def places(self, text: str) -> list[int]:
        """Where the line stands in a file's text."""
        return [place for place, line in enumerate(text.split("\n"))
                if line.strip() == self.before]

    def done_to(self, text: str) -> str:
        """The file's text with the line broken. Errors: ValueError unless it stands there once."""
        places = self.places(text)
        if len(places) != 1:
            raise ValueError(f"{self.file}: the line stands there {len(places)} times")
        lines = text.split("\n")
        old = lines[places[0]]
        lines[places[0]] = old[: len(old) - len(old.lstrip())] + self.after
        return "\n".join(lines)


def listed() -> list[Sabotage]:
    found = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return [Sabotage(**one) for one in found["sabotage"]]
