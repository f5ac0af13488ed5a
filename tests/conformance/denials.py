"""What a refusal looks like on any server: a 4xx in JSON that shows nothing of the inside."""

from __future__ import annotations

import httpx2

_INSIDE = ("Traceback", "sqlalchemy", "pydantic", "SELECT ", 'File "')
_PROBLEM = "application/problem+json"


def denied(response: httpx2.Response, *statuses: int) -> str:
    """The words of a refusal with one of `statuses`, any 4xx where none is said; fails where it is no refusal."""
    assert response.status_code in (statuses or range(400, 500)), response.text
    kind = response.headers["content-type"].partition(";")[0]
    assert kind in {"application/json", _PROBLEM}
    document = response.json()
    assert isinstance(document, dict)
    assert not any(word in response.text for word in _INSIDE)
    if kind == _PROBLEM:  # RFC 9457, and what this house adds to it
        assert document["status"] == response.status_code
        assert {"type", "title", "detail", "code", "request_id"} <= document.keys()
    return str(document.get("detail") or document.get("message") or document.get("error") or response.text)
