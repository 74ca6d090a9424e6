"""Settings tried side by side: which is surely better, and at what price."""
