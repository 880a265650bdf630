"""WSGI entry, for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from rcm.memory import keep_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rcm.settings")
application = get_wsgi_application()
keep_loaded()
