"""Runs pyrankvote alone: a question as JSON on standard input, winners on standard output.

Started by ``voting.crosscheck`` as a program of its own; imports nothing of this project.
"""

from __future__ import annotations

import json
import random
import sys


def main() -> None:
    """Options are numbers: as names they are unique whatever the options are called."""
    import pyrankvote

    question = json.load(sys.stdin)
    random.seed(question["seed"])
    candidates = [pyrankvote.Candidate(str(number)) for number in range(question["options"])]
    ballots = []
    for preferences, number in question["papers"]:
        ballot = pyrankvote.Ballot([candidates[option] for option in preferences])
        ballots += [ballot] * number
    function = getattr(pyrankvote, question["function"])
    if question["function"] == "instant_runoff_voting":
        result = function(candidates, ballots)
    else:
        result = function(candidates, ballots, number_of_seats=question["seats"])
    json.dump([int(winner.name) for winner in result.get_winners()], sys.stdout)


if __name__ == "__main__":
    main()
