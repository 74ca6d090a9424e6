"""Whole commands, measured as processes: wall, user and system time, peak memory, exit code."""
