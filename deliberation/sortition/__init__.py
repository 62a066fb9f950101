"""Drawing panels by lot and seating them: a pure library, no web, no database."""
