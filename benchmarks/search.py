"""How well search finds the page that answers: `python -m benchmarks.search [--half test]`.

Every question set is asked of its own book in three ways: by plain BM25 (bm25s with its own splitting of words, English
stop words and Snowball stemming, the headings in front of the text), by the prototype that was there before any of
this (a passage for each stretch of 220 words of a section, MiniLM and BM25, their hundred best fused by the spread of
their scores, DBSF), and as `Search` gives it. A hit is a passage of a page that answers, among the first 1 or 5; MRR
and nDCG look at the first 10, of which each page counts once. A question that needs two sections is asked for
separately: both must be among the first 6 passages.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
import snowballstemmer
from benchmarks import questions
from benchmarks.questions import Asked

from pageside.knowledge import generation, ingest, keywords
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
    """Of one way of searching on one set of questions: shares from 0 to 1, and of how many questions.

    Attributes:
        both_6: Of the questions that need two sections, how many have both among the first six passages.
    """

    questions: int
    hit_1: float
    hit_5: float
    mrr: float
    ndcg_10: float
    both_6: int
    pairs: int

    def __str__(self) -> str:
        shares = " ".join(f"{each:.3f}" for each in (self.hit_1, self.hit_5, self.mrr, self.ndcg_10))
        return f"{self.questions:4} {shares}  {self.both_6}/{self.pairs}"


def figures(asked: Sequence[Asked], found: Sequence[Sequence[str]]) -> Figures:
    """From the pages of the passages found for each question, best first."""
    single = [(each, paths[:10]) for each, paths in zip(asked, found, strict=True) if not each.both]
    pairs = [(each, paths[:6]) for each, paths in zip(asked, found, strict=True) if each.both]
    ranks = [place(paths, question) for question, paths in single]
    reciprocals = [1 / rank if rank else 0.0 for rank in ranks]
    return Figures(
        questions=len(single),
        hit_1=_mean([rank == 1 for rank in ranks]),
        hit_5=_mean([0 < rank <= 5 for rank in ranks]),
        mrr=_mean(reciprocals),
        ndcg_10=_mean([ndcg(paths, question) for question, paths in single]),
        both_6=sum(all(any(path in pages for path in paths) for pages in each.both) for each, paths in pairs),
        pairs=len(pairs),
    )


def ndcg(paths: Sequence[str], question: Asked) -> float:
    """Discounted gain of the pages that answer, each where it is first met, of the best there could be."""
    pages = list(dict.fromkeys(paths))
    gain = sum(1 / math.log2(at + 2) for at, path in enumerate(pages) if path in question.pages)
    return gain / sum(1 / math.log2(at + 2) for at in range(min(len(question.pages), 10)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


async def indexed(name: str, embedder: RememberingEmbedder | MiniLM, *, workplace: Path = WORKPLACE) -> Path:
    """The data folder in which the book of the set `name` is indexed."""
    data_dir = workplace / "data" / name
    await ingest.update(questions.book(name, workplace=workplace), data_dir=data_dir, embedder=embedder)
    return data_dir


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


def prototype(words: Mapping[int, float], vectors: Mapping[int, float]) -> list[int]:
    """Both lists one: mean less three deviations of each is 0, mean plus three is 1; what one lacks gets nothing.

    Source: distribution-based score fusion, M. Mazzeschi 2023, as in Qdrant's `Fusion.DBSF`.
    """
    fused: dict[int, float] = {}
    for scores in (words, vectors):
        values = np.array(list(scores.values()))
        spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        for number, score in scores.items():
            share = (score - values.mean() + 3 * spread) / (6 * spread) if spread else 0.5
            fused[number] = fused.get(number, 0.0) + share
    return sorted(fused, key=lambda number: -fused[number])


def place(paths: Iterable[str], question: Asked) -> int:
    """Rank, from 1, of the first of `paths` that answers; 0 where none does."""
    return next((at for at, path in enumerate(paths, 1) if path in question.pages), 0)


async def measure(name: str, embedder: RememberingEmbedder, half: str, *, workplace: Path) -> dict[str, Figures]:
    """Figures of every way of searching on the set `name`."""
    data_dir = await indexed(name, embedder, workplace=workplace)
    asked = [question for question in questions.asked(name) if question.pages and question.half == half]
    vectors = await embedder.queries([question.text for question in asked])
    reading = generation.opened(generation.root(data_dir, "book"))
    passages = list(reading.catalogue.passages())
    paths = [passage.path for passage in passages]
    plain = PlainBM25(passages)
    found: dict[str, list[list[str]]] = {"plain BM25": [], "prototype": [], "as shipped": []}
    search = Search(EmbeddedIndex(data_dir), embedder)
    for question, vector in zip(asked, vectors, strict=True):
        found["plain BM25"].append(plain.paths(question.text))
        order = prototype(by_words(reading, question.text), by_vectors(reading, vector))
        found["prototype"].append([paths[number] for number in order])
        findings = await search.find(question.text, limit=10)
        found["as shipped"].append([each.passage.path for each in findings.passages])
    reading.close()
    return {way: figures(asked, each) for way, each in found.items()}


async def main() -> None:
    """Prints one line for each set and way: questions, hit@1, hit@5, MRR@10, nDCG@10, both sections among six."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--half", choices=["dev", "test"], default="test")
    arguments.add_argument("--sets", nargs="*", default=[*questions.sets(), *questions.VERSIONED])
    arguments.add_argument("--workplace", type=Path, default=WORKPLACE, help="where the indexes are kept")
    chosen = arguments.parse_args()
    embedder = RememberingEmbedder(MiniLM(), limit=50_000)
    for name in chosen.sets:
        for way, result in (await measure(name, embedder, chosen.half, workplace=chosen.workplace)).items():
            print(f"{name:34} {way:12} {result}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
