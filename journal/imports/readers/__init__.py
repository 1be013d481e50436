"""What a free-form note states: each reader takes a page and gives facts, each with its line and how sure it is."""
