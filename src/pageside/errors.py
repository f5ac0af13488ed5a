"""Everything that can go wrong, drawn as one tree.

    PagesideError
    ├── BookError               the folder cannot be used as a book
    ├── IndexMissing            nothing has been indexed yet
    ├── IndexBusy               another process is indexing
    │   └── Updated             somebody asked for it already        (administration.reindexing)
    ├── IndexBroken             the index on disk cannot be read
    ├── NotFound                no such thing, or not this reader's
    │   ├── Missing             the same inside a ChatKit stream     (conversation.refusals)
    │   ├── NoSuchTask          the reader has no task of the number (tasks.task)
    │   └── NothingToUndo       nothing was done with their tasks    (tasks.task)
    ├── BadRequest              a request that cannot be understood
    │   └── InvalidInput        understood, but a field is not acceptable
    │       ├── BadTask         what is said of a task cannot be kept (tasks.task)
    │       │   └── NotDone     a tool refused, so nothing was done   (answer.planner.managing)
    │       ├── KeyReused       its key stood for another request    (conversation.repeats)
    │       └── MessageRefused  a message that is not taken here     (conversation.moderation)
    ├── ResultGone              carried out, but its answer is lost  (conversation.repeats)
    ├── Unauthorized            nobody knows who is asking
    │   ├── TokenDenied         a token proves nothing               (identity.denial)
    │   ├── LinkUsed            a link lets nobody in any more       (administration.entering)
    │   └── Elsewhere           a guest's cookie is good here alone  (web.recognition)
    ├── Forbidden               who is asking may not do this
    ├── TooManyRequests         the reader has to wait before they ask again
    │   ├── LimitReached        they asked as often as they may      (limiting.limiter)
    │   └── BudgetSpent         what may be spent in a day is spent  (conversation.budgets)
    ├── TooLarge                a body, message or file over its limit
    ├── ThreadBusy              the thread is already answering
    │   └── Busy                and when it may be free              (conversation.busy)
    │       └── RequestUnderWay this very request is under way       (conversation.busy)
    ├── ThreadClosed            the thread takes no more messages
    ├── TooManyThreads          the reader has as many threads as they may (conversation.quota)
    ├── AlreadySent             the file is part of a message        (conversation.attachments)
    ├── AlreadyUploaded         the file has its bytes               (conversation.attachments)
    ├── NotSupported            the operation is switched off here
    ├── Unavailable             a part we depend on does not answer
    │   ├── StoreUnavailable    the database
    │   │   └── StoreDown       the same inside a ChatKit stream     (conversation.refusals)
    │   ├── IndexUnavailable    the service that keeps the index
    │   ├── RedisUnavailable    Redis                                (storage.redis_server)
    │   ├── KeysUnavailable     the identity provider's keys         (identity.keys)
    │   ├── Overloaded          as many answers as are made at once  (conversation.capacity)
    │   ├── SessionsUnavailable sessions that OpenAI hosts           (identity.hosted)
    │   ├── ModelUnavailable    the language model
    │   ├── AnswerFailed        an answer, after it had begun        (web.chat_streams)
    │   │   └── AnswerLost      and it cannot be tried again         (web.chat_streams)
    │   └── ModerationUnavailable whoever looks at messages          (conversation.moderation)
    ├── ArchiveUnusable         a file is no whole backup            (backup.archive)
    ├── PlaceTaken              a restore would find rows there      (storage.refill)
    ├── RowsUnfit               rows that fit no table               (storage.refill)
    └── SettingsError           a setting is misspelt or unusable

A class that only one module raises stands in that module, named behind it; everybody else knows it by its parent.
Each class carries what the outside needs: an HTTP `status`, a stable `code`, whether trying again may help, and a
message for a person that says what happened, to which thing, and what to do.
"""

from __future__ import annotations

from typing import ClassVar

from pageside.phrases import phrase


class PagesideError(Exception):
    """Root of the tree; `str(error)` is fit to be shown to a reader, and `said` to one who reads another language."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str | phrase.Phrase = "") -> None:
        super().__init__(str(message))
        self._message = message

    def said(self, language: str) -> str:
        """The message in `language`, ISO 639-1; in English where it is not for readers."""
        return phrase.say(self._message, language)


class BookError(PagesideError):
    status = 400
    code = "book_unusable"


class IndexMissing(PagesideError):
    status = 503
    code = "index_missing"
    retryable = True


class IndexBusy(PagesideError):
    status = 409
    code = "index_busy"
    retryable = True


class IndexBroken(PagesideError):
    status = 503
    code = "index_broken"


class NotFound(PagesideError):
    status = 404
    code = "not_found"


class BadRequest(PagesideError):
    status = 400
    code = "bad_request"


class InvalidInput(BadRequest):
    status = 422
    code = "invalid_input"


class Unauthorized(PagesideError):
    status = 401
    code = "unauthorized"


class Forbidden(PagesideError):
    status = 403
    code = "forbidden"


class TooManyRequests(PagesideError):
    """Too much at once; `retry_after_s` says in how many seconds it is worth asking again."""

    status = 429
    code = "too_many_requests"
    retryable = True

    def __init__(self, message: str | phrase.Phrase, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooLarge(PagesideError):
    status = 413
    code = "too_large"


class ThreadBusy(PagesideError):
    status = 409
    code = "thread_busy"
    retryable = True


class ThreadClosed(PagesideError):
    status = 409
    code = "thread_closed"


class NotSupported(PagesideError):
    status = 501
    code = "not_supported"


class Unavailable(PagesideError):
    status = 503
    code = "unavailable"
    retryable = True


class StoreUnavailable(Unavailable):
    code = "store_unavailable"


class IndexUnavailable(Unavailable):
    code = "index_unavailable"


class ModelUnavailable(Unavailable):
    code = "model_unavailable"


class SettingsError(PagesideError):
    code = "settings"
