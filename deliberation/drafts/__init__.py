"""Options that a jury's tables draft and test, and themes of what they wrote."""
