"""Measure, find, fix and guard the performance of SQL-heavy software."""

__version__ = "0.1.0.dev0"
