"""Archives as they come back from tapes and from strangers: whole, or refused in words before anything is written."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.backup import archive, indexes, restoring
from pageside.backup.archive import ArchiveUnusable, Facts, Writer
from pageside.backup.backing_up import Place
from pageside.errors import PagesideError, StoreUnavailable
from pageside.storage import migrate, revisions
from pageside.storage.files import LocalFiles

FACTS = Facts(
    created_at="2026-11-22T08:00:00+00:00",
    revision="0001",
    database="sqlite",
    tables={"threads": 1, "items": 0, "feedback": 0, "leases": 0},
    index="embedded",
)
THREAD = {
    "id": "t", "organisation": "", "subject": "ada", "title": None, "details": "{}", "activity": 1, "last_seq": 0,
    "created_at": "2026-03-01T12:00:00.000000+00:00", "updated_at": "2026-03-01T12:00:00.000000+00:00",
}  # fmt: skip
ROW = json.dumps(THREAD).encode() + b"\n"
CHUNK = st.tuples(st.sampled_from(["files", "index", "secret"]), st.binary(max_size=2000))


def written(*members, facts=FACTS):
    out = io.BytesIO()
    writer = Writer(out)
    for kind, what, content in members:
        writer.add(kind, what, io.BytesIO(content), size=len(content), rows=content.count(b"\n") * (kind == "rows"))
    writer.finish(facts)
    return out.getvalue()


WHOLE = written(("rows", "threads", ROW), ("files", "aa/b~1", b"bytes" * 1000), ("secret", "", b"s" * 40))


def checked(told):
    return archive.checked(io.BytesIO(told))


def by_hand(*members, manifest=None):
    """An archive as somebody else might put it together: members as they are given, compressed."""
    out = io.BytesIO()
    with gzip.open(out, "wb") as compressed, tarfile.open(fileobj=compressed, mode="w|") as tar:
        for header, content in [(tarfile.TarInfo("pageside-backup.json"), b'{"format":1,"pageside":"1"}'), *members]:
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
        if manifest is not None:
            header = tarfile.TarInfo("manifest.json")
            header.size = len(manifest)
            tar.addfile(header, io.BytesIO(manifest))
    return out.getvalue()


def named(name, kind=tarfile.REGTYPE, link=""):
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, link
    return header


def told_by(*members, **facts):
    """A manifest that speaks of `members`, each a name, a kind, what it is and its content."""
    said = [
        {
            "name": name,
            "kind": kind,
            "what": what,
            "size": len(content),
            "rows": content.count(b"\n") * (kind == "rows"),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, kind, what, content in members
    ]
    return json.dumps(
        {"format": 1, "pageside": "1", "facts": {**FACTS.model_dump(), **facts}, "members": said}
    ).encode()


def forged(*members, **facts):
    return by_hand(*((named(name), content) for name, _, _, content in members), manifest=told_by(*members, **facts))


@given(st.lists(CHUNK, max_size=6))
def test_what_is_written_is_found_whole(members):
    """Whatever the bytes are, each member comes back as it went in, with its size and its digest."""
    told = written(("rows", "threads", ROW), *((kind, "x", content) for kind, content in members))
    manifest = checked(told)
    read = [b"".join(content.pieces()) for _, content in archive.members(io.BytesIO(told))][1:-1]

    assert read == [ROW, *(content for _, content in members)]
    assert [member.size for member in manifest.members] == [len(content) for content in read]
    assert [member.sha256 for member in manifest.members] == [hashlib.sha256(content).hexdigest() for content in read]


def test_other_programs_can_read_it():
    """It is a plain tar: whoever has no Pageside any more has their rows all the same."""
    with tarfile.open(fileobj=io.BytesIO(WHOLE)) as tar:
        names = tar.getnames()
        rows = tar.extractfile("rows/000001").read()

    assert names == ["pageside-backup.json", "rows/000001", "files/000002", "secret/000003", "manifest.json"]
    assert json.loads(rows) == THREAD


@given(st.integers(0, len(WHOLE) - 1))
def test_a_torn_archive_is_told(end):
    """Wherever it ends too early."""
    with pytest.raises(ArchiveUnusable):
        checked(WHOLE[:end])


@given(st.integers(10, len(WHOLE) - 1), st.integers(0, 7))
def test_a_flipped_bit_is_told(at, bit):
    """Wherever it is behind the head of gzip, of which nothing is used."""
    damaged = bytearray(WHOLE)
    damaged[at] ^= 1 << bit
    with pytest.raises(ArchiveUnusable):
        checked(bytes(damaged))


@given(st.binary(max_size=600))
def test_anything_else_is_no_backup(content):
    """As it is, compressed, or in a tar."""
    for told in (content, gzip.compress(content), by_hand((named("rows/000001"), content))):
        with pytest.raises(ArchiveUnusable):
            checked(told)


HOSTILE = {
    "a path upwards": by_hand((named("../../etc/cron.d/x"), b"x"), manifest=told_by()),
    "a path from the root": by_hand((named("/etc/cron.d/x"), b"x"), manifest=told_by()),
    "a symbolic link": by_hand((named("files/000001", tarfile.SYMTYPE, "/etc/passwd"), b""), manifest=told_by()),
    "a hard link": by_hand((named("files/000001", tarfile.LNKTYPE, "secret"), b""), manifest=told_by()),
    "a device": by_hand((named("files/000001", tarfile.CHRTYPE), b""), manifest=told_by()),
    "a folder": by_hand((named("files", tarfile.DIRTYPE), b""), manifest=told_by()),
    "a long name of GNU's": by_hand((named("x" * 300), b"x"), manifest=told_by()),
    "no manifest": by_hand((named("rows/000001"), ROW)),
    "two manifests": by_hand((named("manifest.json"), told_by()), manifest=told_by()),
    "a manifest that is no JSON": by_hand(manifest=b"["),
    "a manifest of depth": by_hand(manifest=b"[" * 100_000),
    "a member more": by_hand((named("rows/000001"), ROW), manifest=told_by()),
    "a member less": by_hand(manifest=told_by(("rows/000001", "rows", "threads", ROW))),
    "more rows than it says": forged(("rows/000001", "rows", "threads", ROW + ROW)),
    "rows of no table": forged(("rows/000001", "rows", "pg_authid", ROW)),
    "a kind that its name denies": forged(
        ("rows/000001", "rows", "threads", ROW), ("files/000002", "secret", "", b"s")
    ),
}


@pytest.mark.parametrize("told", HOSTILE.values(), ids=HOSTILE)
def test_what_no_backup_would_hold_is_refused(told):
    """Before anything is written, and in words."""
    with pytest.raises(ArchiveUnusable, match=r"backup|archive"):
        checked(told)


def test_a_newer_form_names_who_can_read_it():
    """It may hold what this version would lose."""
    head = b'{"format":2,"pageside":"9.1"}'
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        header = tarfile.TarInfo("pageside-backup.json")
        header.size = len(head)
        tar.addfile(header, io.BytesIO(head))
    with pytest.raises(ArchiveUnusable, match=r"form 2, written by Pageside 9\.1"):
        checked(out.getvalue())


@pytest.fixture
def place(tmp_path):
    return Place(f"sqlite:///{tmp_path / 'data' / 'x.db'}", LocalFiles(tmp_path / "data" / "files"), tmp_path / "data")


async def restored(place, told):
    place.data_dir.mkdir(exist_ok=True)
    with tempfile.TemporaryFile() as source:
        source.write(told)
        source.seek(0)
        return await restoring.restore(place, source, with_secret=True, tell=lambda _: None)


def left(place):
    return sorted(str(path.relative_to(place.data_dir)) for path in place.data_dir.rglob("*") if path.is_file())


FILE = ("files/000002", "files", "aa/b~1", b"bytes")
ROWS = ("rows/000001", "rows", "threads", ROW)
PLACED = {
    "a file upwards": [ROWS, ("files/000002", "files", "../../x", b"x")],
    "a file at the root": [ROWS, ("files/000002", "files", "/etc/x", b"x")],
    "a file twice": [ROWS, FILE, ("files/000003", "files", "aa/b~1", b"other")],
    "an index upwards": [ROWS, ("index/000002", "index", "../gen_a/passages.sqlite", b"x")],
    "an index of other files": [ROWS, ("index/000002", "index", "book/gen_a/evil.py", b"x")],
    "two generations of a book": [
        ROWS,
        ("index/000002", "index", "book/gen_a/passages.sqlite", b"x"),
        ("index/000003", "index", "book/gen_b/passages.sqlite", b"x"),
    ],
    "two secrets": [ROWS, ("secret/000002", "secret", "", b"x"), ("secret/000003", "secret", "", b"y")],
    "a large secret": [ROWS, ("secret/000002", "secret", "", b"x" * 5000)],
}


@pytest.mark.parametrize("members", PLACED.values(), ids=PLACED)
async def test_what_would_go_elsewhere_is_refused(place, members):
    """Keys and paths are held to their form, although the archive is in itself consistent."""
    with pytest.raises(ArchiveUnusable):
        await restored(place, forged(*members))

    assert left(place) == []


UNFIT = {
    "a column more": {**THREAD, "evil": 1},
    "a column less": {name: value for name, value in THREAD.items() if name != "title"},
    "a number for a text": {**THREAD, "id": 1},
    "a text for a number": {**THREAD, "activity": "1"},
    "a moment of nowhere": {**THREAD, "created_at": "2026-03-01T12:00:00"},
    "no moment": {**THREAD, "created_at": "yesterday"},
    "nothing where something has to be": {**THREAD, "details": None},
    "a value with parts": {**THREAD, "details": {}},
}


@pytest.mark.parametrize("row", UNFIT.values(), ids=UNFIT)
async def test_rows_that_do_not_fit_leave_nothing_behind(place, row):
    """No row, no file, no index, no secret: what had been written is taken back."""
    told = json.dumps(row).encode() + b"\n"
    index = ("index/000003", "index", "book/gen_a/passages.sqlite", b"x")
    secret = ("secret/000004", "secret", "", b"s" * 40)
    with pytest.raises(PagesideError, match=r"row|column|NOT NULL"):
        await restored(place, forged(("rows/000001", "rows", "threads", told), FILE, index, secret))

    assert [name for name in left(place) if not name.startswith("x.db")] == []
    assert indexes.books(place.data_dir) == []
    await restored(place, forged(ROWS, FILE))


async def test_rows_that_refer_to_nothing_are_refused(place):
    """SQLite has to be asked."""
    feedback = {
        "organisation": "", "subject": "ada", "thread_id": "none", "item_id": "none", "kind": "positive",
        "created_at": THREAD["created_at"],
    }  # fmt: skip
    told = ("rows/000001", "rows", "feedback", json.dumps(feedback).encode() + b"\n")
    with pytest.raises(PagesideError, match="refers to one of items that is not there"):
        await restored(place, forged(told, tables={"threads": 0, "items": 0, "feedback": 1, "leases": 0}))


async def test_a_revision_of_the_future_is_refused(place):
    """In words, before anything is written."""
    with pytest.raises(StoreUnavailable, match="use the newer Pageside"):
        await restored(place, forged(ROWS, revision="9999"))

    assert left(place) == []


async def test_tables_that_a_revision_has_not_are_refused(place):
    """Nothing is left out in silence."""
    with pytest.raises(PagesideError, match="missing, or there are others"):
        await restored(place, forged(ROWS, tables={"threads": 1}))


async def test_a_backup_of_the_first_revision_is_brought_up_to_date(place):
    """As a database of that age would be."""
    manifest = await restored(place, forged(ROWS, FILE))

    assert manifest.facts.revision == "0001"
    assert await migrate.current(place.database_url) == revisions.newest()
    assert left(place)[0] == "files/aa/b~1"


BOMB = """
import gzip, io, sys, tarfile
header = tarfile.TarInfo(sys.argv[2])
header.size, header.type = 3 * 2**30, sys.argv[3].encode()
with gzip.open(sys.argv[1], "wb", compresslevel=1) as out:
    for name, content in [("pageside-backup.json", b'{"format":1,"pageside":"1"}')]:
        head = tarfile.TarInfo(name)
        head.size = len(content)
        out.write(head.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512))
    out.write(header.tobuf(tarfile.USTAR_FORMAT))
    for _ in range(48):
        out.write(bytes(2**20))
"""
READ = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
from pageside.backup import archive
try:
    archive.checked(open(sys.argv[1], "rb"))
except archive.ArchiveUnusable as error:
    print(error)
"""


@pytest.mark.parametrize(("name", "kind"), [("rows/000001", "0"), ("manifest.json", "0"), ("x", "x"), ("x", "L")])
def test_what_says_it_is_large_takes_no_memory(tmp_path, name, kind):
    """Gigabytes promised in a header, of a member, a manifest or of an extension that tells of names."""
    bomb = tmp_path / "bomb"
    subprocess.run([sys.executable, "-c", BOMB, bomb, name, kind], check=True)
    done = subprocess.run([sys.executable, "-c", READ, bomb], capture_output=True, text=True, check=True)

    assert "archive" in done.stdout
