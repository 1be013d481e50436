"""Runs on a W&B server, read through W&B's own SDK."""
