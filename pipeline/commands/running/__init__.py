"""The commands that run the page and look after the machine that it runs on."""
