"""Formats of rows; one file each, found by its name."""
