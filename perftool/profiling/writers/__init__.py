"""File formats that captures can be written in: one file for each."""
