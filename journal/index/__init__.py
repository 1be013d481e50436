"""All entries of a journal: load them, find one, list them."""
