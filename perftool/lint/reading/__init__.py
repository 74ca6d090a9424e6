"""Read what people keep SQL in: templates, Python files, folders; and tell which dialect it is."""
