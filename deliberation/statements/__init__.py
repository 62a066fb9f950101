"""What a jury says about each project: one page, checked, answered and locked."""
