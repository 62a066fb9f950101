"""Counting of votes: exact, reproducible, explained. Knows neither web nor database."""

from voting.ballots import Approval, BallotError, Content, Knapsack, Points, Ranking
from voting.contest import Contest, ContestError, Group, Option
from voting.count import count
from voting.tally import Allocation, Tally

__all__ = [
    "Allocation",
    "Approval",
    "BallotError",
    "Content",
    "Contest",
    "ContestError",
    "Group",
    "Knapsack",
    "Option",
    "Points",
    "Ranking",
    "Tally",
    "count",
]
