"""The five methods of the paper."""
