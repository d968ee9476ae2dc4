"""From where a request comes: what every limit counts by."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104  no address to listen on: what is counted where none is known


def client_of(request: HttpRequest) -> str:
    """The address that asks; behind our own proxy the one that the proxy wrote, never one that the client wrote."""
    text = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        text = request.META.get("HTTP_X_FORWARDED_FOR", text).rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return NOWHERE


def address_of(request: HttpRequest) -> str:
    """The address to count by: of IPv6 the network, which one subscriber has whole."""
    address = ipaddress.ip_address(client_of(request))
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)
