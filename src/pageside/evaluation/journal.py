"""The journal of a run: a line for each question asked, so that a run that was stopped can go on."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pydantic import ValidationError

from pageside import __version__
from pageside.errors import InvalidInput
from pageside.evaluation.cases import Case
from pageside.evaluation.results import Result
from pageside.settings import Settings

NAME = "journal.jsonl"


def key(case: Case, *, settings: Settings, generation: str) -> str:
    """Names a question, what it is asked with and of which index: the same key, the same result.

    Secrets take no part, so that a new key of the same endpoint does not ask everything anew.
    """
    told = "\n".join((__version__, case.digest, generation, settings.model_dump_json()))
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


class Journal:
    """A file of results, each written as soon as it is known; a context manager.

    A process that is killed loses the question it was at. A line that was cut off by that is taken away again.
    """

    def __init__(self, file: Path, *, resume: bool) -> None:
        self._file = file
        self._resume = resume
        self._open: IO[str] | None = None
        self.known: dict[str, Result] = {}

    def __enter__(self) -> Self:
        """Makes the file, or, to resume, reads it.

        Raises:
            InvalidInput: The file to resume from is not ours.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lines = self._read() if self._resume and self._file.exists() else []
        self._file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        self._open = self._file.open("a", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            self._open.close()

    def _read(self) -> list[str]:
        """The whole lines of the file; questions that failed are left out, to be asked again."""
        *lines, _cut_off = self._file.read_text(encoding="utf-8", errors="replace").split("\n")
        kept = []
        for number, line in enumerate(lines, start=1):
            try:
                result = Result.model_validate_json(line)
            except ValidationError:
                raise InvalidInput(
                    f"{self._file}:{number}: is no line of a journal of this version; leave --resume out to begin anew."
                ) from None
            if not result.error:
                self.known[result.key] = result
                kept.append(line)
        return kept

    def add(self, result: Result) -> None:
        """Keeps a result, now."""
        if self._open is None:
            raise RuntimeError("the journal is not open")
        self._open.write(result.model_dump_json() + "\n")
        self._open.flush()
