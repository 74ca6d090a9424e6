"""The rules, one file each, found by file name; each defines ``RULE`` and knows no other rule."""
