"""Scripts behind the figures on ``perftool batch``."""
