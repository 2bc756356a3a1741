"""Where an address of the internet protocol leads: the open internet, a private network, this computer, or nowhere."""

from __future__ import annotations

import ipaddress
from enum import Enum, auto

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PRIVATE = tuple(
    ipaddress.ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10")
)
# Special by the registries of IANA, and public to the Python of some releases.
_SPECIAL = tuple(
    ipaddress.ip_network(net)
    for net in ("192.0.0.0/24", "64:ff9b:1::/48", "100::/64", "2001::/23", "3fff::/20", "5f00::/16", "fec0::/10")
)


class Zone(Enum):
    """`NOWHERE`: links, tests, reserved; also where clouds keep the names and keys of a machine."""

    PUBLIC = auto()
    PRIVATE = auto()
    COMPUTER = auto()
    NOWHERE = auto()


def zone_of(address: Address) -> Zone:
    """Where an address leads, whatever it is wrapped in."""
    inner = _inner(address)
    if inner is not None:
        return zone_of(inner)
    if address.is_loopback:
        return Zone.COMPUTER
    if any(address in net for net in _PRIVATE):
        return Zone.PRIVATE
    special = address.is_multicast or address.is_reserved or any(address in net for net in _SPECIAL)
    return Zone.NOWHERE if special or not address.is_global else Zone.PUBLIC


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that one of IPv6 stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet."""
    return zone_of(address) is Zone.PUBLIC
