"""A jury on paper: what each table needs printed, and what comes back typed in."""
