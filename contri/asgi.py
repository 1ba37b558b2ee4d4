"""The ASGI door: HTTP and sockets, served by daphne in `make run`; in containers uvicorn serves the sockets of it."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")

# Loads the apps, which everything below needs.
http = get_asgi_application()

from accounts.sockets import SignedInMiddleware  # noqa: E402
from circles.consumers import ChatSocket  # noqa: E402
from contri.core.sockets import Nowhere  # noqa: E402
from notifications.consumers import MeSocket  # noqa: E402

sockets = URLRouter(
    [
        path("ws/me", MeSocket.as_asgi()),
        path("ws/circles/<uuid:circle_id>/chat", ChatSocket.as_asgi()),
        re_path("", Nowhere.as_asgi()),
    ]
)

application = ProtocolTypeRouter({"http": http, "websocket": SignedInMiddleware(sockets)})
