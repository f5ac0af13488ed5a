"""The command line: index, passages, search, ask, eval, serve, mcp, migrate, prune, doctor."""

from pageside.cli import evaluating, mcp  # registers their commands
from pageside.cli.commands import main

__all__ = ["evaluating", "main", "mcp"]
