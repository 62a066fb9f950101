"""RCTab's own cases, beside the checkout: its expected reports, round by round."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from voting import Contest, Option, count
from voting.formats import ess
from voting.formats.marks import content_of
from voting.formats.stages import summary

RCTAB = Path(__file__).parents[3] / "shared/data/rctab"
pytestmark = pytest.mark.skipif(not RCTAB.exists(), reason="RCTab's cases not beside the checkout")

CASES = [
    "2013_minneapolis_mayor",
    "2015_portland_mayor",
    "test_set_0_skipped_first_choice",
    "test_set_1_exhaust_at_overvote",
    "test_set_2_overvote_skip_to_next",
    "test_set_3_skipped_choice_exhaust",
    "test_set_4_skipped_choice_next",
    "test_set_5_two_skipped_choice_exhaust",
    "test_set_6_duplicate_exhaust",
    "test_set_7_duplicate_skip_to_next",
    "tiebreak_previous_round_counts_then_random_test",
    "tiebreak_use_permutation_in_config_test",
]
OVERVOTES = {"exhaustImmediately": "exhaust", "alwaysSkipToNextRank": "skip"}
WRITE_INS = "Undeclared Write-ins"


def common_data_format(path: Path) -> Counter:
    """Ballots of a cast vote record file in NIST's common data format, by candidates' names."""
    data = json.loads(path.read_text())
    (election,) = data["Election"]
    names = {candidate["@id"]: candidate["Name"] for candidate in election["Candidate"]}
    selections = {
        selection["@id"]: names[selection["CandidateIds"][0]]
        for contest in election["Contest"]
        for selection in contest["ContestSelection"]
    }
    ballots = Counter()
    for record in data["CVR"]:
        ranks: dict[int, list[str]] = {}
        for contest in record["CVRSnapshot"][0]["CVRContest"]:
            for selection in contest["CVRContestSelection"]:
                for position in selection["SelectionPosition"]:
                    name = selections[selection["ContestSelectionId"]]
                    ranks.setdefault(position["Rank"], []).append(name)
        last = max(ranks, default=0)
        ballots[content_of(tuple(ranks.get(rank, ())) for rank in range(1, last + 1))] += 1
    return ballots


def load(name: str):
    config = json.loads((RCTAB / name / f"{name}_config.json").read_text())
    source = config["cvrFileSources"][0]
    path = RCTAB / name / source["filePath"]
    groups = common_data_format(path) if source["provider"] == "cdf" else ess.read(path).groups
    rules = config["rules"]
    settings = {
        "overvotes": OVERVOTES[rules["overvoteRule"]],
        "skipped": int(rules["maxSkippedRanksAllowed"]),
        "ranks": int(rules["maxRankingsAllowed"]),
        "batch": rules.get("batchElimination", False),
        "repeated": "exhaust" if rules.get("exhaustOnDuplicateCandidate") else "skip",
        "tie_break": "earlier_stage" if "previousRound" in rules["tiebreakMode"] else "lot",
    }
    options = [Option(candidate["name"]) for candidate in config["candidates"]]
    if source.get("undeclaredWriteInLabel"):
        options.append(Option(source["undeclaredWriteInLabel"]))
        settings["undeclared"] = [source["undeclaredWriteInLabel"]]
    return Contest(tuple(options), "ranked", "irv", 1, settings=settings), groups


@pytest.mark.parametrize("name", CASES)
def test_report(name):
    contest, groups = load(name)
    expected = json.loads((RCTAB / name / f"{name}_expected_detailed_report.json").read_text())
    order = [option.id for option in contest.options]
    if name == "tiebreak_previous_round_counts_then_random_test":
        # RCTab's generator chose Grumpy to go and then Sneezy to win.
        order = ["Sneezy", "Dopey", "Happy", "Grumpy"]
    tally = count(contest, groups, order)
    rounds = expected["results"]
    assert len(tally.stages) == len(rounds)
    assert tally.ballots == int(expected["summary"]["totalNumBallots"])
    assert tally.blank == expected["summary"]["undervotes"]
    for stage, round_ in zip(tally.stages, rounds, strict=True):
        totals = {
            WRITE_INS if option == "UWI" else option: votes
            for option, votes in stage.totals.items()
        }
        for option, votes in round_["tally"].items():
            assert totals.pop(option) == int(votes), (stage.number, option)
        assert not any(totals.values())
        assert stage.threshold == int(round_["threshold"])
        inactive = round_["inactiveBallots"]
        assert stage.exhausted.get("exhausted", 0) == int(inactive["exhaustedChoices"])
        assert stage.exhausted.get("overvote", 0) == int(inactive["overvotes"])
        assert stage.exhausted.get("skipped", 0) == int(inactive["skippedRankings"])
        assert stage.exhausted.get("repeated", 0) == int(inactive["repeatedRankings"])
    for stage, round_ in zip(tally.stages[1:], rounds, strict=False):
        gone = {result.get("eliminated") for result in round_["tallyResults"]}
        assert {WRITE_INS if option == "UWI" else option for option in stage.excluded} == gone
        for result in round_["tallyResults"]:
            moved = {
                transfer.target or "exhausted": transfer.votes
                for transfer in stage.transfers
                if transfer.source.replace("UWI", WRITE_INS) == result["eliminated"]
            }
            assert moved == {target: int(votes) for target, votes in result["transfers"].items()}
    if "UWI" not in contest.by_id:
        assert summary(contest, tally)["results"] == rounds
    winners = {result.get("elected") for result in rounds[-1]["tallyResults"]}
    assert set(tally.elected) == winners


def test_the_settings_matter():
    """Half of these reports come out by their own settings only, not by our defaults."""
    changed = 0
    for name in CASES:
        contest, groups = load(name)
        plain = replace(contest, settings={"undeclared": contest.settings.get("undeclared", [])})
        changed += count(plain, groups).stages != count(contest, groups).stages
    assert changed >= 6
