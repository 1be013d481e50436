"""The pages that lead to entries: home, the explorer, the chronicle, tags and authors, and the feed."""
