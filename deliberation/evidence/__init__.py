"""What a jury hears: the library of evidence, the time each side had, questions to witnesses."""
