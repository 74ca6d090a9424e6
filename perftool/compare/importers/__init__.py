"""Importers of benchmark results, one file each, found by name."""
