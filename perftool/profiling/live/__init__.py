"""Profiling of a service while it runs, asked for over HTTP as Go's net/http/pprof is."""
