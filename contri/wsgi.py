"""The WSGI door, for servers that carry the REST API only."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")

application = get_wsgi_application()
