"""Claims that a jury tests, the criteria it sets itself, and how hard each project is."""
