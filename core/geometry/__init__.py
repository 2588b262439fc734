"""Where pixels lie on the ground, and putting rasters on a map."""
