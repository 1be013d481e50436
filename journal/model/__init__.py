"""The journal's nouns: frozen values that know nothing of files, git or trackers."""
