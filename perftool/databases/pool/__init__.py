"""Connection pools that say what they do."""
