"""The studio as a WSGI program. Under WSGI Django costs a fifth of what it costs under ASGI."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "midflow.studio.settings")

application = get_wsgi_application()
