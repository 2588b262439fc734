"""From a scene to the sea-surface roughness that networks see."""
