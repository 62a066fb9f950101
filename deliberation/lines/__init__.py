"""Lines that another table reads: a statement and a draft of an option are both made of them."""
