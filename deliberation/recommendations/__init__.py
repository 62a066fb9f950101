"""A jury's recommendations, the authority's reply to each, and what jurors say of the reply."""
