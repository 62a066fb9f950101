"""Comments on proposals, with one level of replies."""
