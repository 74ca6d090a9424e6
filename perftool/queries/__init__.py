"""What ``perftool query`` does: run statements, stream results, work through batches of queries."""
