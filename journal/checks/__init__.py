"""One rule, one place: each looks at the journal and returns findings."""
