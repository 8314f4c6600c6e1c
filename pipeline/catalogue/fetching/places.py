"""Places: which machines an address of a feed may lead to.

A feed may come from a stranger, whose addresses would else have this machine ask its own services,
those of its network, or the one that gives a cloud's machines their keys (server-side request
forgery, OWASP).
"""

from __future__ import annotations

import ipaddress
import socket

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
"""IPv4 addresses in their last four bytes (RFC 6052, RFC 8215)."""
_COMPATIBLE = ipaddress.IPv6Network("::/96")
"""The same, long out of use (RFC 4291)."""


class RefusedError(Exception):
    """An address that is not asked at all; the message is a sentence for people."""


def is_public(address: IPAddress) -> bool:
    """Whether an IP address is one of the internet, by whatever way of writing it.

    Private, loopback, link-local, shared and reserved ones are not (IANA's registries of special
    addresses, as `ipaddress` has them), nor is an IPv6 address that stands for such an IPv4 one.
    """
    if isinstance(address, ipaddress.IPv6Address):
        within = _within(address)
        if within:
            return all(is_public(one) for one in within)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _within(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for or passes through."""
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if any(address in network for network in (*_NAT64, _COMPATIBLE)):
        return [ipaddress.IPv4Address(address.packed[-4:])]
    return []


def find_machines(host: str, port: int, allow_private: bool) -> list[str]:
    """The IP addresses of a host that may be connected to, best first.

    Args:
        host: Its name, or an IP address in any way of writing that the system takes.
        port: The port.
        allow_private: Whether those of this machine and its networks are among them.

    Raises:
        RefusedError: If there is none.
        OSError: If the name is not known.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise RefusedError(f"'{host}' is no name that a host can have.") from error
    # An IPv6 address may name the interface after a %.
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    if allow_private:
        return list(addresses)
    public = [one for one in addresses if is_public(ipaddress.ip_address(one.partition("%")[0]))]
    if not public:
        raise RefusedError(
            f"'{host}' is in a private network ({next(iter(addresses), 'nowhere')}), which a feed "
            "may not ask. Allow it with --allow-private."
        )
    return public
