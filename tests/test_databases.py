"""The server of the tests: what it is, and that it leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.databases import OWNER, SERVING, as_owner
from tests.repository import ROOT

STARTED = """
import sys
from tests import databases

server = databases.Postgres(databases._installed())
print(server.folder, (server.folder / "data" / "postmaster.pid").read_text().split()[0], server._watch.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.usefixtures("postgres_server")  # without which this would only fail where there can be none
@pytest.mark.parametrize("how", ["kill", "terminate", "end"])
def test_however_the_tests_end_the_server_ends_too(how):
    """Killed without a chance to tidy up: no process and no folder is left."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTED], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as tests:
        folder, server, watch = tests.stdout.readline().split()
        running = [psutil.Process(int(server)), psutil.Process(int(watch))]
        name, users = running[0].name(), running[0].uids()
        {"kill": tests.kill, "terminate": tests.terminate, "end": tests.stdin.close}[how]()
        tests.wait(timeout=60)
    for process in running:
        process.wait(timeout=60)

    assert name == "postgres"
    assert users.effective != 0
    assert not Path(folder).exists()


def test_its_folder_is_nobody_elses(postgres_server):
    """Neither the data nor the folder above it is opened to others for its sake."""
    places = (postgres_server.folder, postgres_server.folder / "data")

    assert [place.stat().st_mode & 0o077 for place in places] == [0, 0]


def test_it_is_reached_from_this_machine_alone(postgres_server):
    """By a password, which is asked for at every door."""
    rules = postgres_server.sql("select distinct auth_method from pg_hba_file_rules")
    addresses = postgres_server.sql("show listen_addresses")

    assert rules == "scram-sha-256"
    assert addresses == "127.0.0.1"


def test_a_database_is_new_and_goes_with_the_next(postgres, postgres_server):
    """Empty, of the owner's, and dropped when a test after its own makes another."""
    url = postgres.database()
    name = url.rpartition("/")[2]
    owner = postgres.sql("select distinct tableowner from pg_tables where schemaname = 'chatkit'", on=url)
    threads = postgres.sql("select count(*) from chatkit.threads", on=url)
    postgres.stop()
    postgres_server.tidy()
    postgres.database()
    left = postgres.sql(f"select count(*) from pg_database where datname = '{name}'")

    assert (owner, threads, left) == (OWNER, "0", "0")
    assert (f"//{SERVING}:" in url, f"//{OWNER}:" in as_owner(url)) == (True, True)


def test_no_setting_of_ours_reaches_it(postgres_server, monkeypatch):
    """Nor a variable of libpq's: what is asked is asked of this server."""
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    monkeypatch.setenv("PGDATABASE", "another")
    monkeypatch.setenv("PGOPTIONS", "-c search_path=elsewhere")

    assert postgres_server.sql("show search_path") == '"$user", public'
    assert postgres_server.sql("select current_database()") == "postgres"
