"""The commands that need no crawler, one module each; archive/cli.py names them all."""
