"""A small shop: orders come in as text, are priced, stocked, searched and reported."""
