"""A book of a few passages, an embedder that needs no model, and an index of the two."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

import anyio.to_thread
import numpy as np

from pageside import ids
from pageside.knowledge import windows
from pageside.knowledge.catalogue import Page
from pageside.knowledge.embed import Embedder, Vectors, embedded_text, unit
from pageside.knowledge.passage import NO_LABELS, Passage
from pageside.knowledge.sink import FolderSink, Sink


class HashingEmbedder:
    """Texts that share words are alike; nothing else is known of them."""

    def __init__(self, dimensions: int = 499, *, name: str = "hashing") -> None:
        self.dimensions = dimensions
        self.name = name
        self.embedded: list[str] = []

    async def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                row[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % self.dimensions] += 1
        return unit(rows)

    async def queries(self, texts: Sequence[str]) -> Vectors:
        return await self.passages(texts)


def passage(
    text: str,
    *,
    path: str = "page.md",
    headings: Sequence[str] = ("Page",),
    language: str = "en",
    labels: Mapping[str, str] = NO_LABELS,
    position: int = 0,
) -> Passage:
    anchor = headings[-1].lower().replace(" ", "-")
    seed = repr((path, tuple(headings), text))
    return Passage(
        id=hashlib.sha256(seed.encode()).hexdigest()[:16],
        path=path,
        heading=headings[-1],
        heading_path=tuple(headings),
        anchor=anchor,
        url=f"/docs/{path.removesuffix('.md')}#{anchor}",
        text=text,
        start=0,
        end=len(text),
        language=language,
        labels=MappingProxyType(dict(labels)),
        position=position,
    )


ROBOTS = (
    passage(
        "A servo turns its shaft to the angle it is told and holds it there.",
        path="motion/servos.md",
        headings=("Motion", "Servos"),
        labels={"module": "Module 1", "section_type": "concepts"},
    ),
    passage(
        "Call `create_publisher` on an rclpy.node.Node with a message type, a topic and a queue depth.",
        path="ros2/topics.md",
        headings=("Topics", "Publishing"),
        labels={"module": "Module 2", "section_type": "code"},
    ),
    passage(
        "A node that wants to hear a topic subscribes to it; its callback runs for each message.",
        path="ros2/topics.md",
        headings=("Topics", "Subscribing"),
        labels={"module": "Module 2", "section_type": "concepts"},
    ),
    passage(
        "Inverse kinematics finds the joint angles that bring the hand to a wanted pose.",
        path="motion/arms.md",
        headings=("Arms", "Inverse kinematics"),
        labels={"module": "Module 1", "section_type": "algorithms", "tags": "arms, kinematics"},
    ),
    passage(
        "ロボットの関節は角度を測るセンサーを持つ。",
        path="ja/joints.md",
        headings=("関節",),
        language="ja",
        labels={"module": "Module 3"},
    ),
)


async def put(
    data_dir: Path, passages: Iterable[Passage] = ROBOTS, *, embedder: Embedder | None = None, book: str = "book"
) -> str:
    """Makes `passages` the current generation of `book` and gives its name."""
    return await put_into(FolderSink(data_dir, book=book), passages, embedder=embedder)


async def put_into(sink: Sink, passages: Iterable[Passage] = ROBOTS, *, embedder: Embedder | None = None) -> str:
    """Makes `passages` the current generation of the book that `sink` is of, and gives its name."""
    numbered = list(passages)
    vectors, parts = None, []
    if embedder is not None:
        vectors = await embedder.passages([embedded_text(each.heading_path, each.text) for each in numbered])
        parts = [await embedder.passages(windows.texts(each)) for each in numbered]
    paths = list(dict.fromkeys(each.path for each in numbered))
    pages = [
        Page(path, path, f"/docs/{path.removesuffix('.md')}", "en", f"digest of {path}", at, f"state of {path}")
        for at, path in enumerate(paths)
    ]
    facts = {
        "model": embedder.name if embedder else "",
        "built_at": ids.now().isoformat(),
        "documents": str(len(pages)),
    }
    written: list[int] = []
    async with sink.writing(wait_s=0):
        publish = partial(sink.publish, vectors=vectors, parts=parts, facts=facts, written=written.append)
        return await anyio.to_thread.run_sync(publish, pages, numbered)
