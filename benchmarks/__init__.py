"""Measurements, each a command that says how it measures. See docs/testing.md."""
