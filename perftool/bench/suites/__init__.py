"""One benchmark suite a file, found by file name: each defines ``SUITE``."""
