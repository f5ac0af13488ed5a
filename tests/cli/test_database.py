"""PostgreSQL from the command line: the guide word by word, and what is said when something is amiss."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
from tests import served, small_book, zygote
from tests.chatkit_client import ChatKit
from tests.repository import ROOT

GUIDE = (ROOT / "docs" / "guides" / "use-postgresql.md").read_text(encoding="utf-8")
SQL = re.findall(r"^```sql\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
CONSOLE = "".join(re.findall(r"^```console\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))


def run(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def findings(folder, url):
    done = zygote.run(["doctor", "--json"], cwd=folder, env={"DATABASE_URL": url})
    found = {row["part"]: row for row in json.loads(done.stdout)}
    return done, found["database"], found


async def test_the_guide_leads_from_nothing_to_a_database_in_use(postgres, tmp_path):
    """Its statements and commands, in their order; what serves answers, can neither migrate nor pass the wall."""
    there = {"pageside_owner": "guide_owner", "pageside": "guide_serving"}

    def renamed(words):
        named = re.sub(r"\bpageside(_owner)?\b(?! (?:migrate|doctor|serve))", lambda name: there[name[0]], words)
        return named.replace("127.0.0.1:5432", f"127.0.0.1:{postgres.port}")

    try:
        for statement in renamed(SQL[0]).split(";\n"):
            postgres.sql(statement)
        postgres.sql(renamed(SQL[1]), on="book")
        lines = [line.removeprefix("$ ") for line in renamed(CONSOLE).splitlines() if line.startswith("$ ")]
        migrate, export, doctor, serve = lines
        migrated = run(migrate, tmp_path)
        told = run(f"{export}; {doctor}", tmp_path)
        book = small_book.write(tmp_path / serve.rpartition(" ")[2])
        name, _, url = export.removeprefix("export ").partition("=")
        with served.server(book, tmp_path / "data", EMBEDDING_MODEL="none", **{name: url}) as address:
            async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
                answered = await ChatKit(http).ask("What does a servo do?")
        kept = postgres.sql("select title from chatkit.threads", on="book")
        role = postgres.sql("select rolsuper or rolbypassrls from pg_roles where rolname = 'guide_serving'")
        owner = postgres.sql("select distinct tableowner from pg_tables where schemaname = 'chatkit'", on="book")
    finally:
        postgres.sql("drop database if exists book with (force)")
        postgres.sql("drop role if exists guide_serving; drop role if exists guide_owner")

    assert migrated.stdout.startswith("The database is at revision ")
    assert re.search(r"✔ database +reachable, at revision", told.stdout)
    assert "row-level security" not in told.stdout
    assert answered.text
    assert kept == "What does a servo do?"
    assert (role, owner) == ("f", "guide_owner")


def test_the_doctor_says_what_a_database_lacks(postgres, tmp_path):
    """To be migrated, a right, a role of its own: each with what to do."""
    bare = postgres.database(migrated=False)
    _, unmade, _ = findings(tmp_path, bare)
    whole = postgres.database()
    postgres.sql("revoke usage on schema chatkit from pageside_serving", on=whole)
    done, unentered, _ = findings(tmp_path, whole)
    powerful = findings(tmp_path, postgres.url(whole.rpartition("/")[2], role="postgres"))[2]

    assert (unmade["state"], unmade["remedy"]) == (
        "missing",
        "Run `pageside migrate`, as the role that owns the schema.",
    )
    assert (done.returncode, unentered["state"]) == (1, "broken")
    assert "permission denied for schema chatkit" in unentered["told"]
    assert powerful["database"]["state"] == "on"
    assert "'postgres' is a superuser" in powerful["row-level security"]["told"]


def test_no_command_says_the_password(postgres, tmp_path):
    """Neither where it is right nor where it is wrong."""
    url = postgres.database()
    wrong = url.replace("s3cret", "0ther")
    told = [
        zygote.run([word], cwd=tmp_path, env={"DATABASE_URL": each})
        for word in ("doctor", "migrate")
        for each in (url, wrong)
    ]

    assert [done.returncode for done in told] == [0, 1, 0, 1]
    for done in told:
        assert not re.search("s3cret|0ther|%252F|%2F@'word", done.stdout + done.stderr)
    assert "does not accept the password of role 'pageside_serving'" in told[1].stdout
    assert "does not accept the password of role 'pageside_serving'" in told[3].stderr
