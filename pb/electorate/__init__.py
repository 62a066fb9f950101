"""Who may vote: lists, links, self-declared residence, and what looks odd."""
