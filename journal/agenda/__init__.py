"""What is waiting in a journal: results, steps, predictions, runs."""
