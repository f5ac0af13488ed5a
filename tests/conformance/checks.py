"""What may be expected of any ChatKit endpoint, numbered; every test here says which expectations it decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])

CHECKS = {
    # asking
    1: "a new thread streams itself, the question, its options, and one answer, in this order",
    2: "every frame is one JSON document of a known kind, and the stream ends by closing",
    3: "the deltas add up to the final text, and an item is added before it is updated",
    4: "ids are unique over a long thread and cannot be guessed",
    5: "the first event does not wait for the model, and silence is never long",
    6: "a second message streams like the first, without a new thread",
    7: "the third answer knows the first two turns",
    8: "quote, tags, model and tool come back with the stored question",
    9: "a tag without data is taken",
    10: "annotations are the same streamed, final and stored",
    11: "annotations lie within the text and link to the web only",
    12: "a citation of nothing is not sent as one",
    13: "the first turn names the thread, once",
    # reading
    14: "a thread is given with a page of items, without hidden ones and private metadata",
    15: "a thread can be read after its title was made",
    16: "pages walk all items once, in either direction",
    17: "items of one instant keep the order in which they came",
    18: "pages stay where they are while items arrive",
    19: "the last page has no cursor",
    20: "hidden items never leave a page empty that has more behind it",
    21: "an unknown cursor is refused",
    22: "any number is a limit, a word is none",
    23: "an unknown order is refused",
    24: "threads come newest first, without deleted ones and without another reader's",
    25: "times carry their zone and are of now",
    # whose it is
    26: "another's thread is not read",
    27: "another's items are not listed",
    28: "nothing is said in another's thread",
    29: "another's thread is not renamed",
    30: "another's thread is not deleted",
    31: "another's thread takes no retry, action, tool output or form",
    32: "another's items take no opinion",
    33: "a message with another's attachment is refused and leaves no thread",
    34: "another's attachment is not deleted",
    35: "nothing a client sends moves a thread to another reader",
    36: "an item is found in its own thread only",
    37: "whoever is nobody is refused everywhere",
    # changing
    38: "a title stays; an endless or empty one is refused or clipped",
    39: "a deleted thread is gone with its items",
    40: "a thread deleted while it answers stays deleted",
    41: "the last opinion counts; an unknown kind is refused",
    42: "retrying the last question replaces its answer and keeps the question",
    43: "retrying the first question forgets everything after it",
    44: "retrying an unknown item is not found",
    45: "retrying an answer is refused",
    # tools, forms, widgets
    46: "a client tool's call is the last item; its output completes it and is answered; once",
    47: "any output of a client tool is taken or refused, never a fault",
    48: "a message while a call is pending is answered",
    49: "a form is answered, skipped or partly answered, once",
    50: "a widget comes back as it was sent, with what the server does not know",
    51: "an action streams; on what is no widget, or of an unknown type, it fails cleanly",
    52: "a synchronous action gives the changed item and keeps it",
    # attachments
    53: "an attachment is created, uploaded, sent and read",
    54: "history holds no live upload address and nothing private",
    55: "sizes, types and names that cannot be are refused",
    56: "a message with what was never uploaded is refused",
    57: "a deleted attachment is gone; one of another thread is not taken",
    58: "more bytes than declared are refused",
    # faults
    59: "what is no request is refused as such",
    60: "a huge body is refused at once",
    61: "strange characters break nothing",
    62: "a fault is told without internals, and history shows what the reader saw",
    63: "a model that is down, slow or busy becomes an error with a way to retry",
    64: "a locked thread takes nothing and stores nothing",
    65: "two questions at once in a thread never interleave",
    66: "the same request sent twice under one key is done once",
    # leaving
    67: "leaving keeps what was said, and the next turn works",
    68: "a slow reader who leaves loses nothing either",
    69: "after leaving, model and tools stop",
    70: "leaving before the first word leaves no empty answer",
    71: "a reader who resumes misses nothing and sees nothing twice",
    72: "stopping ends the answer; a lost connection does not, for whoever resumes",
    73: "a server that is shut down keeps what was said",
    # the rest
    74: "speech becomes text; what is no speech is refused",
    75: "what is switched off says so",
    76: "two hundred streams at once never mix",
    77: "answers are neither stored nor buffered on the way",
    78: "hidden items are never shown",
    79: "page, profile and tags never change the instructions",
    80: "nothing is sent anywhere but to the configured model",
}  # fmt: skip


def check(*numbers: int) -> Callable[[Test], Test]:
    """Says which of `CHECKS` a test decides; `decided` tells, and `test_catalogue` reads it from the source."""

    def marked(test: Test) -> Test:
        assert all(number in CHECKS for number in numbers), numbers
        vars(test)["checks"] = numbers
        return test

    return marked


def decided(test: object) -> tuple[int, ...]:
    """Which of `CHECKS` a test decides."""
    return getattr(test, "checks", ())
