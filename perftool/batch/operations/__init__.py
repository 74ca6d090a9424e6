"""What can be done with a statement; one file each, with ``OPERATION``."""
