"""What runs inside the measuring interpreter: standard library only, nothing of perftool, Python 3.9 or newer.

These files are started by path in an interpreter that may not have perftool (``bench --python``).
"""
