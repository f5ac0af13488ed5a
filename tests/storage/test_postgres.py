"""A PostgreSQL server as a part that comes and goes, and what is said to it."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from structlog.testing import capture_logs
from tests.databases import PASSWORD, as_owner
from tests.storage.rows import ADA, EVE, count, thread, thread_ids
from tests.storage.wire import wire

from pageside.errors import StoreUnavailable
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.storage.tables import threads

SOON = timedelta(milliseconds=200)


@pytest.fixture
def url(postgres):
    return postgres.database()


@pytest.fixture
async def database(url):
    opened = await Database.open(url, prepare=migrate.upgrade)
    yield opened
    await opened.aclose()


async def setting(connection, name):
    return (await connection.execute(text(f"select current_setting('{name}')"))).scalar_one()


async def test_a_unit_of_work_is_one_message_more_at_either_end(postgres, url):
    """Round trips, once a statement was described: its own, one before, one after."""
    async with wire(postgres.port) as way:
        database = await Database.open(way.url(url), pool_size=1)

        async def taken(unit, statements):
            before = way.round_trips
            async with unit(ADA) as connection:
                for _ in range(statements):
                    await connection.execute(select(threads.c.id))
            return way.round_trips - before

        described = await taken(database.reading, 1)
        counts = [await taken(unit, n) for unit in (database.reading, database.transaction) for n in (0, 1, 5)]
        await database.aclose()

    assert described == 4
    assert counts == [2, 3, 7, 2, 3, 7]


async def test_the_pool_is_warm_when_the_database_is_open(postgres, url):
    """Every connection is there before the first reader is, and none is opened for them."""
    async with wire(postgres.port) as way:
        database = await Database.open(way.url(url), pool_size=4)
        warm = way.connections
        await asyncio.gather(*[thread_ids(database) for _ in range(4)])
        after = way.connections
        await database.aclose()

    assert (warm, after) == (4, 4)


async def test_fewer_connections_than_wanted_are_enough(postgres, url):
    """A role that may have two serves with two, and it is logged."""
    postgres.sql("alter role pageside_serving connection limit 2")
    try:
        with capture_logs() as logs:
            database = await Database.open(url, pool_size=5)
        healthy = await database.healthy()
        await database.aclose()
    finally:
        postgres.sql("alter role pageside_serving connection limit -1")

    assert healthy
    assert [line["event"] for line in logs] == ["connections_not_warmed"]


async def test_a_restart_of_the_server_costs_nobody_a_request(postgres, database):
    """Connections that died in the pool are replaced before a statement is sent."""
    await asyncio.gather(*[thread_ids(database) for _ in range(10)])
    postgres.stop()
    down = await database.healthy()
    postgres.start()
    found = await asyncio.gather(*[thread_ids(database) for _ in range(10)])

    assert not down
    assert found == [[]] * 10


async def test_connections_that_were_cut_unseen_are_replaced(postgres, url):
    """By what lies between, with nothing said to either side: the first message finds out."""
    async with wire(postgres.port) as way:
        database = await Database.open(way.url(url), pool_size=3, busy_timeout=SOON)
        way.break_off()
        found = await asyncio.gather(*[thread_ids(database) for _ in range(3)])
        await database.aclose()

    assert found == [[]] * 3


async def test_a_connection_lost_in_the_middle_is_one_failure(postgres, url):
    """The reader hears it, nothing is stored, and the next unit of work is whole."""
    async with wire(postgres.port) as way:
        database = await Database.open(way.url(url))

        async def half():
            async with database.transaction(ADA) as connection:
                await connection.execute(thread("a"))
                way.break_off()
                await connection.execute(thread("b"))

        with pytest.raises(StoreUnavailable, match="try again"):
            await half()
        assert await thread_ids(database) == []
        await database.aclose()


async def test_a_server_that_says_nothing_is_not_waited_for_long(postgres, url):
    """As one that is halted: who asks is told so, and so is whoever asks how the database is."""
    async with wire(postgres.port) as way:
        database = await Database.open(way.url(f"{url}?connect_timeout=1"), busy_timeout=SOON, statement_timeout=SOON)
        way.silent.set()
        with pytest.raises(StoreUnavailable):
            async with asyncio.timeout(20):
                await thread_ids(database)
        healthy = await database.healthy()
        way.silent.clear()
        way.break_off()
        again = await database.healthy()
        await database.aclose()

    assert (healthy, again) == (False, True)


async def test_a_server_that_is_not_there_yet_is_looked_for_again(postgres, url):
    """Everybody who asks meanwhile hears so at once; what is to be prepared is prepared when it comes."""
    prepared = []

    async def prepare(where):
        await migrate.upgrade(where)
        prepared.append(where)

    postgres.stop()
    database = await Database.open(url, prepare=prepare)
    failures = await asyncio.gather(*[thread_ids(database) for _ in range(20)], return_exceptions=True)
    postgres.start()
    found = await asyncio.gather(*[thread_ids(database) for _ in range(20)])
    await database.aclose()

    assert {type(failure) for failure in failures} == {StoreUnavailable}
    assert found == [[]] * 20
    assert prepared == [url]


async def test_a_database_that_lost_its_tables_is_prepared_anew(postgres, url):
    """As after an empty one was put in its place."""
    database = await Database.open(as_owner(url), prepare=migrate.upgrade)
    postgres.sql('drop schema chatkit cascade; grant create on database :"DBNAME" to pageside_owner', on=url)
    lost = await database.healthy()
    found = await database.healthy()
    await database.aclose()

    assert (lost, found) == (False, True)


async def test_two_processes_write_one_readers_rows_in_turn(url):
    """Two pools, as of two processes: read, then write, and no update is lost."""
    one, two = await Database.open(url), await Database.open(url)
    async with one.transaction(ADA) as connection:
        await connection.execute(thread("a"))

    async def add_one(database):
        async with database.transaction(ADA) as connection:
            activity = (await connection.execute(select(threads.c.activity))).scalar_one()
            await connection.execute(threads.update().values(activity=activity + 1))

    await asyncio.gather(*[add_one((one, two)[n % 2]) for n in range(20)])
    async with two.reading(ADA) as connection:
        reached = (await connection.execute(select(threads.c.activity))).scalar_one()
    await one.aclose()
    await two.aclose()

    assert reached == 20


async def test_other_readers_do_not_wait(url):
    """A writer who takes long holds up nobody but themselves; and they are told when it is too long."""
    database = await Database.open(url, busy_timeout=SOON)
    async with database.transaction(ADA):
        async with database.transaction(EVE) as connection:
            await connection.execute(thread("e", EVE))
        assert await thread_ids(database, ADA) == []
        with pytest.raises(StoreUnavailable) as failure:
            async with database.transaction(ADA):
                raise AssertionError
    async with database.transaction(ADA) as connection:
        assert await count(connection) == 0
    await database.aclose()

    assert "kept its lock for too long" in str(failure.value.__cause__)


async def test_a_statement_that_takes_too_long_is_cancelled(url):
    """By the server, so that it stops working on it."""
    database = await Database.open(url, statement_timeout=SOON)
    with pytest.raises(StoreUnavailable) as failure:
        async with database.reading(ADA) as connection:
            await connection.execute(text("select pg_sleep(30)"))
    assert await database.healthy()
    await database.aclose()

    assert "took too long" in str(failure.value.__cause__)


async def test_limits_are_set_for_each_transaction(database):
    """Nothing rests on the session, which behind a pooler is somebody else's next time."""
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_isolation")
    async with database.reading(ADA) as connection:
        reading = [await setting(connection, name) for name in (*names, "transaction_read_only", "search_path")]
    async with database.transaction(ADA) as connection:
        writing = [await setting(connection, name) for name in (*names, "transaction_read_only")]

    assert reading == ["10s", "5s", "15s", "repeatable read", "on", '"$user", public']
    assert writing == ["10s", "5s", "15s", "read committed", "off"]


async def test_no_statement_gets_a_name(database):
    """A name would live in a server connection that a pooler gives to somebody else."""
    async with database.transaction(ADA) as connection:
        await connection.execute(thread("a"))
        for _ in range(10):
            await connection.execute(select(threads.c.id))
        named = await connection.execute(text("select count(*) from pg_prepared_statements where name <> ''"))

        assert named.scalar_one() == 0


async def test_a_failure_that_was_passed_over_is_not_taken_for_success(database):
    """PostgreSQL stores nothing of a transaction in which a statement failed, and says so only in passing."""

    async def careless():
        async with database.transaction(ADA) as connection:
            await connection.execute(thread("a"))
            with pytest.raises(DBAPIError):
                await connection.execute(thread("a"))

    with pytest.raises(InvalidRequestError, match="nothing of it was stored"):
        await careless()
    assert await thread_ids(database) == []


async def test_reading_cannot_write(database):
    """Not even by mistake."""
    with pytest.raises(StoreUnavailable):
        async with database.reading(ADA) as connection:
            await connection.execute(thread("a"))


async def test_a_role_that_passes_the_wall_is_warned_of(postgres, url):
    """In the log, and to whoever asks."""
    with capture_logs() as logs:
        database = await Database.open(postgres.url(url.rpartition("/")[2], role="postgres"))
    concerns = database.concerns()
    await database.aclose()

    assert [line["event"] for line in logs] == ["row_security_bypassed"]
    assert "'postgres' is a superuser" in concerns[0]


async def test_no_password_is_logged(postgres, url):
    """Whatever goes wrong."""
    wrong = [
        url.replace("pageside_serving", "nobody_at_all"),
        url.replace("/test_", "/none_"),
        f"{url}?sslmode=require",
    ]
    with capture_logs() as logs:
        for each in wrong:
            database = await Database.open(each, prepare=migrate.upgrade)
            await database.healthy()
            await database.aclose()

    told = str(logs)
    assert len(logs) == 6
    assert not [part for part in (PASSWORD, "s3cret", "%252F") if part in told]
    assert "does not speak TLS" in told


async def test_the_socket_of_this_machine_is_a_way_too(postgres, url):
    """As libpq writes it."""
    credentials, name = url.partition("@127")[0], url.rpartition("/")[2]
    encoded = str(postgres.folder).replace("/", "%2F")
    for place in (f"/{name}?host={postgres.folder}&port={postgres.port}", f"{encoded}:{postgres.port}/{name}"):
        database = await Database.open(f"{credentials}@{place}")
        assert await database.healthy()
        await database.aclose()


def certified(folder, name):
    """A server's certificate for `name`, signed by an authority of its own, which is in `authority.pem`."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Authority")])
    now = datetime.now(UTC)
    blank = x509.CertificateBuilder().issuer_name(authority_name).not_valid_before(now - timedelta(days=1))
    blank = blank.not_valid_after(now + timedelta(days=1))
    authority = (
        blank.subject_name(authority_name)
        .serial_number(1)
        .public_key(authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    certificate = (
        blank.subject_name(x509.Name([]))
        .serial_number(2)
        .public_key(key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(certificate.public_bytes(pem) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.mark.parametrize(
    ("asked", "works"),
    [
        ("sslmode=require", True),
        ("sslmode=prefer", True),
        ("sslmode=verify-full&sslrootcert={authority}", True),
        ("sslmode=require&channel_binding=require&sslrootcert={authority}", True),
        ("sslmode=verify-full", False),
        ("sslmode=require&channel_binding=require", False),
        ("sslmode=verify-full&sslrootcert=system", False),
    ],
)
async def test_tls_is_what_the_url_asks_for(postgres, url, tmp_path, asked, works):
    """Where the server must prove who it is, an authority nobody trusts is not enough."""
    async with wire(postgres.port, tls=certified(tmp_path, "localhost")) as way:
        query = asked.replace("{authority}", str(tmp_path / "authority.pem"))
        with capture_logs() as logs:
            database = await Database.open(f"{way.url(url, 'localhost')}?{query}")
        healthy = await database.healthy()
        await database.aclose()

    assert healthy is works
    assert ("is not trusted" in str(logs)) is not works
