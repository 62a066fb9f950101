"""A process that collects ideas, with an author and two moderators, and what they do."""

from __future__ import annotations

from typing import Any

from pb.core.site import Site
from pb.core.work import NOBODY, Actor, Work
from pb.moderation import services
from tests.support import build


class Town:
    """A process that collects ideas, with an author, a moderator and another one."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.process = build.a_process(site, phase="ideas")
        self.author_id = build.a_person(site, "Nia", language="cy")
        self.author = build.actor(site, self.author_id)
        self.first = self._staff("Mair")
        self.second = self._staff("Gwyn")

    def _staff(self, name: str) -> Actor:
        return build.actor(
            self.site, build.a_person(self.site, name, "moderator", "shared-budget")
        )

    def report(
        self, kind: str, id: int, actor: Actor = NOBODY, code: str = "insult", words: str = "",
        address: str = "192.0.2.1",
    ) -> str:
        mark = services.address_mark(self.site, address)
        return str(build.do(
            self.site, services.report, self.process, kind, id, code, words, "en", mark,
            actor=actor,
        ))

    def decide(self, case: int, outcome: str, actor: Actor | None = None, **rest: Any) -> int:
        values = {"code": "insult", "reason": "Those words.", "together": False} | rest
        return int(build.do(
            self.site, services.decide, self.process, case, outcome, values["code"],
            values["reason"], "en", values["together"], actor=actor or self.first,
        ))

    def appeal(self, case: int, words: str = "Nobody is named.") -> None:
        build.do(
            self.site, services.appeal, self.process, case, words, "cy", actor=self.author
        )

    def answer(self, case: int, outcome: str, actor: Actor | None = None) -> None:
        build.do(
            self.site, services.answer, self.process, case, outcome, "I looked.", "en",
            actor=actor or self.second,
        )

    def note(self, id: int, text: str, address: str = "192.0.2.1") -> bool:
        mark = services.address_mark(self.site, address)

        def post(work: Work) -> bool:
            return services.note_post(work, self.process, "proposal", id, text, mark)

        return bool(build.do(self.site, post))
