"""The site's search: what the pages' script looks words up in."""
