"""The simulator and everything that makes weights."""
