"""Named arrays and a state on disk: what caches are kept in."""
