"""Log lines, printed without the time stamp."""

from __future__ import annotations


class Logger:
    def __init__(self, name: str) -> None:
        self.name = name

    def info(self, message: str) -> None:
        print(f"[INFO] [{self.name}]: {message}")

    def warning(self, message: str) -> None:
        print(f"[WARN] [{self.name}]: {message}")

    warn = warning

    def error(self, message: str) -> None:
        print(f"[ERROR] [{self.name}]: {message}")

    def fatal(self, message: str) -> None:
        print(f"[FATAL] [{self.name}]: {message}")

    def debug(self, message: str) -> None:
        """Nothing: the default level is INFO."""


def get_logger(name: str) -> Logger:
    return Logger(name)
