"""Publishing: built catalogues as repositories of the Hugging Face hub, and back."""
