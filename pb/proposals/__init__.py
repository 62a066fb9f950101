"""Proposals: from an idea to what officers assess."""
