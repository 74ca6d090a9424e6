"""Scripts behind the figures on ``perftool lint``: speed, scale, coverage, precision."""
