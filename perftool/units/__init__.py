"""Base units, their direction, and numbers as text."""
