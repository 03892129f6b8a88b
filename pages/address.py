"""Which network address a request comes from, for limits on how often."""

from __future__ import annotations

import ipaddress

from aiohttp import web


def client_address(request: web.Request, proxies: int) -> str:
    """Who is asking: the peer, or what our own `proxies` put into X-Forwarded-For; IPv6 by its /64 network."""
    address = request.remote or ""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if proxies and len(forwarded) >= proxies:
        address = forwarded[-proxies]
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
