"""What jurors get for their time and costs, and the thanks that they take home."""
