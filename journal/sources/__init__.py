"""Where runs come from: an interface, a registry, and local W&B folders as the first source."""
