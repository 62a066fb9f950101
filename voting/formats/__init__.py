"""Files of elections, in and out. Each module reads one format into a contest and ballots."""
