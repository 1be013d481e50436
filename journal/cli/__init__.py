"""The `journal` command: one small file per verb; each parses options, calls, prints."""
