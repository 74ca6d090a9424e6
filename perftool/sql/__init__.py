"""SQL text and trees: splitting, pooled parsing, fingerprints. The only package that knows sqlglot."""
