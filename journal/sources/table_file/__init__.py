"""Histories that plain scripts write as CSV or JSONL."""
