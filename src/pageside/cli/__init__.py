"""The command line: index, passages, search, ask, eval, serve, migrate, prune, doctor."""

from pageside.cli import evaluating  # registers its command
from pageside.cli.commands import main

__all__ = ["evaluating", "main"]
