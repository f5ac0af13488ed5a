"""Whom the proxies in front speak for: what they added counts, and what a client wrote does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.identity.proxies import Proxies, is_loopback

PROXIES = Proxies.parse("10.0.0.0/8, 192.0.2.7 2001:db8::/32")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1, 192.0.2.7"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:8080"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db9::1]:443"], "2001:db9::1"),
        ("10.0.0.1", ["1.2.3.4, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4,"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("2001:db8::5", ["198.51.100.1"], "198.51.100.1"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_list_is_walked_from_its_end_through_proxies_alone(peer, forwarded, client):
    """The first address from the end that is no proxy's is who asks; before it a client may write what it likes."""
    assert PROXIES.client(peer, forwarded) == client


@given(st.lists(st.text(max_size=60), max_size=5))
def test_nothing_a_client_writes_breaks_it_or_is_believed(written):
    """With no proxy to believe, the client is who connects."""
    assert Proxies().client("203.0.113.9", written) == "203.0.113.9"
    assert PROXIES.client("10.0.0.1", [*written, "198.51.100.1"]) == "198.51.100.1"


@pytest.mark.parametrize("told", ["proxy.example", "10.0.0.0/33", "10.0.0", "*"])
def test_what_is_no_network_is_named(told):
    """A name or a star would be believed by nobody who wrote it, or by everybody."""
    with pytest.raises(ValueError, match="neither an address nor a network"):
        Proxies.parse(told)


def test_this_machine_is_known_by_all_its_names():
    """Both families, and one dressed as the other."""
    assert all(map(is_loopback, ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]))
    assert not any(map(is_loopback, ["", "10.0.0.1", "localhost", "testclient"]))
