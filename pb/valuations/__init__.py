"""Assessment: what officers find out about a proposal, what it would cost, and what becomes of it.

One valuation a proposal. Officers classify it, score it, cost it and write down their reasons; a
decision makes it a project, or says in public why not, after the author has heard it first.
"""
