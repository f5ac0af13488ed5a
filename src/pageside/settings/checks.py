"""What several settings have to be."""

from __future__ import annotations

from urllib.parse import urlsplit


def http_url(url: str) -> str:
    """`url` without a slash at its end; empty where nothing is set.

    Raises:
        ValueError: It is none.
    """
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise ValueError("must begin with http:// or https:// and name a host")
    if "@" in urlsplit(url).netloc:
        raise ValueError("must hold no name and no password, for it is shown; a key has a setting of its own")
    return url.rstrip("/")
