"""The life of an entry and of a journal: start a journal, write a new entry from a template."""
