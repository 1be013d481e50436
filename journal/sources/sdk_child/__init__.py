"""A tracker's SDK in a process of its own: started, asked over pipes, bounded in time, always ended."""
