"""What makes the data that comes with the project; nothing that is installed needs it."""
