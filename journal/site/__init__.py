"""The site: plain Markdown pages made from entries and evidence alone, and MkDocs to build and serve them."""
