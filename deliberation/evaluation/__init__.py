"""How good a jury was, in figures for everybody; who left it, and what is forgotten then."""
