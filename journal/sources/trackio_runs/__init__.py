"""Trackio's databases as a source of runs."""
