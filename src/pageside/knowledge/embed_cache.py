"""Vectors that were paid for once, kept in one file that several processes share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from pageside.knowledge.embed import Vectors

_BUSY_S: Final = 30.0
_ASKED_AT_ONCE: Final = 500  # SQLite takes at least 999 variables in one statement

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS embeddings (
    embedder TEXT NOT NULL, key TEXT NOT NULL, vector BLOB NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (embedder, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS embeddings_by_use ON embeddings (used);
"""


class EmbeddingCache:
    """Vectors by embedder and text digest; the file may be deleted at any time and costs only the work to embed anew.

    Args:
        file: Made, with its folder, when it is first written to; replaced when it is no database.
        limit: Vectors kept at most; those unused for longest go first.
    """

    def __init__(self, file: Path, *, limit: int = 500_000) -> None:
        self._file = file
        self._limit = limit

    def get(self, embedder: str, keys: Sequence[str]) -> dict[str, Vectors]:
        """What is known of `keys`, and notes that it was of use."""
        found: dict[str, Vectors] = {}
        with self._connection() as connection:
            for at in range(0, len(keys), _ASKED_AT_ONCE):
                asked = keys[at : at + _ASKED_AT_ONCE]
                where = f"embedder = ? AND key IN ({', '.join('?' * len(asked))})"
                rows = connection.execute(f"SELECT key, vector FROM embeddings WHERE {where}", (embedder, *asked))  # noqa: S608
                found |= {key: np.frombuffer(vector, dtype=np.float32) for key, vector in rows}
                connection.execute(
                    f"UPDATE embeddings SET used = ? WHERE {where}",  # noqa: S608
                    (_today(), embedder, *asked),
                )
        return found

    def put(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        """Keeps `vectors`, all of them or, when killed, none."""
        with self._connection() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)",
                (
                    (embedder, key, np.asarray(vector, np.float32).tobytes(), _today())
                    for key, vector in vectors.items()
                ),
            )

    def trim(self) -> None:
        """Brings the file back to its limit."""
        with self._connection() as connection:
            (count,) = connection.execute("SELECT count(*) FROM embeddings").fetchone()
            connection.execute(
                "DELETE FROM embeddings WHERE (embedder, key) IN "
                "(SELECT embedder, key FROM embeddings ORDER BY used LIMIT ?)",
                (max(0, count - self._limit),),
            )

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection in one transaction."""
        connection = self._opened()
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def _opened(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _prepared(self._file)
        except sqlite3.OperationalError:  # busy or unreadable: not for us to delete
            raise
        except sqlite3.DatabaseError:
            self._file.unlink(missing_ok=True)
            return _prepared(self._file)


def _prepared(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_BUSY_S)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


def _today() -> int:
    return int(time.time() // 86400)
