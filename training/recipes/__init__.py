"""Settings that belong to a result."""
