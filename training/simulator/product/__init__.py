"""Simulated SAFE products."""
