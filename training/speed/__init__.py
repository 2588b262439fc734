"""How fast and how lean the plugin is, in ratios within one run: ``python -m metocean.training.speed``."""
