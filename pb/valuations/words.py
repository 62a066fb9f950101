"""The words of what is stored: kinds, routes, decisions, parts, changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pb.core.i18n import N_, PN_, Reader

KIND_WORDS: Mapping[str, N_] = {
    "simple": N_("Simple: we have done it before and know how"),
    "complicated": N_("Complicated: somebody with special knowledge has to say how"),
    "complex": N_("Complex: people may rightly want different things, and nobody knows yet"),
    "urgent": N_("Urgent: it cannot wait for a vote"),
}
ROUTE_WORDS: Mapping[str, N_] = {
    "officers": N_("Officers"), "expert": N_("An expert"), "jury": N_("The jury"),
    "at_once": N_("At once"), "": N_("Not classified yet"),
}
FEASIBILITY_WORDS: Mapping[str, N_] = {
    "yes": N_("Yes, as proposed"),
    "changed": N_("Yes, with changes"),
    "no": N_("No"),
}
OUTCOME_WORDS: Mapping[str, N_] = {
    "pass": N_("It passes: make it a project on the ballot"),
    "refuse": N_("It cannot be done: refuse it"),
    "park": N_("Not this year: keep it for later"),
    "act": N_("It cannot wait: the council acts at once"),
}
WAY_WORDS: Mapping[str, N_] = {
    "long_term": N_("It thinks of those who come after us"),
    "prevention": N_("It stops a problem from starting or growing"),
    "integration": N_("It serves several aims at once"),
    "collaboration": N_("Others do it with the council"),
    "involvement": N_("Those it is for take part in it"),
}
QUADRANT_WORDS: Mapping[str, N_] = {
    "quick_win": N_("Quick win"), "big_project": N_("Big project"),
    "small_extra": N_("Small extra"), "back_burner": N_("Back burner"),
}
PART_WORDS: Mapping[str, N_] = {
    "feasibility": N_("Can it be done?"), "changes": N_("What would change"),
    "cost_lines": N_("The costs"), "legal": N_("The law"),
    "long_term": N_("In 25 years"), "ways": N_("Five ways of working"),
    "equality": N_("Who gains and who loses"), "expert": N_("The expert"),
    "advice": N_("What the expert says"), "reason": N_("The public reason"),
    "assigned_to": N_("Who looks at it"), "outcome": PN_("valuation", "Decision"),
    "answer": N_("The author’s answer"),
}
CHANGE_WORDS: Mapping[str, N_] = {
    "saved": N_("wrote down what was found out"), "assigned": N_("said who looks at it"),
    "told": N_("refused it and told the author"), "answered": N_("answered"),
    "upheld": N_("let the refusal stand"), "reopened": N_("took it up again"),
    "decided": PN_("valuation", "decided"), "published": N_("made the refusal public"),
    "corrected": N_("corrected it"),
}


def say_part(reader: Reader, name: str, value: Any, currency: str, names: Mapping[int, str]) -> str:
    """One part of a valuation in words, for showing what somebody changed."""
    if value in (None, "", [], {}):
        return reader.say(N_("nothing"))
    if name == "feasibility":
        return reader.say(FEASIBILITY_WORDS[value])
    if name == "outcome":
        return reader.say(OUTCOME_WORDS[value])
    if name == "ways":
        return "; ".join(reader.say(WAY_WORDS[one]) for one in value)
    if name == "cost_lines":
        return "; ".join(
            f"{reader.plain(line['label'])}: {reader.money(line['amount'], currency)}"
            for line in value
        )
    if name == "assigned_to":
        return names.get(value, "") or reader.say(N_("somebody else"))
    return reader.plain(value)
