"""The command line: index, passages, search, ask, eval, serve, mcp, migrate, prune, backup, restore, doctor."""

from pageside.cli import backing_up, evaluating, mcp  # registers their commands
from pageside.cli.commands import main

__all__ = ["backing_up", "evaluating", "main", "mcp"]
