"""Rounds in which jurors mark things in private: sealed until the close, then only sums."""
