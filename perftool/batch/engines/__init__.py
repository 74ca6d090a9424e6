"""Parsers that can judge statements; one file each, with ``ENGINE``."""
