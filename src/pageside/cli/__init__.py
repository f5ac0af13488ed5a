"""The command line: index, passages, search, ask, serve, migrate, prune, doctor."""

from pageside.cli.commands import main

__all__ = ["main"]
