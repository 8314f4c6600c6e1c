"""The commands that change what is built, and take it back; one file each."""
