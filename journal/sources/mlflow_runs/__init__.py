"""Runs that MLflow recorded: in databases, in folders of files, and on tracking servers."""
