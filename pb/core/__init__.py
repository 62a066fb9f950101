"""Plumbing: knows no civic word."""
