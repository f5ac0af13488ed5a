"""Guests: known by what only this server can sign."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from pageside.identity.tokens import Guests, kept_secret

GUESTS = Guests(SecretStr("a secret that is long enough to sign with"))


def test_a_guest_is_recognised_by_their_token():
    """The token proves the reader it was minted for."""
    reader, token = GUESTS.mint()

    assert GUESTS.recognise(token) == reader


def test_two_guests_are_never_the_same():
    """Each browser is somebody else."""
    assert len({GUESTS.mint()[0].subject for _ in range(500)}) == 500


def test_another_servers_token_proves_nothing():
    """A token signed with another secret is forged."""
    _, token = Guests(SecretStr("another secret that is long enough too")).mint()

    assert GUESTS.recognise(token) is None


@given(st.integers(min_value=0), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_token_with_another_subject_or_signature_proves_nothing(place, character):
    """No character of subject or signature can be changed; bits that base64 ignores at an end do not matter."""
    reader, token = GUESTS.mint()
    place %= len(token)
    forged = token[:place] + character + token[place + 1 :]

    assert GUESTS.recognise(forged) in (None, reader)


@given(st.text())
def test_no_text_breaks_the_check(text):
    """Whatever a browser sends as a cookie, the answer is a reader or nobody."""
    assert GUESTS.recognise(text) is None


def test_the_kept_secret_stays_and_is_private(tmp_path):
    """It is made once, long, and readable by its owner alone."""
    secret = kept_secret(tmp_path / "new")

    assert kept_secret(tmp_path / "new").get_secret_value() == secret.get_secret_value()
    assert len(secret.get_secret_value()) >= 48
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret"]


@pytest.mark.parametrize("attempt", range(5))
def test_processes_that_start_together_share_one_secret(tmp_path, attempt):
    """Whoever is first makes it; the others take that one."""
    with ThreadPoolExecutor(8) as starters:
        secrets = list(starters.map(lambda _: kept_secret(tmp_path).get_secret_value(), range(8)))

    assert len(set(secrets)) == 1
