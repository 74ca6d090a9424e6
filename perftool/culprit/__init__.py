"""From a row that got worse to the functions that account for it, and the commits that touched them."""
