"""What a request writes in the same transaction as its own rows: the key it came under and its claim on a thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from chatkit.types import NoticeEvent

from pageside import ids


@dataclass(slots=True)
class Claim:
    """The key of a request that changes something, to be stored with the first thing it changes.

    Attributes:
        digest: SHA-256 of the operation and its parameters, in hex; where the reader is does not count.
        thread_id: The thread it is about; None where it is about none.
        with_message: Whether that first thing is the reader's message.
        result: What a JSON operation answers, where that is known before it is carried out.
        id: Tells this request from another under the same key.
        written: Whether the row is stored.
    """

    key: str
    digest: str
    thread_id: str | None
    with_message: bool
    result: str | None = None
    id: str = field(default_factory=lambda: ids.new("req"))
    written: bool = False


@dataclass(slots=True)
class Seat:
    """The right of a process to answer in a thread.

    Attributes:
        holder: The process.
        lifetime: How long the claim holds without being renewed.
        grace: How long to wait for another process to give the thread up.
        taken: Whether the claim is stored; it may be stored with the reader's message.
        left: Whether it is given up again, or is being given up.
    """

    thread_id: str
    holder: str
    lifetime: timedelta
    grace: timedelta = timedelta(0)
    taken: bool = False
    left: bool = False


@dataclass(slots=True)
class Alongside:
    """What goes with a request: how it came, and what there is to write beside its own rows.

    Attributes:
        resumes: Whether its client comes back when the connection is lost.
        session: The one it came in; empty for none.
        notices: What its reader is told beside the answer, for how often they asked.
        anew: Whether they want another answer than they were given.
    """

    resumes: bool = False
    session: str = ""
    claim: Claim | None = None
    seat: Seat | None = None
    notices: tuple[NoticeEvent, ...] = ()
    anew: bool = False
