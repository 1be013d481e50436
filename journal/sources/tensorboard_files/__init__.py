"""TensorBoard's event files as a source of runs."""
