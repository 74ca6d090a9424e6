"""Reports on disk: whole files or none, versions upgraded, baselines by environment and name."""
