"""Boards: what of all entries needs a look, is awaited, was expected, is left to do, failed, or was put right."""
