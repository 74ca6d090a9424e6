"""One output format a file, found by file name: each defines ``FORMAT``."""
