"""Where YouTube is: Google's own address, or one that `CNNVIZ_YOUTUBE_URL` names."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from cnnviz.errors import UserError

__all__ = ["VARIABLE", "is_loopback", "is_safe", "youtube_root"]

VARIABLE = "CNNVIZ_YOUTUBE_URL"


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
    """Whether a token may be sent there: over https, or to this machine."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or is_loopback(address))


def youtube_root() -> str | None:
    """The root of every YouTube and upload address, where `CNNVIZ_YOUTUBE_URL` names another.

    Raises
    ------
    UserError
        It is no address to send a token to.
    """
    root = os.environ.get(VARIABLE)
    if root and not is_safe(root):
        raise UserError(
            f"{VARIABLE} is not an address to send a token to: {root}",
            hint="https://HOST; plain http is for this machine alone",
        )
    return root.rstrip("/") + "/" if root else None
