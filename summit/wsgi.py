"""The WSGI entry point: `gunicorn summit.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")

application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402 - needs the settings that the line above has loaded

from summit.checks import enforce  # noqa: E402

enforce()
# Loads all views now, once for all processes of a preloading server: the first request would wait for it.
_ = get_resolver().url_patterns
