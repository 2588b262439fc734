"""Whole simulated images."""
