"""Notes from elsewhere: what a free-form Markdown file states, and the entry made of it without losing a byte."""
