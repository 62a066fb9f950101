"""Which table tests which project and which one checks, and what happens when people are away."""
