"""Which addresses are this machine's own, and where something secret may be sent."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

__all__ = ["LOOPBACK", "is_loopback", "is_safe"]

LOOPBACK = "127.0.0.1"
"""The address that only this machine can reach."""


def is_loopback(address: str) -> bool:
    """Whether `address` is on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
        on_web = parts.scheme in ("http", "https")
        return on_web and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


def is_safe(address: str) -> bool:
    """Whether a secret may be sent there: over https, or to this machine."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or is_loopback(address))
