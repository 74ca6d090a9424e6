"""What runs inside the profiled process: standard library only, imported under the name ``_perftool_profiler``."""
