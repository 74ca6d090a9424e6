"""Results of any benchmark tool: read, matched, compared and judged."""
