"""The keys of a provider, over real HTTP: fetched when needed, rotated, and kept through an outage."""

from __future__ import annotations

import base64

import pytest
from tests.admitted import Key, Provider, together

from pageside.identity.denial import TokenDenied
from pageside.identity.keys import FRESH_FOR, NOT_AGAIN_FOR, KeySet, KeysUnavailable

OLD, NEW = Key("old"), Key("new")
BOTH = ("RS256", "PS256", "ES256", "EdDSA")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at

    def go(self, time) -> None:
        self.at += time.total_seconds() + 1


@pytest.fixture
def provider():
    with Provider(OLD) as served:
        yield served


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def keys(provider, clock):
    kept = KeySet(provider.url, BOTH, clock=clock)
    yield kept
    await kept.aclose()


async def denied(keys, kid, algorithm="RS256"):
    with pytest.raises(TokenDenied):
        await keys.find(kid, algorithm)


async def test_keys_are_fetched_once_for_all_who_ask_at_once(keys, provider):
    """And kept."""
    found = await together(*(keys.find("old", "RS256") for _ in range(50)))

    assert {key.key_id for key in found} == {"old"}
    assert provider.asked == 1


async def test_a_new_key_is_found_when_a_token_names_it(keys, provider, clock):
    """Within the time that keys are fresh; the old one is good no longer."""
    await keys.find("old", "RS256")
    provider.publish(NEW)
    clock.go(NOT_AGAIN_FOR)

    assert (await keys.find("new", "RS256")).key_id == "new"
    await denied(keys, "old")


async def test_unknown_names_ask_the_provider_at_most_once_in_a_while(keys, provider, clock):
    """However many tokens a stranger makes up, and all at once."""
    await keys.find("old", "RS256")
    clock.go(NOT_AGAIN_FOR)
    await together(*(denied(keys, f"made-up-{number}") for number in range(100)))

    assert provider.asked == 2


async def test_a_key_that_is_withdrawn_is_forgotten(keys, provider, clock):
    """Once what is known is no longer fresh."""
    await keys.find("old", "RS256")
    provider.publish(NEW)
    clock.go(FRESH_FOR)

    await denied(keys, "old")


@pytest.mark.parametrize(
    "document", [{"keys": []}, {"keys": "none"}, [], "x", {"keys": [{"kty": "RSA", "kid": "old"}]}]
)
async def test_an_outage_is_survived_with_the_last_good_set(keys, provider, clock, document):
    """Whether the provider fails or answers with something that is no set of keys."""
    await keys.find("old", "RS256")
    for status, published in ((503, {}), (302, {}), (200, document)):
        provider.status, provider.document = status, published
        clock.go(FRESH_FOR)
        assert (await keys.find("old", "RS256")).key_id == "old"
    provider.status = 200
    provider.publish(NEW)
    clock.go(NOT_AGAIN_FOR)

    assert (await keys.find("new", "RS256")).key_id == "new"


async def test_without_any_key_it_is_not_the_token_that_is_at_fault(clock):
    """503, and the provider is not asked again for every request."""
    with Provider() as empty:
        keys = KeySet(empty.url, BOTH, clock=clock)
        for _ in range(5):
            with pytest.raises(KeysUnavailable):
                await keys.find("old", "RS256")
        await keys.aclose()

        assert empty.asked == 1


async def test_a_key_is_good_for_its_own_kind_alone(provider, clock):
    """By what it says of itself, and by what it is: a shared secret in a public set checks nothing."""
    octets = base64.urlsafe_b64encode(b"k" * 32).decode()
    silent = {name: value for name, value in Key("silent", "ES256").published.items() if name != "alg"}
    lying = {**NEW.published, "kid": "lying", "alg": "HS256"}
    encrypting = {**NEW.published, "kid": "encrypting", "use": "enc"}
    provider.document = {
        "keys": [{"kty": "oct", "k": octets, "kid": "oct", "alg": "HS256"}, silent, lying, encrypting, OLD.published]
    }
    keys = KeySet(provider.url, (*BOTH, "HS256"), clock=clock)
    found = await keys.find("silent", "ES256")
    for kid, algorithm in (
        ("oct", "HS256"), ("lying", "RS256"), ("lying", "HS256"), ("encrypting", "RS256"), ("old", "PS256"),
        ("old", "ES256"), ("silent", "RS256"), ("", "HS256"),
    ):  # fmt: skip
        await denied(keys, kid, algorithm)
    await keys.aclose()

    assert found.algorithm_name == "ES256"


async def test_a_token_without_a_name_means_the_only_key_of_its_kind(keys, provider, clock):
    """Of two, nobody says which."""
    assert (await keys.find("", "RS256")).key_id == "old"
    provider.publish(OLD, NEW)
    clock.go(FRESH_FOR)

    await denied(keys, "")


async def test_an_endless_document_is_not_read_to_its_end(keys, provider):
    """Half a megabyte is more than any set of keys."""
    provider.document = {"keys": [OLD.published], "more": "x" * 600_000}

    with pytest.raises(KeysUnavailable):
        await keys.find("old", "RS256")
