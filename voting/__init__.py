"""Counting of votes: exact, reproducible, explained. Knows neither web nor database."""

from voting.ballots import Approval, BallotError, Content, Knapsack, Marks, Points, Ranking
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
    "Marks",
    "Option",
    "Points",
    "Ranking",
    "Tally",
    "count",
]
