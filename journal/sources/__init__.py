"""Where runs come from: an interface and its contract, a registry, W&B's run folders, plain CSV and JSONL."""
