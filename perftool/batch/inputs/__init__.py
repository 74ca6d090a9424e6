"""What statements are read from; one file each, with ``INPUT``."""
