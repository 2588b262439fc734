"""The networks, the methods made of them, and their weights (torch)."""
