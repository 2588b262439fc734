"""The quantity that every network sees: the square root of sea-surface roughness, 0 to 2."""

QUANTITY_KEY = "METOCEAN_QUANTITY"


QUANTITY = "sqrt_roughness"


# The square root of roughness that networks were trained on goes up to this: larger values are ships and
# land. Integers carry it over the whole range of their type.
LARGEST = 2.0
