"""The sandbox as a WSGI application that can also hang up on its caller."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ["DJANGO_SETTINGS_MODULE"] = "contri.sandbox.settings"
_django = get_wsgi_application()


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer like any WSGI application, or, where a fault asks for it, reset the connection.

    Raises:
        ConnectionAbortedError: the wish was carried out; the server (server.py) sends nothing more.
    """
    response = _django(environ, start_response)
    if environ.get("sandbox.cut_wished"):
        environ["sandbox.cut"]()
        raise ConnectionAbortedError("a fault asked for this")
    return response
