"""The commands that share over the Hugging Face hub what is built, one file each."""
