"""Expressions, statistics and windows: pure functions over columns."""
