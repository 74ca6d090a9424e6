"""The command line: the only package that prints, catches and exits."""
