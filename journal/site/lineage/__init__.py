"""Entries, commits and runs as a graph: around one entry, and of the whole journal."""
