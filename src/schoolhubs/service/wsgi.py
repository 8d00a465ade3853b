"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schoolhubs.service.settings")
settings.ENVIRONMENT.sign_in()  # pages where nobody could sign in are not served at all
application = get_wsgi_application()
