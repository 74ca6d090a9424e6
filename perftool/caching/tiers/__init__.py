"""Places that keep results: one file each, found by its name."""
