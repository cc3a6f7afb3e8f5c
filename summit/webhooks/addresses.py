"""Check the URLs and IP addresses of receivers, so that requests never reach the inside (protection against SSRF).

The inside is this machine, its network and a cloud's metadata service. Inside hosts and addresses are refused, unless
the setting WEBHOOKS_INSIDE names them. The setting has host names, IP addresses and networks.

All IP addresses of a host name are checked, and the connection is made to one of the checked addresses
(summit.webhooks.http_client). So it doesn't matter if the name resolves to other addresses a moment later.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Refused in addition to the special addresses of RFC 6890 that aren't globally reachable.
REFUSED = (
    IPv4Network("192.0.0.0/24"),  # IETF's protocol assignments
    IPv6Network("2001::/23"),
    IPv6Network("2002::/16"),  # 6to4, and its relays (RFC 7526)
    IPv4Network("192.88.99.0/24"),
    IPv6Network("3fff::/20"),  # for documents (RFC 9637)
    IPv4Network("168.63.129.16/32"),  # a cloud's service for its own machines, at a public address
)
# An address in this network contains an IPv4 address (RFC 6052), which is checked instead.
NAT64 = IPv6Network("64:ff9b::/96")
# Names of inside hosts: by their ending (RFC 6761, 6762 and 8375, and ICANN's ".internal"), or because they have no
# dot and so can only be resolved in a local network.
WITHIN = re.compile(r"(?:.*\.)?(?:localhost|localdomain|local|internal|home\.arpa)\.?|[^.]+\.?")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*{_LABEL}\.?")
# Other forms in which some systems accept IPv4 addresses: "0x7f.1", "2130706433".
_NUMERIC = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?")


@dataclass(frozen=True)
class Target:
    """The parts of a checked URL. `host` is in lower case; an IPv6 address is without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def named(self) -> bool:
        """Whether the setting WEBHOOKS_INSIDE names the host."""
        return named(self.host)


def outside(address: Address) -> bool:
    """Return whether an IP address is a globally reachable unicast address."""
    if isinstance(address, IPv6Address):
        old = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None)
        if old is not None:
            return outside(old)
        if address.is_site_local:
            return False
    if any(address.version == network.version and address in network for network in REFUSED):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


@cache
def _inside(entries: tuple[str, ...]) -> tuple[frozenset[str], tuple[Network, ...]]:
    """Return the host names and the networks in `entries`, the setting WEBHOOKS_INSIDE."""
    names, networks = set(), []
    for entry in entries:
        try:
            networks.append(ip_network(entry.strip().strip("[]"), strict=False))
        except ValueError:
            names.add(entry.strip().lower().rstrip("."))
    return frozenset(names), tuple(networks)


def named(host: str) -> bool:
    """Return whether WEBHOOKS_INSIDE names a host. If the host is an IP address, one of the networks must have it."""
    address = _literal(host)
    if address is not None:
        return _in_networks(address)
    return host.rstrip(".") in _inside(tuple(settings.WEBHOOKS_INSIDE))[0]


def _in_networks(address: Address) -> bool:
    networks = _inside(tuple(settings.WEBHOOKS_INSIDE))[1]
    return any(address.version == network.version and address in network for network in networks)


def refused(host: str, found: Iterable[str]) -> list[str]:
    """Return those of a host's IP addresses `found` to which no connection may be made.

    The list is empty if WEBHOOKS_INSIDE names the host.
    """
    if named(host):
        return []
    # Link-local addresses may have a scope, as in "fe80::1%eth0".
    parsed = [(text, ip_address(text.partition("%")[0])) for text in found]
    return [text for text, address in parsed if not (outside(address) or _in_networks(address))]


def target(url: str) -> Target:
    """Check a receiver's URL and return its parts.

    Raises ValidationError unless the URL is an HTTPS URL at port 443 of an outside host, without user, password and
    fragment. HTTP, other ports and inside hosts are allowed only if WEBHOOKS_INSIDE names the host.
    """
    for message in _problems(url):
        raise ValidationError(message)
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, parts.port or {"https": 443, "http": 80}[parts.scheme], path)


def validate_url(url: str) -> None:
    """Raise ValidationError for a URL to which no event may be sent (see `target`)."""
    target(url)


def _problems(url: str) -> Iterator[str]:
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        yield _("Use plain letters without spaces: “https://app.example/events”.")
        return
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        yield _("Enter an address such as “https://app.example/events”.")
        return
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or not host:
        yield _("Enter an address such as “https://app.example/events”.")
    elif "@" in parts.netloc:
        yield _("Leave out user and password. The receiver recognises us by the signature.")
    elif "#" in url:
        yield _("Leave out “#” and what follows. It is never sent.")
    else:
        yield from _of_host(parts, host, port)


def _leads_within(host: str) -> bool:
    """Return whether a host name can only be an inside name.

    False if WEBHOOKS_INSIDE has networks. The host may be in one of these, so its IP addresses are checked when an
    event is sent.
    """
    return bool(WITHIN.fullmatch(host)) and not _inside(tuple(settings.WEBHOOKS_INSIDE))[1]


def _of_host(parts: SplitResult, host: str, port: int | None) -> Iterator[str]:
    address = _literal(host)
    if address is None and (not _HOST.fullmatch(host) or _NUMERIC.fullmatch(host)):
        yield _("“%(host)s” is not a host name.") % {"host": host}
    elif named(host):
        return
    elif not outside(address) if address is not None else _leads_within(host):
        message = _(
            "“%(host)s” is an internal address and receives nothing. Enter a public address, or ask the system "
            "administrator to allow this one."
        )
        yield message % {"host": host}
    elif parts.scheme != "https":
        yield _("Use HTTPS. Others could read events sent by HTTP.")
    elif port not in (None, 443):
        yield _("Leave out the port. Events are sent only to port 443.")
