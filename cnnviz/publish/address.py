"""Where YouTube is: Google's own address, or one that `CNNVIZ_YOUTUBE_URL` names."""

from __future__ import annotations

import os

from cnnviz.errors import UserError
from cnnviz.loopback import is_safe

__all__ = ["VARIABLE", "youtube_root"]

VARIABLE = "CNNVIZ_YOUTUBE_URL"


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
