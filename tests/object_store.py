"""A real object store for tests: OpenStack Swift behind its S3 API, as a process that can be stopped and killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import obstore
import pytest
from obstore import exceptions
from obstore.store import S3Store
from pydantic import SecretStr

from pageside.storage.files_s3 import Bucket

KEY_ID, SECRET_KEY, BUCKET = "pageside:tester", SecretStr("testing"), "files"

_PATIENCE_S = 30


class ObjectStore:
    """The store over `folder`, and the address it keeps when it is started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def bucket(self, prefix: str = "", **other: object) -> Bucket:
        """The bucket as settings name it."""
        given = {"name": BUCKET, "endpoint": self.address, "key_id": KEY_ID, "secret_key": SECRET_KEY, **other}
        return Bucket(prefix=prefix, **given)  # type: ignore[arg-type]  # the test says which

    def start(self) -> None:
        """Starts it with whatever it held before; returns when it answers."""
        command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("s3_process.py"))]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(self._folder), str(self._port)], stdout=log, stderr=log, cwd=self._folder
            )
        ends = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"the object store did not start: {(self._folder / 'log').read_text()}")
            time.sleep(0.05)

    def make_bucket(self) -> None:
        """Makes the bucket, which the S3 API calls a PUT on its name."""
        whole = S3Store(
            "any",
            endpoint=self.address,
            region="us-east-1",
            access_key_id=KEY_ID,
            secret_access_key=SECRET_KEY.get_secret_value(),
            virtual_hosted_style_request=True,
            client_options={"allow_http": True},
        )
        try:
            obstore.put(whole, BUCKET, b"")
        except exceptions.GenericError as error:
            if "MissingEtag" not in str(error):  # a bucket has none
                raise

    def freeze(self) -> None:
        """It listens and never answers, until it is thawed."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """It is gone at once, with whatever it was about to write."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def held(self) -> set[Path]:
        """Every piece of an object on its disk, whether anybody can list it or not."""
        return set((self._folder / "disks").rglob("*.data"))

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            return httpx2.get(self.address, timeout=5).status_code > 0
        except httpx2.TransportError:
            return False


@contextmanager
def running(folder: Path) -> Iterator[ObjectStore]:
    """A store of one's own, with an empty bucket; may be killed and started again."""
    store = ObjectStore(folder)
    store.start()
    try:
        store.make_bucket()
        yield store
    finally:
        store.kill()


@pytest.fixture(scope="session")
def object_store(tmp_path_factory) -> Iterator[ObjectStore]:
    """The store of the whole test run; who uses it takes a prefix of their own."""
    with running(tmp_path_factory.mktemp("s3")) as store:
        yield store
