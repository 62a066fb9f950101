"""Drawing panels by lot and seating them: a pure library, no web, no database.

From files to a draw: `targets` and `pool` read them, `types` groups people alike, `frame` says
what a panel must satisfy, `feasibility` whether any does and who can be on none. `lottery.hold`
is the one entrance; it takes `leximin` (the chances aimed at), `portfolio` with `rounding` (the
panels), `exact` where fractions of people promised too much, and `certificate` with `exclusion`
(the proofs). `apart` holds a lottery in a process of its own, `replacements` says what is left
to draw when seats fall free. `draw`, `beacon`, `record` and `verify` are the public draw,
`seating` the tables. `solver` is all that knows HiGHS; `chance` all that is left to a seed.
"""
