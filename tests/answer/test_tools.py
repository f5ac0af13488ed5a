"""`search_textbook` as everyone calls it."""

from __future__ import annotations

from dataclasses import asdict

from tests.answer.shelf import PASSAGES, Shelf

from pageside.answer.tools import SearchError, SearchResult, search_textbook


async def test_a_result_has_the_promised_shape():
    """Every field, with a quote that stands in the passage and a link that marks it."""
    result = await search_textbook(Shelf(), "why do steppers lose steps", max_results=2)

    assert isinstance(result, SearchResult)
    shown = asdict(result)
    assert set(shown) == {"status", "content", "citations", "confidence", "chunks_retrieved"}
    assert set(shown["citations"][0]) == {"source", "title", "section", "relevance", "text_preview", "url", "quote"}
    assert (result.status, result.chunks_retrieved) == ("success", 2)
    first = result.citations[0]
    assert first.quote == "Steppers lose steps when they are overloaded, and do not notice."
    assert first.url.startswith("/motors#stepper-motors:~:text=")
    assert "[1] Motors > Stepper motors" in result.content


async def test_an_empty_query_is_an_error():
    """An error is a value with a code and words."""
    assert await search_textbook(Shelf(), "  ") == SearchError(
        "invalid_input", "The query is empty: say what to look for."
    )


async def test_a_missing_book_is_an_error_in_words():
    """What the tree says, without internals."""
    result = await search_textbook(Shelf(missing=True), "servo")

    assert isinstance(result, SearchError)
    assert (result.status, result.error) == ("error", "index_missing")


async def test_a_failure_shows_no_internals():
    """What broke is for the log."""

    class Broken(Shelf):
        async def find(self, *args, **kwargs):
            raise RuntimeError("secret path /etc/x")

    result = await search_textbook(Broken(), "servo")

    assert result == SearchError("internal", "The search failed. Try again in a moment.")


async def test_too_many_results_are_fewer():
    """A limit outside 1 to 20 is brought inside."""
    result = await search_textbook(Shelf(), "motor", max_results=9999)

    assert isinstance(result, SearchResult)
    assert result.chunks_retrieved == len(PASSAGES)
