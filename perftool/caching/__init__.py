"""Results of queries kept for a while: in memory, on disk, in Redis."""
