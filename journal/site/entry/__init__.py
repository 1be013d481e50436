"""The page of an entry: what it says of itself, its text with tables, and the evidence of every number."""
