"""Measuring: suites, calibration, blocks, passes."""
