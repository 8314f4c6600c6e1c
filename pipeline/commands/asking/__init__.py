"""The commands that ask: for matches, for what to filter by, for reasons."""
