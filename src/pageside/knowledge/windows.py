"""What of a passage is embedded besides the whole of it: where it stands, and each stretch of a few sentences; pure.

One vector for two hundred words says what they are about; the one sentence in it that answers does not show. The
likeness of a question to a passage is therefore made of three: to the whole, to the headings above it alone, and to
the stretch of it that is most like the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from pageside.knowledge import chunk, sentences
from pageside.knowledge.embed import Vectors
from pageside.knowledge.passage import Passage

_WORDS: Final = 60  # of a stretch; a longer sentence is one by itself
# What the whole, the headings and the nearest stretch count for; chosen by `python -m benchmarks.search --half dev`.
_WHOLE: Final = 0.2
_HEADINGS: Final = 0.2
_NEAREST: Final = 0.6


def texts(passage: Passage) -> tuple[str, ...]:
    """What is embedded of `passage` besides the whole: its headings first, then its stretches, if it has several."""
    stretches = tuple(_stretches(passage))
    return (" > ".join(passage.heading_path), *(stretches if len(stretches) > 1 else ()))


def likeness(whole: float, parts: Vectors, question: Vectors) -> float:
    """How alike a question and a passage are, -1 to 1.

    Args:
        whole: Cosine of the passage as a whole.
        parts: One unit row for each of `texts`; without any, or of zeros alone, the whole is all there is.
    """
    if not len(parts) or not parts[0].any():
        return whole
    headings, *stretches = map(float, np.asarray(parts, dtype=np.float32) @ question)
    return joined(whole, headings, max(stretches, default=None))


def joined(whole: float, headings: float | None, nearest: float | None) -> float:
    """The likeness from the cosines of the whole, of the headings, and of the nearest stretch where there are several.

    Args:
        headings: None where only the whole was embedded: then that is all there is.
    """
    if headings is None:
        return whole
    return _WHOLE * whole + _HEADINGS * headings + _NEAREST * (whole if nearest is None else nearest)


def _stretches(passage: Passage) -> Iterator[str]:
    held: list[str] = []
    words = 0.0
    for sentence in _sentences(passage):
        more = chunk.size(sentence)
        if held and words + more > _WORDS:
            yield _under(passage, held)
            held, words = [], 0.0
        held.append(sentence)
        words += more
    if held:
        yield _under(passage, held)


def _sentences(passage: Passage) -> Iterator[str]:
    for span in sentences.split(passage.text, language=passage.language):
        if text := passage.text[span.start : span.end].strip():
            yield text


def _under(passage: Passage, held: Sequence[str]) -> str:
    return f"{passage.heading}\n{' '.join(held)}"
