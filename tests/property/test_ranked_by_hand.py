"""Scottish STV against a second, slow count written straight from the specification.

It looks at every single paper at every stage and shares no line with the library: whatever the
piles, parcels and arrays do, the totals must be those of this counting table.
"""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from voting import Contest, Option, Ranking, count

OPTIONS = "ABCDEF"


def by_hand(papers, seats, lot):
    """Totals by stage and who is elected; papers are single rankings, values whole 1/100000."""
    one = 100_000
    value = [one] * len(papers)
    holder = [None] * len(papers)
    out, elected, pending = set(), [], []
    history = []

    def next_holder(paper):
        return next((o for o in papers[paper] if o not in out and o not in elected), None)

    def totals(kept):
        sums = dict.fromkeys(OPTIONS, 0)
        for paper, option in enumerate(holder):
            if option is not None and option not in kept:
                sums[option] += value[paper]
        return {**sums, **kept}

    def earlier(options, best):
        for past in reversed(history[:-1]):
            edge = best(past[option] for option in options)
            options = [option for option in options if past[option] == edge]
            if len(options) == 1:
                break
        return (min if best is max else max)(options, key=lot.index)

    for paper in range(len(papers)):
        holder[paper] = next_holder(paper)
    quota = (len(papers) // (seats + 1) + 1) * one
    kept = {}
    while True:
        now = totals(kept)
        history.append(now)
        standing = [o for o in OPTIONS if o not in out and o not in elected]
        for option in [o for o in standing if now[o] >= quota]:
            elected.append(option)
            pending += [option] if now[option] > quota else []
        standing = [o for o in standing if o not in elected]
        if len(elected) >= seats or not papers:
            return history, set(elected) if papers else set()
        if len(standing) <= seats - len(elected):
            return history, set(elected) | set(standing)
        if pending:
            most = max(now[o] for o in pending)
            source = earlier([o for o in pending if now[o] == most], max)
            pending.remove(source)
            surplus = now[source] - quota
            kept[source] = quota
            for paper in [p for p in range(len(papers)) if holder[p] == source]:
                value[paper] = surplus * value[paper] // now[source]
                holder[paper] = next_holder(paper)
        else:
            fewest = min(now[o] for o in standing)
            source = earlier([o for o in standing if now[o] == fewest], min)
            out.add(source)
            for paper in [p for p in range(len(papers)) if holder[p] == source]:
                holder[paper] = next_holder(paper)


rankings = st.lists(st.sampled_from(OPTIONS), unique=True, min_size=1, max_size=6).map(tuple)


@settings(max_examples=150, deadline=None)
@given(
    papers=st.lists(rankings, max_size=40), seats=st.integers(0, 5), lot=st.permutations(OPTIONS)
)
def test_every_total_of_every_stage(papers, seats, lot):
    history, elected = by_hand(papers, seats, lot)
    contest = Contest(tuple(map(Option, OPTIONS)), "ranked", "scottish-stv", seats)
    tally = count(contest, [Ranking(paper) for paper in papers], lot)
    assert set(tally.elected) == elected
    assert len(tally.stages) == len(history)
    for stage, totals in zip(tally.stages, history, strict=True):
        units = {option: Fraction(units, 100_000) for option, units in totals.items()}
        assert stage.totals == units, stage.number
