"""Results of queries kept for a while: in memory, on disk, in Redis.

A tier is one file of ``perftool.caching.tiers`` that defines ``TIER``. What is kept is bytes in a form of our own
(Arrow or JSON); nothing that comes out of a shared store is ever unpickled.
"""
