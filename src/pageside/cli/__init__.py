"""The command line: index, passages, search, ask, eval, serve, mcp, migrate, prune, backup, restore, admin, doctor."""

from pageside.cli import administering, backing_up, evaluating, mcp  # registers their commands
from pageside.cli.commands import main

__all__ = ["administering", "backing_up", "evaluating", "main", "mcp"]
