"""Bytes of an entry to its parts and back, and one file's safe load and save."""
