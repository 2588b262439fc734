"""The use cases, a file each: what the algorithms call."""
