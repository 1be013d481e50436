"""W&B's run folders: where logs are found, which of them are one run, and how their parts are joined."""
