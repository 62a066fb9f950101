"""Builders and tools of the tests."""
