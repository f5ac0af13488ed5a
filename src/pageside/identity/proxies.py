"""Which machines in front of this one are believed, and whom they say they speak for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Proxies:
    """The networks of the proxies that are believed; with none, nobody is."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, told: str) -> Proxies:
        """Addresses and networks, parted by commas or spaces, such as `10.0.0.0/8, ::1`.

        Raises:
            ValueError: One is neither; the message names it.
        """
        return cls(tuple(_network(part) for part in told.replace(",", " ").split()))

    def trust(self, peer: str) -> bool:
        """Whether the machine at `peer` is one of them."""
        address = _address(peer)
        return address is not None and any(address in network for network in self.networks)

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """The address of who is asking: `peer`, or whom the proxies say they speak for.

        Only what a believed proxy added counts, so the list is walked from its end, and no further than to the first
        address that is not a proxy's: whatever stands before it was written by the client.

        Args:
            forwarded: The values of `X-Forwarded-For`, in their order.
        """
        hops = [hop.strip() for value in forwarded for hop in value.split(",")]
        current = peer
        while self.trust(current) and hops:
            hop = _address(hops.pop())
            if hop is None:
                break
            current = str(hop)
        return current


def is_loopback(peer: str) -> bool:
    """Whether `peer` is this machine."""
    address = _address(peer)
    return address is not None and address.is_loopback


def _network(told: str) -> Network:
    try:
        return ip_network(told, strict=False)
    except ValueError:
        raise ValueError(f"{told!r} is neither an address nor a network such as 10.0.0.0/8") from None


def _address(told: str) -> Address | None:
    """The address in `told`, which may bear a port, as some proxies write it; None where there is none."""
    bare = told.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
