"""The whole application in this process, as the settings of a test make it, for tests about who is let in."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from fastapi import FastAPI
from tests import small_book
from tests.databases import migrated_file

from pageside import settings
from pageside.conversation.sessions import Sessions
from pageside.web import app as web
from pageside.wiring import serving
from pageside.wiring.serving import Services

LIST = {"type": "threads.list", "params": {}}
SECRET = "k9Vq3LwXz7TbN2hRf5Yd8JmCs4PgAu6E"
SITE = "http://book.test"
ELSEWHERE = "https://school.example"


@dataclass(frozen=True, slots=True)
class Door:
    """The application, and clients that stand before it."""

    services: Services
    app: FastAPI

    @asynccontextmanager
    async def client(self, peer: str = "127.0.0.1", **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
        """A client at the address `peer`; headers by name, `_` for `-`."""
        transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False, client=(peer, 4711))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx2.AsyncClient(transport=transport, base_url=SITE, headers=named) as client:
            yield client


@asynccontextmanager
async def door(
    folder: Path, *, store_url: str = "", now: Callable[[], datetime] | None = None, **chosen: Any
) -> AsyncIterator[Door]:
    """The application with the settings `chosen`.

    Args:
        now: The clock of sessions.
    """
    given = {"embedding_model": "none", "secret": "of-these-tests-alone-9xQw3Zr7Lk2Vb8Nm", **chosen}
    loaded = settings.load({}, data_dir=folder / "data", database_url=store_url or None, **given)
    book = small_book.write(folder / "book")
    kept = loaded.data_dir / "pageside.db"
    if not loaded.database_url and not kept.exists():
        migrated_file(kept)
    async with serving.open_services(loaded) as opened:
        services = opened if now is None else _timed(opened, now)
        yield Door(services, web.create(services, book))


def _timed(services: Services, now: Callable[[], datetime]) -> Services:
    assert services.settings.secret is not None
    sessions = Sessions(services.database, services.settings.secret, now=now)
    return replace(services, admission=replace(services.admission, sessions=sessions))


def by(token: str, **more: str) -> dict[str, str]:
    """Headers of a request under `token`."""
    return {"authorization": f"Bearer {token}", **more}


class Key:
    """A provider's key: signs tokens, and can be published."""

    def __init__(self, kid: str, algorithm: str = "RS256") -> None:
        self.kid, self.algorithm = kid, algorithm
        match algorithm[:2]:
            case "RS" | "PS":
                self.private: Any = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            case "ES":
                self.private = ec.generate_private_key(ec.SECP256R1())
            case _:
                self.private = ed25519.Ed25519PrivateKey.generate()

    @property
    def published(self) -> dict[str, Any]:
        shown = jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.private.public_key(), as_dict=True)
        return {**shown, "kid": self.kid, "use": "sig", "alg": self.algorithm}

    def sign(self, claims: Mapping[str, Any], **header: Any) -> str:
        return jwt.encode(dict(claims), self.private, algorithm=self.algorithm, headers={"kid": self.kid, **header})


class Provider:
    """Publishes keys over real HTTP on a loopback port; a context manager.

    Attributes:
        status: What it answers with.
        document: What it publishes.
        asked: How often it was asked.
    """

    def __init__(self, *keys: Key) -> None:
        self.status = 200
        self.asked = 0
        self.document: object = {"keys": [key.published for key in keys]}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked += 1
                body = json.dumps(provider.document).encode()
                self.send_response(provider.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Said nowhere."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/.well-known/jwks.json"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def publish(self, *keys: Key) -> None:
        self.document = {"keys": [key.published for key in keys]}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()


async def together(*waited: Any) -> list[Any]:
    """What each gives, all at once."""
    return list(await asyncio.gather(*waited))
