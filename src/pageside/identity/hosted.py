"""Sessions of a workflow that OpenAI hosts, begun there for a reader of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote

import openai
import structlog
from pydantic import SecretStr

from pageside.errors import Unavailable
from pageside.identity.reader import Reader

log = structlog.get_logger(__name__)

TIMEOUT_S: Final = 20.0


class SessionsUnavailable(Unavailable):
    """OpenAI gave no session."""

    code = "sessions_unavailable"


@dataclass(frozen=True, slots=True)
class HostedSession:
    """What OpenAI gave: a secret for the page, never our key."""

    id: str
    secret: str
    expires_at: int


class Hosted:
    """Begins sessions of one workflow."""

    def __init__(
        self,
        workflow_id: str,
        *,
        api_key: SecretStr,
        base_url: str = "",
        lifetime: timedelta = timedelta(hours=1),
        requests_per_minute: int = 10,
    ) -> None:
        """Sessions of `workflow_id`.

        Args:
            base_url: Of the API; OpenAI's own where it is empty.
            requests_per_minute: That OpenAI takes in each session.
        """
        self._client = openai.AsyncOpenAI(
            api_key=api_key.get_secret_value(), base_url=base_url or None, timeout=TIMEOUT_S, max_retries=1
        )
        self._workflow_id = workflow_id
        self._lifetime = lifetime
        self._requests_per_minute = requests_per_minute

    async def begin(self, reader: Reader) -> HostedSession:
        """A session for the reader; waits for OpenAI for 20 seconds, twice at most.

        Raises:
            SessionsUnavailable: OpenAI cannot be reached, or refuses.
        """
        try:
            made = await self._client.beta.chatkit.sessions.create(
                user=user(reader),
                workflow={"id": self._workflow_id},
                expires_after={"anchor": "created_at", "seconds": int(self._lifetime.total_seconds())},
                rate_limits={"max_requests_per_1_minute": self._requests_per_minute},
            )
        except openai.OpenAIError as error:
            status = error.status_code if isinstance(error, openai.APIStatusError) else None
            log.warning("hosted_session_refused", why=type(error).__name__, status=status)
            raise SessionsUnavailable("No session could be begun. Please try again in a little while.") from None
        return HostedSession(made.id, made.client_secret, made.expires_at)

    async def aclose(self) -> None:
        """Closes connections to OpenAI."""
        await self._client.close()


def user(reader: Reader) -> str:
    """The reader as OpenAI keeps them apart: two of the same name in two organisations are two."""
    subject = quote(reader.subject, safe="@")
    return f"{quote(reader.organisation, safe='')}/{subject}" if reader.organisation else subject
