"""A jury's private votes: sealed from everybody until they are closed, then only sums."""
