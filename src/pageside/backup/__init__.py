"""One archive of everything a server keeps, and a server from an archive."""
