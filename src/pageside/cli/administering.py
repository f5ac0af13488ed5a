"""`pageside admin`: a link into the administration, for whoever may run commands where the server keeps its files."""

from __future__ import annotations

import getpass
from pathlib import Path
from urllib.parse import urlencode

import click

from pageside.cli.commands import main
from pageside.cli.running import command, loaded
from pageside.errors import SettingsError
from pageside.identity.invitations import Invitations
from pageside.identity.looker import Looker
from pageside.identity.tokens import kept_secret
from pageside.settings import Settings


@main.command(name="admin")
@click.option("--name", default="", help="Who opens it, for the record of looks.  [default: the user of this machine]")
@click.option("--org", "organisation", default=None, help="The one organisation they see.  [default: all]")
@click.option("--text", is_flag=True, help="Let them read words of readers, too, each time for a reason that is kept.")
@click.option("--url", default="", help="The server's address.  [default: from the settings]")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Where Pageside keeps its files.")
@command
async def admin(name: str, organisation: str | None, text: bool, url: str, data_dir: Path | None) -> None:
    """Print a link that opens the administration once."""
    chosen = loaded(data_dir=data_dir)
    who = name or f"{_user()}, by link"
    click.echo("Opens the administration once, in the next ten minutes; who has it, is let in:", err=True)
    click.echo(link(chosen, Looker(who, organisation, text), url=url))


def link(chosen: Settings, by: Looker, *, url: str = "") -> str:
    """An address that lets `by` in, once, for ten minutes.

    Args:
        url: Of the server; what the settings say where it is empty.

    Raises:
        SettingsError: The server's secret is not set and cannot be kept.
    """
    try:
        secret = chosen.secret or kept_secret(chosen.data_dir)
    except OSError as error:
        raise SettingsError(f"{chosen.data_dir} cannot be written: {error.strerror}. Set PAGESIDE_SECRET.") from None
    return f"{url.rstrip('/') or _address(chosen)}/admin/sign-in?{urlencode({'token': Invitations(secret).link(by)})}"


def _address(chosen: Settings) -> str:
    if chosen.public_url:
        return chosen.public_url.rstrip("/")
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    return f"http://{'127.0.0.1' if host in {'0.0.0.0', '[::]'} else host}:{chosen.port}"  # noqa: S104


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
