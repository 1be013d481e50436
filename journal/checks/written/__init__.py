"""What the author wrote by hand: its numbers with their context, and what the numbers say of one another."""
