"""Curves of metrics on pages: a picture for everybody, and a live chart where scripts run."""
