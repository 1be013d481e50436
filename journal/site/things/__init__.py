"""The pages of runs, commits and metrics."""
