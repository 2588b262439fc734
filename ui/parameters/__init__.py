"""Parameters and their widgets."""
