"""File formats of profiles that can be read: one file for each."""
