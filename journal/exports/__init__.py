"""Other formats: one table of an entry as CSV, JSON, LaTeX or HTML."""
