"""Database systems, one file each, found by file name; ``DRIVER`` is what a file gives."""
