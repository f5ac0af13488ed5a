"""Everything that can go wrong, drawn as one tree.

    PagesideError
    ├── BookError            the folder cannot be used as a book
    ├── IndexMissing         nothing has been indexed yet
    ├── IndexBusy            another process is indexing
    ├── IndexBroken          the index on disk cannot be read
    ├── NotFound             no such thing, or not this reader's
    ├── BadRequest           a request that cannot be understood
    │   └── InvalidInput     understood, but a field is not acceptable
    ├── TooLarge             a body or a message over its limit
    ├── ThreadBusy           the thread is already answering
    ├── ThreadClosed         the thread takes no more messages
    ├── NotSupported         the operation is switched off here
    ├── Unavailable          a part we depend on does not answer
    │   ├── StoreUnavailable the database
    │   └── ModelUnavailable the language model
    └── SettingsError        a setting is misspelt or unusable

Each class carries what the outside needs: an HTTP `status`, a stable `code`, whether trying again may help, and a
message for a person that says what happened, to which thing, and what to do.
"""

from __future__ import annotations

from typing import ClassVar


class PagesideError(Exception):
    """Root of the tree; `str(error)` is fit to be shown to a reader."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False


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


class ModelUnavailable(Unavailable):
    code = "model_unavailable"


class SettingsError(PagesideError):
    code = "settings"
