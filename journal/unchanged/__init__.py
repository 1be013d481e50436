"""What was found of entries of which no file has changed since, as git remembers it of its files."""
