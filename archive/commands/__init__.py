"""The commands that need no crawler, one module each; table.py names them all."""
