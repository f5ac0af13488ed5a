"""How every command runs: its settings, its JSON, and its errors as sentences with an exit code."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, NoReturn, ParamSpec

import anyio
import click

from pageside import settings, telemetry
from pageside.errors import PagesideError, SettingsError
from pageside.settings import Settings

P = ParamSpec("P")


def command(run: Callable[P, Coroutine[Any, Any, int | None]]) -> Callable[P, None]:
    """Runs a coroutine as a command: an error of ours is a sentence on standard error and a non-zero exit."""

    @wraps(run)
    def entered(*args: P.args, **kwargs: P.kwargs) -> None:
        async def main() -> int | None:
            return await run(*args, **kwargs)

        try:
            code = anyio.run(main)
        except PagesideError as error:
            _fail(str(error), 2 if isinstance(error, SettingsError) else 1)
        except KeyboardInterrupt:
            _fail("Stopped.", 130)
        except BrokenPipeError:
            sys.stderr.close()  # the reader of our output went away; there is nobody to tell
            sys.exit(1)
        except (OSError, sqlite3.OperationalError) as error:
            _fail(f"A file cannot be read or written: {error}. Is the disk full, or the data folder read-only?", 1)
        sys.exit(code or 0)

    return entered


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"pageside: {message}", err=True)
    sys.exit(code)


def loaded(*, quiet: bool = True, **overrides: object) -> Settings:
    """The settings of the environment, with what the command line says in place of theirs; logs go by them.

    Args:
        quiet: Whether only warnings are logged, for commands that print what they found.

    Raises:
        SettingsError: They cannot be used.
    """
    chosen = settings.load(**overrides)
    telemetry.configure(style=chosen.log_format, level="WARNING" if quiet else chosen.log_level)
    return chosen


def emit(row: object) -> None:
    """Prints `row` as JSON on one line of standard output."""
    click.echo(json.dumps(row, ensure_ascii=False))
