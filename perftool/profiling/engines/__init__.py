"""Who takes captures: one file for each profiler."""
