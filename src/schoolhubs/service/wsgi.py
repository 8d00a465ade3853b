"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from schoolhubs.service.letters.kinds import kinds

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schoolhubs.service.settings")
settings.ENVIRONMENT.sign_in()  # pages where nobody could sign in are not served at all
application = get_wsgi_application()
settings.ENVIRONMENT.notify(kinds())  # nor where decisions would be taken and nobody told
