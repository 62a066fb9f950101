"""The office: what officials, auditors and facilitators see, put together from all features."""
