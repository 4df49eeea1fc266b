"""Requests to YouTube over HTTP, each sent exactly once.

The client library's own transport sends a request again, unasked, when the server closes the
connection without an answer. It may have done its work by then: that would make a second playlist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from httplib2 import Response

from cnnviz.loopback import is_loopback
from cnnviz.publish.faults import RequestError

__all__ = ["Transport"]

TIMEOUT = (20.0, 120.0)
"""Seconds to connect, and between two bytes of a reply."""


class Transport:
    """Speaks for `credentials`; in the shape in which the client library wants it.

    A 401 has the token refreshed once.

    Parameters
    ----------
    root
        The service's root; a proxy from the environment cannot reach this machine's own.
    """

    def __init__(self, credentials: Credentials | None, root: str) -> None:
        self._session = AuthorizedSession(credentials, max_refresh_attempts=1)  # type: ignore[no-untyped-call]
        self._session.trust_env = not is_loopback(root)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[Response, bytes]:
        """The reply and its body, whatever its status.

        Raises
        ------
        RequestError
            No reply, or nobody is signed in.
        """
        data = body.encode("utf-8") if isinstance(body, str) else body
        try:
            reply = self._session.request(  # type: ignore[no-untyped-call]
                method,
                uri,
                data=data,
                headers=dict(headers or {}),
                timeout=TIMEOUT,
                # 308 is an answer about an upload, and nothing else may lead a token elsewhere.
                allow_redirects=False,
            )
        # The libraries' own messages hold addresses, and an upload's address is a secret.
        except RefreshError as error:
            passing = bool(getattr(error, "retryable", False))
            raise RequestError(
                "the sign-in is no longer valid"
                if not passing
                else "the sign-in cannot be renewed now",
                status=None if passing else 401,
                passing=passing,
            ) from None
        except (GoogleAuthError, requests.RequestException, OSError) as error:
            raise _broken(error) from None
        response = Response(reply.headers)
        response.status = reply.status_code
        response.reason = reply.reason
        return response, reply.content

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()  # type: ignore[no-untyped-call]


def _broken(error: Exception) -> RequestError:
    if isinstance(error, requests.exceptions.SSLError):
        return RequestError("the server's certificate is not trusted")
    if isinstance(error, requests.Timeout):
        return RequestError("no answer in time", passing=True)
    return RequestError("the connection broke, or there is none", passing=True)
