"""What tests use: a live page, a hub on this machine, and commands run against it."""
