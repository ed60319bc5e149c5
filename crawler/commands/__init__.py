"""The commands that fetch, one module each; crawler/cli.py names them all."""
