"""Reports, decisions and appeals about what people write."""
