"""The ten processes and what distracts from them."""
