"""Panels drawn by lot and the juries they form."""
