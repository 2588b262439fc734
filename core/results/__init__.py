"""From a method's probabilities to the rasters and tables a user sees."""
