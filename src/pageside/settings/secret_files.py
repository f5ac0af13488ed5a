"""Settings that stand in files, each in one of its own, as Docker and Kubernetes hand out secrets."""

from __future__ import annotations

from pathlib import Path

from pageside.errors import SettingsError


def read(folder: str) -> dict[str, str]:
    """What the files of `folder` hold, by their names; a file that is empty says nothing, and hidden ones are none.

    Args:
        folder: Where they are; empty where there is no such folder.

    Raises:
        SettingsError: The folder or one of its files cannot be read.
    """
    if not folder:
        return {}
    try:
        files = [path for path in Path(folder).iterdir() if not path.name.startswith(".") and path.is_file()]
        held = {path.name: path.read_text(encoding="utf-8").strip() for path in sorted(files)}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise SettingsError(f"PAGESIDE_SECRETS_DIR: {folder} cannot be read ({reason}).") from None
    return {name: value for name, value in held.items() if value}
