"""How well search finds the page that answers: `python -m benchmarks.search [--half test]`.

Every question set is asked of its own book: by plain BM25 (bm25s with its own splitting of words, English stop words
and Snowball stemming, the headings in front of the text), by our own words alone, by vectors alone, fused in three
ways, and as `Search` gives it. A hit is a passage of a page that answers, among the first 1 or 5; MRR looks at the
first 10.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
import snowballstemmer
from benchmarks import questions
from benchmarks.questions import Asked

from pageside.knowledge import generation, ingest, keywords, rank
from pageside.knowledge.embed import MiniLM, Vectors, embedded_text
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.generation import Generation
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.passage import Passage
from pageside.knowledge.search import Search

DEPTH = 100
WORKPLACE = Path(tempfile.gettempdir()) / "pageside-benchmarks"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one way of searching on one set of questions: shares from 0 to 1."""

    hit_1: float
    hit_5: float
    mrr: float

    def __str__(self) -> str:
        return f"{self.hit_1:.3f} {self.hit_5:.3f} {self.mrr:.3f}"


def figures(ranks: Sequence[int]) -> Figures:
    """From the rank, from 1, of the first right passage for each question; 0 where there was none."""
    array = np.array(ranks, dtype=float)
    array[array == 0] = np.inf
    return Figures(
        float((array <= 1).mean()), float((array <= 5).mean()), float(np.where(array <= 10, 1 / array, 0).mean())
    )


async def indexed(name: str, embedder: RememberingEmbedder | MiniLM) -> Path:
    """The data folder in which the book of the set `name` is indexed."""
    data_dir = WORKPLACE / "data" / name
    await ingest.update(questions.book(name, workplace=WORKPLACE), data_dir=data_dir, embedder=embedder)
    return data_dir


def reciprocal(lists: Iterable[Mapping[int, float]], *, k: int = 60) -> list[int]:
    """One ranking from several by reciprocal rank (Cormack, Clarke, Buettcher, SIGIR 2009)."""
    scores: dict[int, float] = {}
    for ranking in lists:
        for place, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (k + place)
    return sorted(scores, key=lambda number: -scores[number])


class PlainBM25:
    """BM25 as one gets it from a library with what its documentation advises for English."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._stem = snowballstemmer.stemmer("english").stemWords
        self._ranking = bm25s.BM25()
        self._ranking.index(
            self._words([embedded_text(each.heading_path, each.text) for each in passages]), show_progress=False
        )
        self._paths = [each.path for each in passages]

    def paths(self, text: str) -> list[str]:
        """Pages of the first passages for `text`, best first."""
        found, scores = self._ranking.retrieve(self._words([text]), k=min(DEPTH, len(self._paths)), show_progress=False)
        return [self._paths[number] for number, score in zip(found[0], scores[0], strict=True) if score > 0]

    def _words(self, texts: Sequence[str]) -> bm25s.tokenization.Tokenized:
        return bm25s.tokenize(list(texts), stopwords="en", stemmer=self._stem, show_progress=False)


def by_words(reading: Generation, text: str) -> dict[int, float]:
    """The first passages by BM25."""
    terms = keywords.query(text, languages=reading.catalogue.languages)
    return reading.catalogue.by_words(terms, limit=DEPTH, filters={})


def by_vectors(reading: Generation, vector: Vectors) -> dict[int, float]:
    """The first passages by cosine."""
    cosines = reading.vectors @ vector
    return {int(number): float(cosines[number]) for number in np.argsort(-cosines)[:DEPTH]}


WAYS: Mapping[str, Callable[[Mapping[int, float], Mapping[int, float]], Iterable[int]]] = {
    "words": lambda words, vectors: words,
    "vectors": lambda words, vectors: vectors,
    "RRF, k 60": lambda words, vectors: reciprocal([words, vectors]),
    "DBSF, 1 : 1": lambda words, vectors: rank.fuse([words, vectors]),
    "DBSF, 1 : 1.5": lambda words, vectors: rank.fuse([words, vectors], weights=[1, 1.5]),
}


def place(paths: Iterable[str], question: Asked) -> int:
    """Rank, from 1, of the first of `paths` that answers; 0 where none does."""
    return next((at for at, path in enumerate(paths, 1) if path in question.pages), 0)


async def measure(name: str, embedder: RememberingEmbedder, half: str) -> dict[str, Figures]:
    """Figures of every way of searching on the set `name`."""
    data_dir = await indexed(name, embedder)
    asked = [question for question in questions.asked(name) if question.pages and question.half == half]
    vectors = await embedder.queries([question.text for question in asked])
    reading = generation.opened(generation.root(data_dir, "book"))
    passages = list(reading.catalogue.passages())
    paths = [passage.path for passage in passages]
    plain = PlainBM25(passages)
    ranks: dict[str, list[int]] = {way: [] for way in ("plain BM25", *WAYS, "as shipped")}
    search = Search(EmbeddedIndex(data_dir), embedder)
    for question, vector in zip(asked, vectors, strict=True):
        ranks["plain BM25"].append(place(plain.paths(question.text), question))
        lists = by_words(reading, question.text), by_vectors(reading, vector)
        for way, order in WAYS.items():
            ranks[way].append(place((paths[number] for number in order(*lists)), question))
        found = await search.find(question.text, limit=10)
        ranks["as shipped"].append(place((each.passage.path for each in found.passages), question))
    reading.close()
    return {f"{way} ({len(asked)})": figures(each) for way, each in ranks.items()}


async def main() -> None:
    """Prints one line for each set and way: hit@1, hit@5, MRR@10."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--half", choices=["dev", "test"], default="test")
    arguments.add_argument("--sets", nargs="*", default=[*questions.sets(), *questions.OTHER_SCRIPTS])
    chosen = arguments.parse_args()
    embedder = RememberingEmbedder(MiniLM(), limit=50_000)
    for name in chosen.sets:
        for way, result in (await measure(name, embedder, chosen.half)).items():
            print(f"{name:34} {way:24} {result}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
